"""Seconds and memory of the coverage of a whole archive, beside one bare scan of its tables.

    .venv/bin/python -m benchmarks.coverage [--photographs 400000]

Every product has a file for each of 1,400 days; some rows lack, failed or are of older code. The
bare scan reads the columns that say so, of the same files, and does nothing with them.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from flux_assets.photo_table import Product
from flux_assets.products import PRODUCTS
from flux_assets.publishing.coverage.html import write_html
from flux_assets.publishing.coverage.measure import ArchiveCoverage, measure_coverage
from flux_assets.publishing.coverage.versions import current_marks
from flux_resources.data_root import DataRoot

_DAYS = 1_400
_CITIES = ("Rome", "Tokyo", "Philadelphia", "Mumbai", "Zürich")
_TAGS = tuple(f"tag {number}" for number in range(150))


def main() -> None:
    """Print what coverage costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photographs", type=int, default=400_000)
    photographs = parser.parse_args().photographs
    with tempfile.TemporaryDirectory() as folder:
        archive = DataRoot.open(Path(folder))
        made = _timed(lambda: _make(archive, photographs))[0]
        size = sum(file.stat().st_size for file in Path(folder).rglob("*.parquet")) / 1e6
        print(f"{photographs} photographs, {_DAYS} days, {len(PRODUCTS)} products")
        print(f"{size:.0f} MB of tables, made in {made:.0f} s")
        before = _peak_mb()
        bare = min(_timed(lambda: _bare(archive))[0] for _ in range(2))
        between = _peak_mb()
        taken, coverage = _timed(lambda: measure_coverage(archive))
        print(f"bare scan  {bare:6.2f} s, peak memory {between:.0f} MB (before it {before:.0f} MB)")
        print(
            f"coverage   {taken:6.2f} s, ratio {taken / bare:.1f}, peak memory {_peak_mb():.0f} MB"
        )
        file = Path(folder) / "coverage.html"
        page = _timed(lambda: write_html(coverage, file))[0]
        print(f"the page   {page:6.2f} s, {file.stat().st_size / 1e6:.1f} MB")
        _show(coverage)


def _make(archive: DataRoot, photographs: int) -> None:
    random = np.random.default_rng(0)
    marks = current_marks(archive)
    day_of = np.sort(random.integers(0, _DAYS, photographs))
    first = datetime(2022, 1, 1)
    for number in range(_DAYS):
        count = int((day_of == number).sum())
        day = f"{first + timedelta(days=number):%Y-%m-%d}"
        ids = [f"{day}_13-22-44_DanteSisofo_R{row:07}" for row in range(count)]
        for product in PRODUCTS:
            rows = _rows(product, ids, marks.get(product.name, ""), random)
            file = archive.paths.tables / product.name / f"day={day}.parquet"
            file.parent.mkdir(parents=True, exist_ok=True)
            rows.write_parquet(file)


def _rows(product: Product, ids: list[str], mark: str, random: np.random.Generator) -> pl.DataFrame:
    """The columns that are read; of 100 rows five lack a value, one failed, one is stale."""
    count = len(ids)
    kind = random.integers(0, 100, count)
    types = {name: column.dtype for name, column in product.schema.columns().items()}
    rows = pl.DataFrame(
        {
            "photo_id": ids,
            "fingerprint": [f"{n:024x}{'0' * 8 if k == 0 else mark}" for n, k in enumerate(kind)],
            "error": [
                f"{product.name}: broken: {n}" if k == 1 else None for n, k in enumerate(kind)
            ],
            "tags": random.choice(_TAGS, (count, 4)).tolist(),
            "location_city": random.choice(_CITIES, count),
        }
    ).with_columns(
        trust=pl.lit(1.0),
        location_country=pl.lit("Italy"),
        camera_make=pl.lit("RICOH"),
        camera_model=pl.lit("GR III"),
        keeper=pl.lit(0),
        flags=pl.lit([], pl.List(pl.String)),
    )
    value = rows[product.value] if product.value in rows.columns else _some(types[product.value])
    kept = pl.when(pl.Series(kind) >= (0 if product.name == "photo_index" else 7)).then(value)
    rows = rows.with_columns(kept.alias(product.value))
    return rows.select(name for name in types if name in rows.columns).cast(
        {name: dtype for name, dtype in types.items() if name in rows.columns}
    )


def _some(dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Enum):
        return pl.lit(dtype.categories[0])
    if isinstance(dtype, pl.Datetime):
        return pl.lit(datetime(2022, 1, 15))
    return pl.col("photo_id") if isinstance(dtype, pl.String) else pl.lit(1)


def _bare(archive: DataRoot) -> None:
    for product in PRODUCTS:
        waits = ["pending"] if product.waits else []
        columns = ["day", "photo_id", product.value, "error", "fingerprint", *waits]
        archive.tables.scan(product.name, product.schema).select(columns).collect()


def _show(coverage: ArchiveCoverage) -> None:
    summed = coverage.products.select(pl.sum("photographs", "count", "gap"))
    print(f"counted    {summed.row(0, named=True)}, {coverage.gaps.height} gaps")


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
