"""The bundled model: packed weights in this package, expanded into an open_clip model.

open_clip builds towers by name and cannot read packed weights, so this module teaches timm the
image tower, writes the config with absolute paths (open_clip would look for a relative one on the
model hub), lets open_clip build the architecture, and fills every tensor of it.
"""

import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flux_resources.clip.errors import ModelUnavailable
from flux_resources.clip.manifest import verified_digests
from flux_resources.clip.packing import unpack
from flux_resources.clip.tower import prefer_plain_attention, register_tower

FOLDER = Path(__file__).parent / "models" / "mini"
WEIGHTS = "mini.safetensors"
ARCHITECTURE = "flux-mini"
# The training pictures are whole frames squeezed into a square. Squeezing also loses nothing of
# a 3:2 frame, where cropping would drop a third of it.
RESIZE = "squash"
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def load_mini(precision: str, device: str, folder: Path = FOLDER) -> tuple[Any, Any, Any, str]:
    """The open_clip model, its picture transform, its tokenizer, and the digest of the weights.

    `precision` is one of open_clip's words. The network is not used. Raises ModelUnavailable
    where a file is missing or is not the one that was shipped.
    """
    digests = verified_digests(folder)
    with hub_offline(), _without_random_weights_warning():
        model, preprocess, tokenizer = build(folder, precision, device)
        _fill(model, read_weights(folder / WEIGHTS))
    if device == "cpu":
        prefer_plain_attention(model.visual.trunk)
    return model, preprocess, tokenizer, digests[WEIGHTS]


def build(folder: Path, precision: str, device: str) -> tuple[Any, Any, Any]:
    """Architecture, transform and tokenizer; the weights are still random."""
    import open_clip

    register(folder)
    model, _, preprocess = open_clip.create_model_and_transforms(
        ARCHITECTURE,
        precision=precision,
        device=device,
        pretrained_text=False,
        image_mean=MEAN,
        image_std=STD,
        image_resize_mode=RESIZE,
    )
    return model, preprocess, open_clip.get_tokenizer(ARCHITECTURE)


def register(folder: Path) -> None:
    """Make the architecture known to timm and open_clip, with its files in `folder`."""
    import open_clip

    register_tower()
    template = (folder / "open_clip_config.json").read_text(encoding="utf-8")
    config = json.loads(template.replace('"{folder}"', json.dumps(str(folder.resolve()))))
    if open_clip.get_model_config(ARCHITECTURE) == config:
        return
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / f"{ARCHITECTURE}.json"
        path.write_text(json.dumps(config), encoding="utf-8")
        open_clip.add_model_config(path)


def read_weights(path: Path) -> dict[str, Any]:
    """Float32 weights by name, expanded from the packed file."""
    import safetensors
    from safetensors.torch import load_file

    try:
        return unpack(load_file(path))
    except safetensors.SafetensorError as error:
        raise ModelUnavailable(f"{path} cannot be read as safetensors: {error}") from error


def _fill(model: Any, weights: dict[str, Any]) -> None:
    """Every tensor of the model, or an error: a tensor left out would keep random values."""
    try:
        model.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        raise ModelUnavailable(
            f"The packed weights do not fit the architecture that this version of timm, "
            f"transformers and open_clip builds: {error}"
        ) from error


@contextmanager
def hub_offline() -> Iterator[None]:
    """No request to the model hub inside this block; the environment stays as it is."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


@contextmanager
def _without_random_weights_warning() -> Iterator[None]:
    """open_clip warns on the root logger that nothing was loaded; `_fill` follows at once."""

    def keep(record: logging.LogRecord) -> bool:
        return "No pretrained weights loaded" not in record.getMessage()

    logger = logging.getLogger()
    logger.addFilter(keep)
    try:
        yield
    finally:
        logger.removeFilter(keep)
