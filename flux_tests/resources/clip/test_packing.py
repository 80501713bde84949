"""Packing weights as int8 rows."""

import torch

from flux_resources.clip.packing import pack, unpack


def test_a_matrix_comes_back_within_half_a_level_of_each_row() -> None:
    weight = (
        torch.randn(7, 5, generator=torch.Generator().manual_seed(0))
        * torch.logspace(-3, 3, 7)[:, None]
    )
    packed = pack({"w": weight})
    assert packed["w"].dtype == torch.int8
    error = (unpack(packed)["w"] - weight).abs()
    assert (error <= weight.abs().amax(dim=1, keepdim=True) / 127 * 0.5001).all()


def test_vectors_scalars_and_single_rows_are_kept_exactly() -> None:
    state = {"bias": torch.randn(4), "scale": torch.tensor(3.3), "token": torch.randn(1, 1, 4)}
    restored = unpack(pack(state))
    assert restored.keys() == state.keys()
    assert all(torch.equal(restored[key], state[key]) for key in state)


def test_a_row_of_zeros_stays_zero() -> None:
    assert torch.equal(unpack(pack({"w": torch.zeros(2, 3)}))["w"], torch.zeros(2, 3))


def test_a_convolution_keeps_its_shape() -> None:
    weight = torch.randn(3, 2, 4, 4)
    assert unpack(pack({"w": weight}))["w"].shape == weight.shape
