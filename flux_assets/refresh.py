"""Recompute only what changed: the heart of every day-partitioned product.

A product's day holds one row per photograph of that day's index. Each row carries a
`fingerprint` of everything it was computed from. A row whose fingerprint still holds is kept;
the others are computed anew; rows of photographs that left the index disappear.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from flux_assets import progress
from flux_assets.photo_table import PhotoTable, Product
from flux_resources.tables import TableStore

Compute = Callable[[pl.DataFrame], pl.DataFrame]
StillValid = Callable[[pl.DataFrame], pl.Series]
RETRY = "retry"
_DIGITS, MARK_DIGITS = 24, 8


@dataclass(frozen=True)
class DayReport:
    """What happened to one day of one product; counts are photographs."""

    product: str
    day: str
    photographs: int
    computed: int
    failed: int
    removed: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Plan:
    """Which rows of a day must be computed; `todo` holds inputs, `kept` finished rows."""

    todo: pl.DataFrame
    kept: pl.DataFrame
    fingerprints: pl.DataFrame
    removed: tuple[str, ...]


def schema_version(schema: type[dy.Schema]) -> str:
    """A digest of column names and types: a changed schema makes every row stale."""
    columns = [(name, str(column.dtype)) for name, column in schema.columns().items()]
    return _digest(repr(columns))[:8]


def full_version(product: Product, version: str) -> str:
    """What a product's rows depend on beside their inputs: its name, its columns, its `version`."""
    return f"{product.name}|{schema_version(product.schema)}|{version}"


def mark_of(version: str) -> str:
    """The last digits of the fingerprints of all rows of a full version: 8 of hex.

    By them a row of older code, of another model or of other settings is told without its inputs.
    """
    return _digest(version)[:MARK_DIGITS]


def plan_refresh(
    inputs: pl.DataFrame,
    previous: pl.DataFrame,
    *,
    version: str,
    still_valid: StillValid | None = None,
) -> Plan:
    """Compare a day's inputs with its stored rows.

    Args:
        inputs: one row per photograph: `photo_id`, `fingerprint` of all upstream rows together,
            and whatever the computation reads.
        previous: the product's stored rows.
        version: digest of the code, model and parameters of the product.
        still_valid: given stored rows, a boolean per row: False where what the row speaks of
            (a file, a vector) has vanished.
    """
    mark = mark_of(version)
    fingerprints = inputs.select(
        "photo_id",
        pl.col("fingerprint").map_elements(
            lambda upstream: _digest(f"{upstream}|{version}")[:_DIGITS] + mark,
            return_dtype=pl.String,
        ),
    )
    kept = previous.join(fingerprints, on=["photo_id", "fingerprint"], how="semi")
    if still_valid is not None and kept.height:
        kept = kept.filter(still_valid(kept))
    return Plan(
        todo=inputs.join(kept, on="photo_id", how="anti"),
        kept=kept,
        fingerprints=fingerprints,
        removed=tuple(previous.join(inputs, on="photo_id", how="anti")["photo_id"]),
    )


def finish_rows(plan: Plan, computed: pl.DataFrame, schema: type[PhotoTable]) -> pl.DataFrame:
    """Kept and computed rows together, with fingerprints, ordered by photo_id.

    `computed` may carry a boolean column `retry`; where it is True the row gets no fingerprint,
    so that the next run tries again.
    """
    if RETRY not in computed.columns:
        computed = computed.with_columns(pl.lit(False).alias(RETRY))
    computed = computed.join(plan.fingerprints, on="photo_id", how="left").with_columns(
        pl.when(RETRY).then(None).otherwise("fingerprint").alias("fingerprint")
    )
    columns = schema.column_names()
    types = pl.Schema({name: column.dtype for name, column in schema.columns().items()})
    return pl.concat(
        [plan.kept.select(columns).cast(types), computed.select(columns).cast(types)]
    ).sort("photo_id")


def refresh_day(
    tables: TableStore,
    product: Product,
    day: str,
    *,
    inputs: pl.DataFrame,
    version: str,
    compute: Compute,
    still_valid: StillValid | None = None,
    forget: Callable[[Sequence[str]], None] = lambda _: None,
) -> DayReport:
    """Bring one day of a product up to date and replace its file in one step.

    `compute` gets the stale input rows and returns one row for each: `photo_id`, the product's
    columns, `error`, and `retry` where that applies. `forget` is given the photographs that left
    the day before their rows go, so that a killed run is asked to forget them again.
    """
    started = time.perf_counter()
    plan = plan_day(tables, product, day, inputs=inputs, version=version, still_valid=still_valid)
    forget(plan.removed)
    computed = compute(plan.todo) if plan.todo.height else None
    report = write_day(tables, product, day, plan, computed, started)
    progress.advance(product.name, report.photographs)
    return report


def plan_day(
    tables: TableStore,
    product: Product,
    day: str,
    *,
    inputs: pl.DataFrame,
    version: str,
    still_valid: StillValid | None = None,
) -> Plan:
    """The plan for one day of a product, by its stored rows."""
    return plan_refresh(
        inputs,
        tables.read_day(product.name, day, product.schema),
        version=full_version(product, version),
        still_valid=still_valid,
    )


def write_day(
    tables: TableStore,
    product: Product,
    day: str,
    plan: Plan,
    computed: pl.DataFrame | None,
    started: float,
) -> DayReport:
    """Store kept and computed rows of a day, if anything changed; `started` is perf_counter."""
    rows = plan.kept if computed is None else finish_rows(plan, computed, product.schema)
    if computed is not None or plan.removed or not tables.has_day(product.name, day):
        tables.write_day(product.name, day, rows, product.schema)
    return DayReport(
        product=product.name,
        day=day,
        photographs=rows.height,
        computed=plan.todo.height,
        failed=rows["error"].count(),
        removed=plan.removed,
        seconds=time.perf_counter() - started,
    )


def combine_fingerprints(*columns: str) -> pl.Expr:
    """One `fingerprint` column out of the fingerprints of several joined upstream products.

    A row that is to be tried again has no fingerprint, though it may hold values: where they are
    used, they are named here too.
    """
    return pl.concat_str(
        [pl.col(column).cast(pl.String).fill_null("none") for column in columns], separator="|"
    ).alias("fingerprint")


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
