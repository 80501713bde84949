"""Weights from the model hub, downloaded on first use."""

from pathlib import Path

from flux_resources.clip.errors import ModelUnavailable
from flux_resources.clip.names import PRETRAINED, table_name


def hub_checkpoint(name: str) -> Path:
    """The checkpoint of ViT-B-32 or ViT-L-14 in the local hub cache, downloaded if need be.

    The download shows a progress bar on standard error and continues where it was interrupted.
    Raises ModelUnavailable, naming the file and where to get it, when the hub cannot be reached.
    """
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import EntryNotFoundError

    weights = PRETRAINED[name]
    try:
        try:
            return Path(hf_hub_download(weights.repository, weights.file))
        except EntryNotFoundError:
            return Path(hf_hub_download(weights.repository, weights.older_file))
    except Exception as error:  # offline, proxy, disk full, hub errors: all end the same way
        raise ModelUnavailable(
            f"The weights of {name} are not on this machine, and the model hub cannot be used "
            f"({type(error).__name__}: {_first_line(error)}). Either {how_to_get(name)}, or set "
            f"`vision.model: mini`, which is bundled. Vectors of {table_name(name)} and of another "
            f"model never mix."
        ) from error


def is_cached(name: str) -> bool:
    """Whether the weights lie in the local hub cache."""
    from huggingface_hub import try_to_load_from_cache

    weights = PRETRAINED[name]
    files = (weights.file, weights.older_file)
    return any(isinstance(try_to_load_from_cache(weights.repository, f), str) for f in files)


def how_to_get(name: str) -> str:
    """How weights come to a machine without a connection."""
    weights = PRETRAINED[name]
    return (
        f"fetch {weights.url} (file {weights.file} of {weights.repository}) on a connected "
        f"machine, copy it here, and set `vision.checkpoint` in flux.yaml to its path"
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0]
