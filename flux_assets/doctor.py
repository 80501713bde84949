"""What is installed, which weights are present, what is missing and how to get it."""

import os
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from flux_resources.clip.embedder import load_embedder
from flux_resources.clip.errors import ModelUnavailable
from flux_resources.clip.loading import missing_weights
from flux_resources.clip.names import BUNDLED, PRETRAINED
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import VisionSettings

_PACKAGES = ("dagster", "polars", "duckdb", "lancedb", "torch", "open-clip-torch", "pillow")
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smbfs", "smb3", "fuse.sshfs", "afpfs", "9p"})
_LOW_DISK_GB = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `remedy` is set when something should be done."""

    subject: str
    state: str
    remedy: str | None = None


def examine(archive: DataRoot) -> list[Finding]:
    """Look at everything once; nothing is changed."""
    return [
        Finding("python", f"{sys.version.split()[0]}, {os.cpu_count()} processors"),
        *map(_package, _PACKAGES),
        *_models(),
        _active_model(archive.settings.vision),
        _device(),
        _disk(archive.paths.root),
        *(
            _local(label, folder)
            for label, folder in (
                ("storage.ledger", archive.paths.ledger_folder),
                ("storage.vectors", archive.paths.vectors),
                ("storage.dagster", archive.paths.dagster),
            )
        ),
        *(_root(root) for root in archive.settings.archive.roots),
    ]


def _package(name: str) -> Finding:
    try:
        return Finding(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, "not installed", "pip install flux-archive")


def _models() -> list[Finding]:
    """Which models' weights are on this machine."""
    return [
        Finding(f"model {name}", missing_weights(name) or "weights present")
        for name in (BUNDLED, *PRETRAINED)
    ]


def _active_model(vision: VisionSettings) -> Finding:
    """Loads the active model, unless that would download it."""
    missing = None if vision.checkpoint else missing_weights(vision.model)
    if missing:
        return Finding("active model", f"{vision.model}: no weights on this machine", missing)
    try:
        clip = load_embedder(vision).clip
    except (ModelUnavailable, RuntimeError) as error:
        return Finding("active model", f"{vision.model} cannot be used", str(error))
    size = f"{clip.dimensions} dimensions, {clip.dtype} on {clip.device}"
    return Finding("active model", f"{vision.model}: {size}")


def _device() -> Finding:
    import torch

    if torch.cuda.is_available():
        return Finding("accelerator", torch.cuda.get_device_name())
    if torch.backends.mps.is_available():
        return Finding("accelerator", "Apple GPU")
    return Finding("accelerator", "none; models run on the processor")


def _disk(root: Path) -> Finding:
    free = shutil.disk_usage(_existing(root)).free / 1e9
    remedy = "free some space: originals are copied here" if free < _LOW_DISK_GB else None
    return Finding("disk", f"{free:.0f} GB free at {root}", remedy)


def _local(label: str, folder: Path) -> Finding:
    """SQLite and LanceDB lock and map files in ways that network file systems break."""
    kind = _file_system(_existing(folder))
    if kind in _NETWORK:
        return Finding(
            label, f"{folder} lies on {kind}", f"set {label} in flux.yaml to a local folder"
        )
    return Finding(label, f"{folder} ({kind or 'local'})")


def _root(root: Path) -> Finding:
    if root.is_dir():
        return Finding(f"root {root}", "mounted")
    return Finding(f"root {root}", "not there", "mount the disk, or remove it from archive.roots")


def _file_system(folder: Path) -> str | None:
    holders = [part for part in psutil.disk_partitions(all=True) if _holds(part.mountpoint, folder)]
    return max(holders, key=lambda part: len(part.mountpoint)).fstype if holders else None


def _holds(mountpoint: str, folder: Path) -> bool:
    return folder.resolve().is_relative_to(mountpoint)


def _existing(folder: Path) -> Path:
    """The folder, or its nearest parent that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
