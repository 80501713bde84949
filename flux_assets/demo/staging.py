"""Draw the planned shots and write them and their issue into a folder.

The folder has the layout of a data root. All paths in the returned truth are relative to it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from flux_assets.corpus.naming import canonical_stem
from flux_assets.demo.camera import write_gr_jpeg
from flux_assets.demo.frames import render
from flux_assets.demo.photographs import load
from flux_assets.demo.plan import Shot
from flux_assets.demo.truth import FrameTruth, Oddity
from flux_resources.files import sha256_of

PHOTOGRAPHER = "DanteSisofo"
INBOX, ISSUE_ID = "FLUX_INBOX", "FLUX_001"
ISSUE_LENGTH = 36
SERIAL, SECOND_SERIAL = "8512034", "8590277"

THREADS = min(8, os.cpu_count() or 1)  # a frame in the making takes about 25 MB


def stage_frames(
    staging: Path, shots: Sequence[Shot], on_frame: Callable[[int, int], None] | None
) -> list[FrameTruth]:
    """Write all shots and the odd files below `FLUX_INBOX`; one truth row per file."""
    for folder in {shot.folder for shot in shots}:
        (staging / INBOX / folder).mkdir(parents=True, exist_ok=True)
    frames = []
    with ThreadPoolExecutor(THREADS) as pool:
        for frame in pool.map(lambda shot: _stage_shot(staging, shot), shots):
            frames.append(frame)
            if on_frame is not None:
                on_frame(len(frames), len(shots))
    return frames + _odd_files(staging, shots, frames)


def canonical_of(shot: Shot) -> str:
    """The archive name, without its ending, that a shot asks for."""
    return canonical_stem(shot.captured_at, PHOTOGRAPHER, shot.stem)


def inbox_file(shot: Shot) -> str:
    """Where a shot lies, relative to the data root."""
    return f"{INBOX}/{shot.folder}/{shot.stem}.JPG"


def _stage_shot(staging: Path, shot: Shot, serial: str = SERIAL) -> FrameTruth:
    path = inbox_file(shot)
    write_gr_jpeg(
        staging / path,
        render(load(shot.photograph), shot.recipe),
        captured_at=shot.captured_at,
        subsecond=shot.subsecond,
        offset_time=shot.offset_time,
        gps=shot.gps,
        altitude_m=shot.altitude_m,
        iso=shot.iso,
        aperture=shot.aperture,
        exposure_s=shot.exposure_s,
        serial=serial,
        file_number=shot.file_number,
    )
    return FrameTruth(
        path=path,
        sha256=sha256_of(staging / path),
        canonical=canonical_of(shot),
        subject=shot.photograph.key,
        shows=shot.shows,
        look=shot.recipe.look.value,
        session=shot.session,
        burst=shot.burst,
        captured_at=shot.captured_at.isoformat(),
        offset_time=shot.offset_time,
        city=shot.city,
        gps=shot.gps,
        oddity=Oddity.NO_GPS if shot.gps is None else None,
    )


def _odd_files(
    staging: Path, shots: Sequence[Shot], frames: Sequence[FrameTruth]
) -> list[FrameTruth]:
    """What every real inbox holds too: copies, broken and foreign files, a clash of names."""
    count = len(shots)
    copied = (count // 60, count // 5, count // 2)
    # A shot of a burst that was not kept is in no issue, so its name may be fought over.
    contested = next(shot for shot in shots if shot.burst and not shot.keeper)
    return [
        *(_duplicate(staging, shots[n], frames[n], n) for n in copied),
        _same_name(staging, contested, shots[-1]),
        _without_exif(staging, shots[count // 4]),
        _truncated(staging, frames[count // 3]),
        _not_an_image(staging),
    ]


def _duplicate(staging: Path, shot: Shot, frame: FrameTruth, number: int) -> FrameTruth:
    path = f"{INBOX}/old card/IMG_{number:04d}.JPG"
    (staging / path).parent.mkdir(exist_ok=True)
    shutil.copy2(staging / frame.path, staging / path)
    return replace(
        frame,
        path=path,
        canonical=canonical_stem(shot.captured_at, PHOTOGRAPHER, Path(path).stem),
        oddity=Oddity.DUPLICATE,
        duplicate_of=frame.path,
    )


def _same_name(staging: Path, taken: Shot, other: Shot) -> FrameTruth:
    """A second camera, counting alike, released in the same second in front of something else."""
    clash = replace(taken, folder="201RICOH", photograph=other.photograph, recipe=other.recipe)
    clash = replace(clash, session=f"{taken.session}-second-camera", burst=None)
    (staging / INBOX / clash.folder).mkdir(exist_ok=True)
    return replace(_stage_shot(staging, clash, SECOND_SERIAL), oddity=Oddity.SAME_NAME)


def _without_exif(staging: Path, shot: Shot) -> FrameTruth:
    path = f"{INBOX}/{shot.folder}/scan without exif.jpg"
    recipe = replace(shot.recipe, zoom=1.15, seed=shot.recipe.seed + 1)
    moment = datetime.fromisoformat(f"{shot.captured_at.isoformat()}{shot.offset_time}")
    write_gr_jpeg(
        staging / path,
        render(load(shot.photograph), recipe),
        captured_at=None,
        modified_at=moment.astimezone(UTC),
    )
    return FrameTruth(
        path=path,
        sha256=sha256_of(staging / path),
        subject=shot.photograph.key,
        shows=shot.shows,
        look=recipe.look.value,
        oddity=Oddity.NO_EXIF,
    )


def _truncated(staging: Path, frame: FrameTruth) -> FrameTruth:
    """The first 40 % of a frame: its EXIF can be read, its picture cannot."""
    path = Path(frame.path).parent.as_posix() + "/R0009001.JPG"
    whole = (staging / frame.path).read_bytes()
    (staging / path).write_bytes(whole[: len(whole) * 2 // 5])
    return FrameTruth(path=path, sha256=sha256_of(staging / path), oddity=Oddity.TRUNCATED)


def _not_an_image(staging: Path) -> FrameTruth:
    path = f"{INBOX}/old card/shopping list.JPG"
    (staging / path).write_text("HP5, two rolls\nbatteries\nbread\n", "utf-8")
    return FrameTruth(path=path, sha256=sha256_of(staging / path), oddity=Oddity.NOT_AN_IMAGE)


def stage_issue(staging: Path, shots: Sequence[Shot]) -> list[str]:
    """Write the frame list of FLUX_001: 36 file names in order of time, keepers before others."""
    single = [shot for shot in shots if shot.keeper or shot.burst is None]
    chosen = sorted(single, key=lambda shot: not shot.keeper)[:ISSUE_LENGTH]
    names = [f"{canonical_of(s)}.JPG" for s in sorted(chosen, key=lambda s: s.captured_at)]
    folder = staging / "FLUX_ISSUES" / ISSUE_ID
    folder.mkdir(parents=True)
    (folder / "frames.txt").write_text("\n".join(names) + "\n", "utf-8")
    return names
