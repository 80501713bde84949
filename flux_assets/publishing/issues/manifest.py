"""manifest.json: what an issue shows, for people and other programs, stable byte for byte."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from flux_resources.files import atomic_file
from flux_resources.paths import Paths

_FRAME = (
    *("position", "filename", "sha256", "captured_at"),
    *("lat", "lon", "location_city", "location_country"),
)


def manifest_file(paths: Paths, issue_id: str) -> Path:
    return paths.issues / issue_id / "manifest.json"


def read_manifest(file: Path) -> dict[str, Any] | None:
    """The content of a manifest; None where there is none that can be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(content, dict) and isinstance(content.get("frames"), list)
    return content if whole and isinstance(content.get("generated_at"), str) else None


def manifest_of(issue_id: str, frames: pl.DataFrame, generated_at: str) -> dict[str, Any]:
    """The manifest of an issue out of its rows; times are local, ISO 8601, to the second."""
    shown = frames.sort("position").with_columns(
        pl.col("captured_at").dt.strftime("%Y-%m-%dT%H:%M:%S")
    )
    return {
        "issue_id": issue_id,
        "generated_at": generated_at,
        "frame_count": frames.height,
        "frames": shown.select(_FRAME).to_dicts(),
    }


def write_manifest(file: Path, issue_id: str, frames: pl.DataFrame) -> bool:
    """Swap the manifest of an issue into place; whether anything but its moment changed.

    `generated_at` (UTC) is the moment at which the rest last changed.
    """
    before = read_manifest(file)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    manifest = manifest_of(issue_id, frames, before["generated_at"] if before else now)
    changed = manifest != before
    if changed:
        manifest["generated_at"] = now
    content = (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()
    if not file.exists() or file.read_bytes() != content:
        with atomic_file(file) as temporary:
            temporary.write_bytes(content)
    return changed
