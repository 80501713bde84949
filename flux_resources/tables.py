"""Parquet tables: one file per product and day, or issue; validated, replaced in one step.

The only code that knows where tables live. The base may be a local folder or a URL that fsspec
understands; a local file gets fsync and rename, an object store an atomic put.
"""

import io
import os
import shutil
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import dataframely as dy
import polars as pl
from upath import UPath

from flux_resources.errors import FluxError
from flux_resources.files import atomic_file

S = TypeVar("S", bound=dy.Schema)
_LOCAL = frozenset({"", "file"})
_END = b"PAR1"  # of every Parquet file
# What Polars reads by itself, lazily; other stores are read through fsspec.
_POLARS_READS = _LOCAL | {"s3", "s3a", "gs", "gcs", "az", "adl", "abfs", "abfss"}


class TableDamaged(FluxError):
    """A file is no whole Parquet file; the message names it."""

    def __init__(self, file: UPath) -> None:
        super().__init__(f"{file} is damaged; remove it, then: flux materialize")


class TableStore:
    """Reads and writes product tables below `base`."""

    def __init__(self, base: str | Path) -> None:
        self.base = UPath(base)

    def days(self, product: str) -> list[str]:
        """Days for which the product has a file, ascending."""
        return self.partitions(product, "day")

    def read_day(self, product: str, day: str, schema: type[S]) -> dy.DataFrame[S]:
        """One day's rows; no rows where the day was never written."""
        return self.read_partition(product, "day", day, schema)

    def has_day(self, product: str, day: str) -> bool:
        return self._file(product, "day", day).exists()

    def partitions(self, product: str, key: str) -> list[str]:
        """Values of the partition key (`day`, `issue`) for which there is a file, ascending."""
        folder = self.base / product
        if not folder.exists():
            return []
        return sorted(file.stem.removeprefix(f"{key}=") for file in folder.glob(f"{key}=*.parquet"))

    def read_partition(
        self, product: str, key: str, value: str, schema: type[S]
    ) -> dy.DataFrame[S]:
        """The rows of one partition; no rows where it was never written."""
        return self._read(self._file(product, key, value), schema)

    def write_partition(
        self, product: str, key: str, value: str, rows: pl.DataFrame, schema: type[dy.Schema]
    ) -> None:
        """Replace one partition.

        Raises:
            dataframely.exc.ValidationError: the rows break the schema.
        """
        self._write(self._file(product, key, value), rows, schema)

    def scan(
        self, product: str, schema: type[dy.Schema], *, only: Collection[str] | None = None
    ) -> pl.LazyFrame:
        """All days of a product (or `only` some), lazily, with their `day` (string) in front.

        Raises:
            TableDamaged: a local file is empty or cut off.
        """
        types = {name: column.dtype for name, column in schema.columns().items()}
        days = [day for day in self.days(product) if only is None or day in only]
        if not days:
            return pl.LazyFrame(schema={"day": pl.String(), **types})
        if self.base.protocol not in _POLARS_READS:
            return pl.concat(
                self.read_day(product, day, schema).lazy().select(pl.lit(day).alias("day"), *types)
                for day in days
            )
        files = [self._file(product, "day", day) for day in days]
        if self.base.protocol in _LOCAL:
            _require_whole(files)
        found = pl.scan_parquet(
            [str(file) for file in files],
            schema=types,
            missing_columns="insert",
            extra_columns="ignore",
            hive_partitioning=False,
            include_file_paths="day",
            glob=False,  # a folder's name may hold what looks like a pattern
        )
        return found.select(pl.col("day").str.extract(r"day=(.{10})\.parquet$"), *types)

    def write_day(
        self, product: str, day: str, rows: pl.DataFrame, schema: type[dy.Schema]
    ) -> None:
        """Replace one day.

        Raises:
            dataframely.exc.ValidationError: the rows break the schema.
        """
        self.write_partition(product, "day", day, rows, schema)

    def read(self, product: str, schema: type[S]) -> dy.DataFrame[S]:
        """A whole-archive product; no rows where it was never written."""
        return self._read(self.base / f"{product}.parquet", schema)

    def write(self, product: str, rows: pl.DataFrame, schema: type[dy.Schema]) -> None:
        """Replace a whole-archive product."""
        self._write(self.base / f"{product}.parquet", rows, schema)

    def written_at(self, product: str) -> datetime | None:
        """When the newest file of a product was written, UTC; None where it has none."""
        files = [self.base / f"{product}.parquet", *(self.base / product).glob("*.parquet")]
        times = [file.stat().st_mtime for file in files if file.exists()]
        return datetime.fromtimestamp(max(times), UTC) if times else None

    def _file(self, product: str, key: str, value: str) -> UPath:
        return self.base / product / f"{key}={value}.parquet"

    def _read(self, file: UPath, schema: type[S]) -> dy.DataFrame[S]:
        if not file.exists():
            return schema.create_empty()
        try:
            frame = pl.read_parquet(io.BytesIO(file.read_bytes()), hive_partitioning=False)
        except pl.exceptions.ComputeError as error:
            raise TableDamaged(file) from error
        columns = schema.columns()
        missing = [
            pl.lit(None).cast(column.dtype).alias(name)
            for name, column in columns.items()
            if name not in frame.columns
        ]
        return schema.cast(frame.with_columns(missing).select(list(columns)))

    def _write(self, file: UPath, rows: pl.DataFrame, schema: type[dy.Schema]) -> None:
        surplus = set(rows.columns) - set(schema.column_names())
        if surplus:
            raise ValueError(f"{file}: columns not in the schema: {', '.join(sorted(surplus))}")
        buffer = io.BytesIO()
        schema.validate(rows).write_parquet(buffer)
        buffer.seek(0)
        if file.protocol not in _LOCAL:
            file.write_bytes(buffer.getvalue())
            return
        with atomic_file(Path(file.path)) as temporary, temporary.open("wb") as out:
            shutil.copyfileobj(buffer, out)


def _require_whole(files: Iterable[UPath]) -> None:
    """Read the ends of local files, which is quick and finds what was cut off.

    Raises:
        TableDamaged: a file does not end as Parquet files do.
    """
    for file in files:
        with Path(file.path).open("rb") as content:
            size = content.seek(0, os.SEEK_END)
            content.seek(max(size - len(_END), 0))
            if content.read() != _END:
                raise TableDamaged(file)
