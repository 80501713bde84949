"""From trained towers to the folder that FLUX ships."""

import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

from flux_resources.clip import mini
from flux_resources.clip.manifest import write_manifest
from flux_resources.clip.packing import pack, unpack
from training.towers import ImageTower, TextTower

_LISTED = ["config.json", "open_clip_config.json", "tokenizer.json", "tokenizer_config.json"]


def state(image: ImageTower, text: TextTower, scale: nn.Parameter) -> dict[str, torch.Tensor]:
    """The weights under the names that open_clip's model has for them."""
    named: dict[str, Any] = {"logit_scale": scale}
    named |= {f"visual.trunk.{key}": value for key, value in image.trunk.state_dict().items()}
    named |= {f"visual.head.proj.{key}": value for key, value in image.head.state_dict().items()}
    transformer = text.transformer.state_dict()
    named |= {f"text.transformer.{key}": value for key, value in transformer.items()}
    return {key: value.detach().float().cpu() for key, value in named.items()}


def ship(weights: dict[str, torch.Tensor], tokenizer: Path, folder: Path) -> Path:
    """Write packed weights, tokenizer and checksums; the two configs in `folder` stay."""
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    path = folder / mini.WEIGHTS
    save_file(pack(weights), path, metadata={"format": "int8 rows, float32 scales"})
    path.chmod(0o644)
    write_manifest(folder, [mini.WEIGHTS, *_LISTED])
    return path


@torch.no_grad()
def round_to_packed(image: ImageTower, text: TextTower, scale: nn.Parameter) -> None:
    """Give the towers the values that the shipped file will have, to measure what packing costs."""
    weights = unpack(pack(state(image, text, scale)))
    for module, prefix in (
        (image.trunk, "visual.trunk."),
        (image.head, "visual.head.proj."),
        (text.transformer, "text.transformer."),
    ):
        own = {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
        module.load_state_dict(own)
