"""Seconds and bytes of backups, beside a plain copy of the same files.

    .venv/bin/python -m benchmarks.backups [--vectors 50000]

An archive of vectors of 512 numbers, 2,000 day files and a ledger of as many files: backed up for
the first time, again, after a night with 300 new photographs, and proved.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from flux_assets.publishing.backups.create import create_backup
from flux_assets.publishing.backups.shelf import Shelf
from flux_assets.publishing.backups.snapshot import take_snapshot
from flux_assets.publishing.backups.verify import verify_backup
from flux_resources.data_root import DataRoot
from flux_resources.ledger_rows import Content, Location
from flux_resources.vectors import VectorStore
from flux_tests.resources.vector_rows import clustered, rows

_DAY_FILES, _DIMENSIONS, _NIGHT = 2_000, 512, 300


def main() -> None:
    """Print a line for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vectors", type=int, default=50_000)
    count = parser.parse_args().vectors
    with tempfile.TemporaryDirectory() as folder:
        archive = DataRoot.open(Path(folder) / "root")
        _fill(archive, 0, count)
        _day_files(archive)
        floor = _timed(lambda: _copy(archive, Path(folder)))
        print(f"plain copy            {floor:6.2f} s")
        for step in ("first", "nothing changed", f"{_NIGHT} photographs"):
            if step.endswith("photographs"):
                _fill(archive, count, _NIGHT)
            seconds = _timed(lambda: create_backup(archive))
            backup = Shelf(archive.paths.backups).read(None)
            print(
                f"{step:<20}  {seconds:6.2f} s, ratio {seconds / floor:4.1f}: "
                f"{backup.new_bytes / 1e6:7.1f} of {backup.bytes / 1e6:7.1f} MB written"
            )
        seconds = _timed(lambda: verify_backup(Shelf(archive.paths.backups), backup))
        print(f"verify                {seconds:6.2f} s, ratio {seconds / floor:4.1f}")


def _fill(archive: DataRoot, first: int, count: int) -> None:
    names = [f"photo-{number:07}" for number in range(first, first + count)]
    day = f"2022-01-{first % 28 + 1:02}"
    vectors = clustered(count, _DIMENSIONS, seed=first)
    store = VectorStore(archive.paths.vectors, archive.paths.locks, "mini")
    store.replace_days([day], rows(vectors, names, day))
    store.refresh_index()
    hashes = [np.random.default_rng(n).bytes(32).hex() for n in range(first, first + count)]
    with archive.ledger() as ledger:
        ledger.register(
            (
                Content(sha256, name, "JPEG", 1, 1, 1, None, name, None)
                for sha256, name in zip(hashes, names, strict=True)
            ),
            (
                Location("", f"{name}.JPG", 1, 1, sha256, day)
                for sha256, name in zip(hashes, names, strict=True)
            ),
        )


def _day_files(archive: DataRoot) -> None:
    folder = archive.paths.tables / "exif"
    folder.mkdir(parents=True)
    for number in range(_DAY_FILES):
        frame = pl.DataFrame({"photo_id": [f"{number}-{n}" for n in range(200)]})
        frame.write_parquet(folder / f"day={number}.parquet")


def _copy(archive: DataRoot, folder: Path) -> None:
    """The same files, copied and nothing else."""
    take_snapshot(archive, folder / "links")
    shutil.copytree(folder / "links", folder / "copy")


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
