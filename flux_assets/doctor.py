"""What is installed, which weights are present, what is missing and how to get it."""

import os
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import psutil

from flux_resources.clip.errors import ModelUnavailable
from flux_resources.data_root import DataRoot

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
        *(Finding(name, metadata.version(name)) for name in _PACKAGES),
        _model(archive),
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


def _model(archive: DataRoot) -> Finding:
    from flux_resources.clip.loading import load_clip

    vision = archive.settings.vision
    subject = f"model {vision.model}"
    try:
        clip = load_clip(
            vision.model,
            device=vision.device,
            precision=vision.precision,
            checkpoint=vision.checkpoint,
        )
    except ModelUnavailable as error:
        return Finding(subject, "not available", str(error))
    return Finding(subject, f"ready: {clip.dimensions} dimensions, {clip.dtype} on {clip.device}")


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
