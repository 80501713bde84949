"""Build the demo archive: an inbox full of frames, a keeper tree, an issue and the truth.

Everything is first written to a staging folder inside the data root and then moved into place
file by file, the truth last. So a build that is killed starts over or goes on, and a root whose
truth is in place is finished: its frames may have left the inbox long ago.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flux_assets.demo.keeper_staging import stage_keepers
from flux_assets.demo.photographs import own_photographs, packaged_photographs
from flux_assets.demo.plan import plan_shots
from flux_assets.demo.staging import stage_frames, stage_issue
from flux_assets.demo.truth import TRUTH_FILE, DemoTruth, read_truth, write_truth
from flux_resources.errors import FluxError

logger = logging.getLogger(__name__)

STAGING = ".demo-staging"


class NotADemoRootError(FluxError):
    """The data root holds photographs that are not the demo's."""


@dataclass(frozen=True)
class DemoArchive:
    """A demo archive on disk; `newly_built` is False when it was there already."""

    root: Path
    truth: DemoTruth
    newly_built: bool

    @property
    def truth_path(self) -> Path:
        return self.root / TRUTH_FILE


def build_demo(
    root: Path,
    *,
    photos: Path | None = None,
    seed: int = 2022,
    on_frame: Callable[[int, int], None] | None = None,
) -> DemoArchive:
    """Write a demo archive into the data root `root`, or return the one that is there.

    `photos` is a folder of one's own pictures to use as sources, only ever read. `on_frame` is
    called with (frames written, frames in all), from the calling thread.

    Raises MissingPhotographsError without source photographs, NotADemoRootError when `root`
    already holds an archive, OSError when it cannot be written.
    """
    if (root / TRUTH_FILE).exists():
        return DemoArchive(root, _known_truth(root, photos, seed), newly_built=False)
    staging = root / STAGING
    if not (staging / TRUTH_FILE).exists():
        _refuse_foreign_photographs(root)
        shutil.rmtree(staging, ignore_errors=True)
        _stage(staging, photos, seed, on_frame)
    _publish(staging, root)
    return DemoArchive(root, read_truth(root / TRUTH_FILE), newly_built=True)


def _stage(
    staging: Path, photos: Path | None, seed: int, on_frame: Callable[[int, int], None] | None
) -> None:
    sources = packaged_photographs() if photos is None else own_photographs(photos)
    shots = plan_shots(sources, seed)
    staging.mkdir(parents=True)
    frames = stage_frames(staging, shots, on_frame)
    keepers = stage_keepers(staging, shots, seed)
    truth = DemoTruth(
        seed=seed,
        photographs={source.key: source.licence for source in sources},
        own_photos=None if photos is None else str(photos.resolve()),
        frames=frames,
        keepers=keepers,
        issue=stage_issue(staging, shots),
    )
    write_truth(staging / f"{TRUTH_FILE}.part", truth)
    (staging / f"{TRUTH_FILE}.part").replace(staging / TRUTH_FILE)


def _publish(staging: Path, root: Path) -> None:
    """Move every staged file to its place, the truth last; safe to repeat after a kill."""
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name == TRUTH_FILE)
    for path in files:
        target = root / path.relative_to(staging)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    shutil.rmtree(staging)


def _known_truth(root: Path, photos: Path | None, seed: int) -> DemoTruth:
    truth = read_truth(root / TRUTH_FILE)
    wanted = None if photos is None else str(photos.resolve())
    if (truth.seed, truth.own_photos) != (seed, wanted):
        logger.warning(
            "%s already holds a demo built from %s with seed %d; it is left as it is. "
            "Remove that folder, or choose another, to build a new one.",
            root,
            truth.own_photos or "packaged photographs",
            truth.seed,
        )
    return truth


def _refuse_foreign_photographs(root: Path) -> None:
    """An archive is known by its ledger, even while the disk with its photographs is away."""
    if (root / "FLUX_METADATA" / "ledger.sqlite").exists():
        raise NotADemoRootError(f"{root} is an archive; the demo wants a folder of its own")
    for folder in ("FLUX_INBOX", "FLUX_ARCHIVE"):
        for path in (root / folder).rglob("*"):
            if path.suffix.lower() in {".jpg", ".jpeg", ".dng"}:
                raise NotADemoRootError(
                    f"{root} already holds photographs ({path.relative_to(root)}); "
                    "the demo wants a folder of its own"
                )
