"""Int8 weights: how the bundled model is stored, and expanded again.

A matrix is kept as int8 with one float32 scale per row (output channel, or word of the embedding
table); everything else is kept as float32. A packed matrix `w` is two tensors, `w` and `w:scale`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_SCALE = ":scale"
_LEVELS = 127


def pack(state: "dict[str, torch.Tensor]") -> "dict[str, torch.Tensor]":
    """Every matrix (two or more dimensions) as int8 rows with scales; vectors as float32."""
    import torch

    packed = {}
    for name, tensor in state.items():
        weight = tensor.detach().float().contiguous()
        if weight.ndim < 2 or weight.shape[0] == 1:
            packed[name] = weight
            continue
        rows = weight.flatten(1)
        scale = rows.abs().amax(dim=1).clamp(min=1e-12) / _LEVELS
        levels = (rows / scale[:, None]).round().clamp(-_LEVELS, _LEVELS)
        packed[name] = levels.to(torch.int8).reshape(weight.shape)
        packed[name + _SCALE] = scale
    return packed


def unpack(packed: "dict[str, torch.Tensor]") -> "dict[str, torch.Tensor]":
    """The float32 weights that `pack` was given, to within half a level of each row."""
    state = {}
    for name, tensor in packed.items():
        if name.endswith(_SCALE):
            continue
        scale = packed.get(name + _SCALE)
        if scale is None:
            state[name] = tensor
        else:
            state[name] = (tensor.flatten(1).float() * scale[:, None]).reshape(tensor.shape)
    return state
