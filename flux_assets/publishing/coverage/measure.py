"""The coverage of one archive: for every product what is there, what is not, and what closes it."""

from dataclasses import dataclass, replace

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.corpus.take_in import open_ledger
from flux_assets.products import ENRICHMENTS, PRODUCTS
from flux_assets.publishing.coverage import by_part, facts
from flux_assets.publishing.coverage.archive_products import archive_gaps, written_at
from flux_assets.publishing.coverage.by_part import count_parts, part_columns, with_parts
from flux_assets.publishing.coverage.facts import duplicate_facts, facts_of
from flux_assets.publishing.coverage.failures import failures_of
from flux_assets.publishing.coverage.priorities import ranked_gaps
from flux_assets.publishing.coverage.schemas import (
    COVERAGE,
    COVERAGE_BY,
    COVERAGE_GAPS,
    WHYS,
    Coverage,
    CoverageBy,
    CoverageGaps,
    State,
)
from flux_assets.publishing.coverage.states import gaps_of, look, not_indexed, read_index
from flux_assets.publishing.coverage.upstream import OF_ARCHIVE, UPSTREAM
from flux_assets.publishing.coverage.versions import current_marks
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_resources.data_root import DataRoot
from flux_resources.tables import TableStore

_OF_DAYS = tuple(product.name for product in PRODUCTS)
_TIMES = {"product": pl.String(), "written_at": pl.Datetime("ms", "UTC")}


@dataclass(frozen=True)
class ArchiveCoverage:
    """`products` is `Coverage`, `gaps` is `CoverageGaps`, `by` is `CoverageBy`.

    `failures` has `product, why, reason, photo_id, path, error` of some photographs that failed.

    `days` has `day`, `photographs`, and a column for each of `STATES` with the photographs of
    which it is the worst that holds. `photographs` are indexed, `outside` lie outside the range.
    """

    products: pl.DataFrame
    gaps: pl.DataFrame
    failures: pl.DataFrame
    by: pl.DataFrame
    days: pl.DataFrame
    photographs: int
    outside: int


def measure_coverage(archive: DataRoot) -> ArchiveCoverage:
    """Read every product once and count."""
    inside, outside = photographs_by_range(archive)
    seen = _look_at_all(archive)
    names = {*UPSTREAM, *(name for inputs in UPSTREAM.values() for name in inputs)}
    written = {name: written_at(archive, name) for name in names}
    unbuilt = archive_gaps(archive, written, seen.photographs.height)
    gaps = ranked_gaps(pl.concat([not_indexed(seen.photographs, inside), *seen.gaps, unbuilt]))
    twins = duplicate_facts(archive.tables.read(DUPLICATES, Duplicates), seen.photographs.height)
    parts = count_parts(with_parts(seen.photographs), _OF_DAYS)
    names_and_times = [(name, written[name]) for name in (*_OF_DAYS, *OF_ARCHIVE)]
    times = pl.DataFrame(names_and_times, schema=_TIMES, orient="row")
    return ArchiveCoverage(
        products=_products(seen.photographs, gaps, times),
        gaps=gaps,
        failures=failures_of(archive.tables, gaps),
        by=CoverageBy.validate(pl.concat([parts, *seen.facts, twins]), cast=True),
        days=_days(seen.photographs),
        photographs=seen.photographs.height,
        outside=outside,
    )


@dataclass(frozen=True)
class _Seen:
    """`photographs` has a `State` by the name of each product, and the `part_columns`."""

    photographs: pl.DataFrame
    gaps: list[pl.DataFrame]
    facts: list[pl.DataFrame]


def _look_at_all(archive: DataRoot) -> _Seen:
    """Read one product after the other, so that no more than one lies in memory."""
    marks, index = current_marks(archive), read_index(archive.tables)
    states = [pl.repeat("have", index.height, dtype=State, eager=True).alias(PHOTO_INDEX.name)]
    gaps, found = [], []
    for product in ENRICHMENTS:
        name = product.name
        also = dict.fromkeys((*by_part.READ.get(name, ()), *facts.READ.get(name, ())))
        seen = look(archive.tables, product, marks.get(name), index, list(also))
        states += [seen["state"].alias(name), *part_columns(name, seen)]
        gaps.append(gaps_of(seen, product))
        found.append(facts_of(name, seen))
    return _Seen(index.with_columns(states), gaps, found)


def called_by(flux: str, coverage: ArchiveCoverage) -> ArchiveCoverage:
    """The same, with commands that call `flux` in this way, such as `flux --root /archive`."""
    command = pl.lit(f"{flux} ") + pl.col("command").str.strip_prefix("flux ")
    return replace(coverage, gaps=coverage.gaps.with_columns(command=command))


def write_tables(coverage: ArchiveCoverage, tables: TableStore) -> None:
    """Replace the three tables of coverage."""
    tables.write(COVERAGE, coverage.products, Coverage)
    tables.write(COVERAGE_GAPS, coverage.gaps, CoverageGaps)
    tables.write(COVERAGE_BY, coverage.by, CoverageBy)


def photographs_by_range(archive: DataRoot) -> tuple[dict[str, int], int]:
    """Photographs of each day that can be enriched, and how many lie outside the day range."""
    with open_ledger(archive) as ledger:
        per_day = ledger.photographs_per_day()
    inside = {day: n for day, n in per_day.items() if archive.settings.archive.spans(day)}
    return inside, sum(per_day.values()) - sum(inside.values())


def _products(photographs: pl.DataFrame, gaps: pl.DataFrame, times: pl.DataFrame) -> pl.DataFrame:
    """`Coverage`, in the order of the graph."""
    have = {name: int((photographs[name] == "have").sum()) for name in _OF_DAYS}
    by_why = [pl.col("photographs").filter(pl.col("why") == why).sum().alias(why) for why in WHYS]
    counted = gaps.group_by("product").agg(*by_why, pl.col("priority").min())
    of_days = pl.col("product").is_in(_OF_DAYS)
    counts = pl.col("product").replace_strict(have, default=0, return_dtype=pl.Int64)
    gap = pl.sum_horizontal(WHYS)
    rows = (
        times.join(counted, on="product", how="left", maintain_order="left")
        .with_columns(pl.col(WHYS).fill_null(0), count=counts)
        .with_columns(gap=gap, photographs=pl.col("count") + gap)
        .with_columns(pl.when(of_days).then(pl.col("photographs", "count", "gap", *WHYS)))
        .with_columns(
            grain=pl.when(of_days).then(pl.lit("photograph")).otherwise(pl.lit("archive")),
            share=pl.when(pl.col("photographs") > 0).then(pl.col("count") / pl.col("photographs")),
        )
    )
    return Coverage.validate(rows.select(Coverage.column_names()), cast=True)


def _days(photographs: pl.DataFrame) -> pl.DataFrame:
    """Photographs of each day by the worst that any product says of them."""
    names = State.categories
    worst = pl.max_horizontal(pl.col(name).to_physical() for name in _OF_DAYS)
    counts = [(pl.col("worst") == code).sum().alias(name) for code, name in enumerate(names)]
    rows = photographs.lazy().select("day", worst=worst).group_by("day")
    return rows.agg(pl.len().alias("photographs"), *counts).sort("day").collect()
