"""EXIF: files per second beside exiftool on the same files, and how often both agree.

    .venv/bin/python -m benchmarks.exif [--photos FOLDER] [--workers N]

exiftool runs as one process over a list of files (`-json -n -fast2`, asked for FLUX's fields).
`-fast2` leaves maker notes out, as FLUX does but for Apple's burst identifier. FLUX is timed as one
process, which is the fair comparison, and as a day's worker processes. Lists are repeated, so
that starting exiftool weighs little; files are in the page cache. Needs exiftool (Debian:
libimage-exiftool-perl) and the shared photographs.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from benchmarks.exif_agreement import FIELDS, RULES, Comparison, compare
from flux_assets.metadata.exif import read_exif
from flux_assets.metadata.exif_fields import read_rows
from flux_resources.paths import Paths
from flux_resources.settings import Settings

_REPEATS = 8
_ROUNDS = 3
_REQUIRED = 2.0
_JPEG = frozenset({".jpg", ".jpeg"})
_EXIFTOOL_TAGS = (
    *("Make", "Model", "LensModel", "SerialNumber", "Orientation", "ImageNumber"),
    *("DateTimeOriginal", "CreateDate", "ModifyDate", "SubSecTimeOriginal", "OffsetTimeOriginal"),
    *("ISO", "FNumber", "ExposureTime", "FocalLength"),
    *("GPSLatitude", "GPSLongitude", "GPSAltitude", "GPSDateStamp", "GPSTimeStamp"),
    *("IPTC:Keywords", "XMP:Subject", "XMP:HierarchicalSubject", "XMP:BurstID", "XPKeywords"),
)


def main() -> None:
    """Print the table of speeds, the table of agreement, and every disagreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    shared = Path(os.environ.get("FLUX_SHARED", "../shared")) / "photos"
    parser.add_argument("--photos", type=Path, default=shared)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    if shutil.which("exiftool") is None:
        sys.exit("exiftool is not installed; on Debian: apt install libimage-exiftool-perl")
    files = sorted(file for file in options.photos.resolve().rglob("*") if file.is_file())
    jpegs = [file for file in files if file.suffix.lower() in _JPEG]
    others = [file for file in files if file.suffix.lower() not in _JPEG]
    print(f"{'files/s':<8} {'files':>6} {'exiftool':>9} {'FLUX':>7} {'ratio':>6}", end="")
    print(f" {f'FLUX, {options.workers} workers':>17}")
    for name, group in (("JPEG", jpegs), ("others", others)):
        _print_speeds(name, group, options.workers)
    print(f"required: {_REQUIRED:g} times exiftool on JPEG\n")
    with tempfile.TemporaryDirectory() as folder:
        _print_agreement(compare(files, Path(folder)))


def _print_speeds(name: str, files: Sequence[Path], workers: int) -> None:
    """Medians of rounds in which all take turns, so that all see one machine."""
    many = [*files] * _REPEATS
    speeds: list[list[float]] = [
        [len(many) / _seconds(run, many) for run in (_exiftool, _one_process, _workers(workers))]
        for _ in range(_ROUNDS)
    ]
    exiftool, one, several = (statistics.median(column) for column in zip(*speeds, strict=True))
    print(f"{name:<8} {len(files):>6} {exiftool:>9.0f} {one:>7.0f} {one / exiftool:>6.1f}", end="")
    print(f" {several:>17.0f}")


def _seconds(run: Callable[[Sequence[Path]], None], files: Sequence[Path]) -> float:
    started = time.perf_counter()
    run(files)
    return time.perf_counter() - started


def _exiftool(files: Sequence[Path]) -> None:
    command = ["exiftool", "-json", "-n", "-fast2", "-q", "-q"]
    subprocess.run(
        [*command, *(f"-{tag}" for tag in _EXIFTOOL_TAGS), "-@", "-"],
        input="\n".join(map(str, files)),
        text=True,
        capture_output=True,
        check=False,  # it reports files that are no pictures
    )


def _one_process(files: Sequence[Path]) -> None:
    read_rows([(str(number), file) for number, file in enumerate(files)])


def _workers(workers: int) -> Callable[[Sequence[Path]], None]:
    paths = Paths.of(Path("/"), Settings())

    def run(files: Sequence[Path]) -> None:
        numbers = [str(number) for number in range(len(files))]
        inputs = pl.DataFrame({"photo_id": numbers, "path": [str(file) for file in files]})
        read_exif(inputs, paths=paths, workers=workers)

    return run


def _print_agreement(comparisons: Sequence[Comparison]) -> None:
    print(f"{'field':<14} {'compared':>8} {'same':>5} {'set aside':>9} {'agreement':>9}")
    for field in FIELDS:
        found = [comparison for comparison in comparisons if comparison.field == field]
        same = sum(comparison.same for comparison in found)
        aside = sum(comparison.aside for comparison in found)
        share = same / (len(found) - aside)
        print(f"{field:<14} {len(found):>8} {same:>5} {aside:>9} {share:>9.1%}")
    print("\nEvery disagreement: file, field, FLUX, exiftool, why")
    for comparison in comparisons:
        if not comparison.same:
            why = RULES[comparison.rule].why if comparison.rule else "NOT EXPLAINED"
            values = f"{comparison.ours}  {comparison.theirs}"
            print(f"{comparison.file.name}  {comparison.field}  {values}  {why}")


if __name__ == "__main__":
    main()
