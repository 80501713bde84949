"""Seconds to resolve the times of a whole archive, and of one day in it.

    .venv/bin/python -m benchmarks.capture_times [--photographs 400000] [--folder FOLDER]

Four years of one camera, a folder a day, a third with GPS; then the same as phones name their
files, which is the longest that names take to read. Beside it stands its floor: reading the same
columns of the same tables. `--folder` keeps the tables for the next time.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.metadata.camera_clock import TimeRules
from flux_assets.metadata.capture_times import resolve, verdicts
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.folder_facts import folder_facts
from flux_resources.settings import Settings
from flux_resources.tables import TableStore

T = TypeVar("T")
_DAYS = 1400
_NOW = datetime(2026, 6, 1)


def main() -> None:
    """Print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=400_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        tables = TableStore(options.folder or Path(temporary))
        archive = _archive(options.photographs)
        if not tables.days(PHOTO_INDEX.name):
            _write(tables, archive)
        _measure(tables, archive)


def _measure(tables: TableStore, archive: pl.DataFrame) -> None:
    rules = TimeRules.of(Settings(), _NOW)
    index, exif = (tables.scan(product.name, product.schema) for product in (PHOTO_INDEX, EXIF))
    log = pl.LazyFrame(schema={"sha256": pl.String, "action": pl.String, "at": pl.String})
    days = tables.days(PHOTO_INDEX.name)

    def facts_of(wanted: list[str]) -> pl.DataFrame:
        return folder_facts(index, exif, log, days=wanted, rules=rules)

    read = ("day", "photo_id", "path", "source_path", "original_filename", "file_modified_at")
    floor, _ = _timed(
        lambda: (
            index.select(*read, "sha256").collect(),
            exif.select("day", "photo_id", "captured_at", "serial", "file_number").collect(),
        )
    )
    print(f"{archive.height} photographs, {len(days)} days")
    print(f"reading the columns   {floor:6.2f} s")
    seconds, facts = _timed(lambda: facts_of(days))
    print(f"folder facts, all     {seconds:6.2f} s, ratio {seconds / floor:.1f}")
    seconds, _ = _timed(lambda: facts_of(days[-1:]))
    print(f"folder facts, a day   {seconds:6.2f} s, ratio {seconds / floor:.1f}")
    inputs = archive.with_columns(pl.lit(None, pl.String).alias(name) for name in ("time", "zone"))
    seconds, found = _timed(lambda: resolve(inputs, facts, rules=rules))
    print(f"resolve, all          {seconds:6.2f} s, {archive.height / seconds:,.0f} a second")
    phones = inputs.with_columns(
        original_filename="PXL_" + pl.col("captured_at").dt.strftime("%Y%m%d_%H%M%S000.jpg")
    )
    seconds, _ = _timed(lambda: resolve(phones, facts, rules=rules))
    print(f"resolve, phone names  {seconds:6.2f} s, {archive.height / seconds:,.0f} a second")
    seconds, _ = _timed(lambda: verdicts(found))
    print(f"verdicts              {seconds:6.2f} s")


def _archive(photographs: int) -> pl.DataFrame:
    """Columns of `photo_index`, `exif` and `places`, in order of time."""
    random = np.random.default_rng(0)
    seconds = np.sort(random.integers(1_641_000_000, 1_641_000_000 + _DAYS * 86_400, photographs))
    at = pl.col("captured_at")
    number = pl.int_range(pl.len())
    name = pl.format("R{}.JPG", (number % 9999).cast(pl.String).str.zfill(7))
    gps = number % 3 == 0
    return (
        pl.DataFrame({"captured_at": pl.Series(seconds * 1000).cast(pl.Datetime("ms"))})
        .with_columns(day=at.dt.strftime("%Y-%m-%d"), original_filename=name)
        .with_columns(
            photo_id=pl.format("{}_{}", "day", number),
            sha256=number.cast(pl.String).str.zfill(64),
            source_path=pl.format("FLUX_INBOX/{}/{} Rome/{}", at.dt.year(), "day", name),
            path=pl.format("FLUX_ARCHIVE/ORIGINALS/{}/{}", "day", number),
            file_modified_at=(at - pl.duration(hours=1)).dt.replace_time_zone("UTC"),
            digitized_at=at,
            modified_at=at,
            gps_at=pl.when(gps).then(at - pl.duration(hours=1)).dt.replace_time_zone("UTC"),
            offset_time=pl.lit("+01:00"),
            camera_make=pl.lit("RICOH"),
            camera_model=pl.lit("GR III"),
            serial=pl.lit("8512034"),
            file_number=pl.lit(None, pl.Int64),
            lat=pl.when(gps).then(41.9),
            lon=pl.when(gps).then(12.5),
            time_zone=pl.when(gps).then(pl.lit("Europe/Rome")),
        )
    )


def _write(tables: TableStore, archive: pl.DataFrame) -> None:
    for product in (PHOTO_INDEX, EXIF):
        columns = product.schema.columns()
        fixed = {"filename": "x", "bytes": 1, "format": "JPEG"}
        whole = archive.select(
            "day",
            *(
                (pl.col(name) if name in archive.columns else pl.lit(fixed.get(name)))
                .cast(column.dtype)
                .alias(name)
                for name, column in columns.items()
            ),
        )
        for (day,), rows in whole.group_by("day"):
            tables.write_day(product.name, str(day), rows.drop("day"), product.schema)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


if __name__ == "__main__":
    main()
