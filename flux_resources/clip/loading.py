"""From a model name to a model that is ready to encode: one code path after this for all.

Three sources: the bundled model, a local checkpoint, and the model hub (downloaded once, with a
progress bar, into the hub's own cache).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flux_resources.clip.errors import ModelUnavailable
from flux_resources.clip.hardware import (
    OPEN_CLIP_PRECISION,
    choose_device,
    choose_precision,
    torch_dtype,
)
from flux_resources.clip.hub import how_to_get, hub_checkpoint, is_cached
from flux_resources.clip.manifest import verified_digests
from flux_resources.clip.mini import FOLDER, WEIGHTS, load_mini
from flux_resources.clip.names import BUNDLED, PRETRAINED, table_name
from flux_resources.files import sha256_of

if TYPE_CHECKING:
    import torch

_DIGEST = 12


@dataclass(frozen=True)
class ClipModel:
    """An image-text model in evaluation mode, with gradients off.

    `preprocess` turns a PIL picture into a float32 `(3, image_size, image_size)` tensor,
    `tokenizer` a list of n texts into an int64 `(n, length)` tensor. `model.encode_image` and
    `model.encode_text` return `(n, dimensions)` vectors that are not yet normalised.
    `weights_version` changes whenever the weights do.
    """

    name: str
    model: Any  # torch does not type the methods of open_clip's modules
    preprocess: "Callable[[Any], torch.Tensor]"
    tokenizer: "Callable[[list[str]], torch.Tensor]"
    image_size: int
    dimensions: int
    weights_version: str
    device: str
    dtype: "torch.dtype"


def load_clip(
    name: str,
    *,
    device: str = "auto",
    precision: str = "auto",
    checkpoint: Path | None = None,
) -> ClipModel:
    """The model of that name, on `device`.

    `name` is `mini` or an architecture of open_clip. Without a `checkpoint`, ViT-B-32 and
    ViT-L-14 come from the model hub; any other architecture needs one. Raises ModelUnavailable
    where the weights cannot be had.
    """
    device = choose_device(device)
    precision = choose_precision(precision, device)
    words = OPEN_CLIP_PRECISION[precision]
    if name == BUNDLED:
        if checkpoint is not None:
            raise ModelUnavailable(
                f"The model `{BUNDLED}` is bundled and takes no checkpoint; to use {checkpoint}, "
                f"set the model to the open_clip architecture that it was trained as."
            )
        model, preprocess, tokenizer, digest = load_mini(words, device)
        tokenizer = _unpadded(tokenizer)
    else:
        path = _checkpoint(name, checkpoint)
        model, preprocess, tokenizer = _load_checkpoint(name, path, words, device)
        digest = sha256_of(path)
    model.eval().requires_grad_(False)
    size = model.visual.image_size
    return ClipModel(
        name=table_name(name),
        model=model,
        preprocess=preprocess,
        tokenizer=tokenizer,
        image_size=size if isinstance(size, int) else size[0],
        dimensions=_dimensions(model, tokenizer, device),
        weights_version=digest[:_DIGEST],
        device=device,
        dtype=torch_dtype(precision),
    )


def weights_version(name: str, checkpoint: Path | None = None) -> str:
    """The `weights_version` that `load_clip` would give; loads no model, raises as it does."""
    if name == BUNDLED:
        return verified_digests(FOLDER)[WEIGHTS][:_DIGEST]
    return sha256_of(_checkpoint(name, checkpoint))[:_DIGEST]


def missing_weights(name: str) -> str | None:
    """What is missing on this machine before `name` can be loaded, and the remedy; None if
    nothing is. Loads and downloads nothing.
    """
    if name == BUNDLED:
        try:
            verified_digests(FOLDER)
        except ModelUnavailable as error:
            return str(error)
        return None
    if name not in PRETRAINED:
        return f"{name} has no weights of its own here: set `vision.checkpoint` to a local file."
    return None if is_cached(name) else f"{name} is downloaded on first use, or {how_to_get(name)}"


def _checkpoint(name: str, given: Path | None) -> Path:
    import open_clip

    if name not in open_clip.list_models():
        raise ModelUnavailable(
            f"`{name}` is neither `{BUNDLED}` nor an architecture that open_clip knows; "
            f"`python -c 'import open_clip; print(open_clip.list_models())'` lists those."
        )
    if given is not None:
        if not given.is_file():
            raise ModelUnavailable(f"The checkpoint of {name}, {given}, does not exist.")
        return given
    if name not in PRETRAINED:
        raise ModelUnavailable(
            f"{name} has no weights of its own here: set `checkpoint` to a local file. "
            f"Without one there are {BUNDLED}, {', '.join(PRETRAINED)}."
        )
    return hub_checkpoint(name)


def _load_checkpoint(name: str, path: Path, precision: str, device: str) -> tuple[Any, Any, Any]:
    import open_clip

    # A local file says nothing about its normalisation, so that of the known weights is used.
    known = PRETRAINED.get(name)
    config = open_clip.pretrained.get_pretrained_cfg(name, known.tag) if known else {}
    try:
        model, _, preprocess = open_clip.create_model_and_transforms(
            name,
            pretrained=str(path),
            precision=precision,
            device=device,
            image_mean=config.get("mean"),
            image_std=config.get("std"),
            require_pretrained=True,
        )
    except Exception as error:  # torch, safetensors, zip and pickle each raise their own
        raise ModelUnavailable(
            f"The checkpoint {path} ({path.stat().st_size:,} bytes) cannot be loaded as {name}: it "
            f"is truncated, or belongs to another architecture. Fetch it again"
            f"{f' from {known.url}' if known else ''}. ({type(error).__name__}: {error})"
        ) from error
    return model, preprocess, open_clip.get_tokenizer(name)


def _unpadded(tokenizer: "Callable[[list[str]], torch.Tensor]") -> Any:
    """Pads to the longest text of a batch: a query of five tokens then costs five, not 64."""

    def tokenize(texts: list[str]) -> "torch.Tensor":
        tokens = tokenizer(texts)
        used = int((tokens != 0).sum(dim=1).max())
        return tokens[:, :used]

    return tokenize


def _dimensions(model: Any, tokenizer: "Callable[[list[str]], torch.Tensor]", device: str) -> int:
    import torch

    with torch.inference_mode():
        return int(model.encode_text(tokenizer(["a"]).to(device)).shape[1])
