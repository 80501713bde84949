"""Loading models by name: local checkpoints, the hub, and what is said when neither works."""

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from flux_resources.clip.errors import ModelUnavailable
from flux_resources.clip.hardware import choose_device, choose_precision
from flux_resources.clip.loading import load_clip
from flux_resources.clip.names import PRETRAINED, Pretrained, table_name
from flux_resources.files import sha256_of

SMALL = "ViT-S-32-alt"  # the least architecture that open_clip ships


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights of a small architecture, saved as a user would have them."""
    import open_clip
    from safetensors.torch import save_model

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("checkpoint") / "small.safetensors"
    save_model(open_clip.create_model(SMALL), str(path))
    return path


def test_table_names() -> None:
    names = ["mini", "ViT-B-32", "ViT-L-14", "ViT-S-32-alt", "hf-hub:timm/ViT-B-16-SigLIP"]
    assert [table_name(name) for name in names] == [
        "mini",
        "clip-vit-b-32",
        "clip-vit-l-14",
        "vit-s-32-alt",
        "hf-hub-timm-vit-b-16-siglip",
    ]


def test_a_local_checkpoint_is_what_encodes(checkpoint: Path) -> None:
    from safetensors.torch import load_file

    clip = load_clip(SMALL, device="cpu", precision="fp32", checkpoint=checkpoint)
    assert clip.name == table_name(SMALL)
    assert sha256_of(checkpoint).startswith(clip.weights_version)
    assert (clip.device, clip.dtype, clip.image_size) == ("cpu", torch.float32, 224)
    assert not clip.model.training
    assert not any(p.requires_grad for p in clip.model.parameters())
    stored = load_file(checkpoint)["visual.proj"]
    assert torch.equal(clip.model.state_dict()["visual.proj"], stored)
    picture = clip.preprocess(Image.new("RGB", (300, 200)))
    vectors = clip.model.encode_image(picture[None]), clip.model.encode_text(clip.tokenizer(["a"]))
    assert [v.shape for v in vectors] == [(1, clip.dimensions)] * 2


def test_the_wanted_precision_is_used(checkpoint: Path) -> None:
    clip = load_clip(SMALL, device="cpu", precision="bf16", checkpoint=checkpoint)
    assert clip.dtype == torch.bfloat16
    assert {p.dtype for p in clip.model.parameters()} == {torch.bfloat16}


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"none\.pt.*does not exist"):
        load_clip("ViT-B-32", checkpoint=tmp_path / "none.pt")


def test_a_truncated_checkpoint_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(checkpoint.read_bytes()[:100_000])
    with pytest.raises(ModelUnavailable, match=r"cut\.safetensors \(100,000 bytes\).*truncated"):
        load_clip(SMALL, device="cpu", checkpoint=cut)


def test_a_checkpoint_of_another_architecture_is_refused(checkpoint: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"another architecture.*resolve/main"):
        load_clip("ViT-B-32", device="cpu", checkpoint=checkpoint)


def test_an_architecture_without_weights_asks_for_a_checkpoint() -> None:
    with pytest.raises(ModelUnavailable, match=r"set `checkpoint`"):
        load_clip(SMALL)


def test_an_unknown_name_is_an_error_and_not_another_model() -> None:
    with pytest.raises(ModelUnavailable, match="ViT-Z-99"):
        load_clip("ViT-Z-99")


def test_the_bundled_model_takes_no_checkpoint(checkpoint: Path) -> None:
    with pytest.raises(ModelUnavailable, match="bundled"):
        load_clip("mini", checkpoint=checkpoint)


@pytest.mark.parametrize("name", sorted(PRETRAINED))
def test_offline_the_error_names_repository_file_and_setting(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelUnavailable) as caught:
        load_clip(name)
    message = str(caught.value)
    for part in (PRETRAINED[name].url, PRETRAINED[name].repository, "vision.checkpoint", "mini"):
        assert part in message


@pytest.mark.parametrize("present", ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"])
def test_a_downloaded_file_is_loaded(
    monkeypatch: pytest.MonkeyPatch, checkpoint: Path, present: str
) -> None:
    import huggingface_hub
    from huggingface_hub.errors import EntryNotFoundError

    def download(repository: str, file: str) -> str:
        assert repository == "somebody/small"
        if file != present:
            raise EntryNotFoundError(file)
        return str(checkpoint)

    monkeypatch.setitem(PRETRAINED, SMALL, Pretrained("small", "somebody/small"))
    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    clip = load_clip(SMALL, device="cpu")
    assert sha256_of(checkpoint).startswith(clip.weights_version)


def test_the_repositories_are_those_of_open_clips_own_tags() -> None:
    from open_clip.pretrained import get_pretrained_cfg

    for name, weights in PRETRAINED.items():
        config: dict[str, Any] = get_pretrained_cfg(name, weights.tag)
        assert config["hf_hub"].rstrip("/") == weights.repository
        assert not config.get("quick_gelu", False)


def test_automatic_choices_suit_this_machine() -> None:
    device = choose_device("auto")
    assert device in {"cuda", "mps", "cpu"}
    assert choose_device("cpu") == "cpu"
    assert choose_precision("auto", device) in {"fp32", "bf16", "fp16"}
    assert choose_precision("fp32", device) == "fp32"
