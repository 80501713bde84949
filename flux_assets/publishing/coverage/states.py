"""What each photograph is to each product: has it, or why not. Source: the product tables."""

from collections.abc import Mapping, Sequence

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.photo_table import Product
from flux_assets.products import ENRICHMENTS
from flux_assets.publishing.coverage.schemas import CoverageGaps, State
from flux_assets.refresh import MARK_DIGITS
from flux_resources.tables import TableStore

_EXAMPLES, _REASONS = 5, 20
_KEYS = ["day", "photo_id"]
NEVER, OUTDATED, OTHERS = "not materialized", "older code, model or settings", "other reasons"
GAP_FACTS = ("product", "why", "reason", "photographs", "days", "photo_ids")
Gap = tuple[str, str, str, int, list[str], list[str]]


def read_index(tables: TableStore) -> pl.DataFrame:
    """`day, photo_id` of all indexed photographs."""
    return tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema).select(_KEYS).collect()


def pending_days(tables: TableStore, photographs_per_day: Mapping[str, int]) -> set[str]:
    """Days on which some product was never materialized, or photographs were not indexed."""
    index = read_index(tables)
    gaps = [not_indexed(index, photographs_per_day)]
    gaps += [gaps_of(look(tables, product, None, index), product) for product in ENRICHMENTS]
    pending = pl.concat(gaps).filter(pl.col("why") == "pending")
    return set(pending["days"].explode().drop_nulls())


def look(
    tables: TableStore,
    product: Product,
    mark: str | None,
    index: pl.DataFrame,
    also: Sequence[str] = (),
) -> pl.DataFrame:
    """What the photographs of `index` are to a product, in the order of the index.

    Args:
        mark: the product's of `current_marks`; None: nothing is called stale.
        also: columns of the product to read in the same go.

    Returns:
        `day, photo_id`, the `state`, what an error or a wait `said`, and the columns of `also`.
    """
    waits = pl.col("pending") if product.waits else pl.lit(None, pl.String)
    current = pl.col("fingerprint").str.tail(MARK_DIGITS) == (mark or "")
    stale = ~current.fill_null(True) if mark else pl.lit(False)
    state = (
        pl.when(stale)
        .then(pl.lit("stale", State))
        .when(pl.col("error").is_not_null())
        .then(pl.lit("failed", State))
        .when(waits.is_not_null())
        .then(pl.lit("waiting", State))
        .when(pl.col(product.value).is_null())
        .then(pl.lit("expected", State))
        .otherwise(pl.lit("have", State))
    )
    rows = tables.scan(product.name, product.schema)
    seen = rows.select(*_KEYS, *also, state=state, said=pl.coalesce("error", waits)).collect()
    if not seen.select(_KEYS).equals(index):  # as a rule it is complete: nothing to join
        seen = index.join(seen, on=_KEYS, how="left", maintain_order="left")
        seen = seen.with_columns(pl.col("state").fill_null(pl.lit("pending", State)))
    return seen


def gaps_of(seen: pl.DataFrame, product: Product) -> pl.DataFrame:
    """`GAP_FACTS` of what `look` gave, by kind and reason; the rare reasons of a kind together."""
    reason = (
        pl.when(pl.col("state").is_in(["failed", "waiting"]))
        .then(pl.col("said").str.split(": ").list.head(2).list.join(": "))
        .when(pl.col("state") == "stale")
        .then(pl.lit(OUTDATED))
        .when(pl.col("state") == "pending")
        .then(pl.lit(NEVER))
        .when(pl.col("state") == "expected")
        .then(pl.lit(product.gap or "no value"))
    )
    lacking = seen.filter(pl.col("state") != "have").select(*_KEYS, "state", reason=reason)
    often = (
        lacking.group_by("state", "reason").len().sort("len", "reason", descending=[True, False])
    )
    rare = often.select("state", "reason", rare=pl.int_range(pl.len()).over("state") >= _REASONS)
    return (
        lacking.join(rare, on=["state", "reason"], maintain_order="left")
        .with_columns(reason=pl.when("rare").then(pl.lit(OTHERS)).otherwise("reason"))
        .group_by("state", "reason")
        .agg(
            photographs=pl.len(),
            days=pl.col("day").unique().sort(),
            photo_ids=pl.col("photo_id").head(_EXAMPLES),
        )
        .sort("state", "reason")
        .select(
            pl.lit(product.name).alias("product"), pl.col("state").alias("why"), pl.exclude("state")
        )
        .select(GAP_FACTS)
        .cast(gap_types())
    )


def not_indexed(index: pl.DataFrame, photographs_per_day: Mapping[str, int]) -> pl.DataFrame:
    """`GAP_FACTS` of photographs that the ledger knows, by day, and the index not yet."""
    indexed = dict(index.group_by("day").len().iter_rows())
    missing = {
        day: n - indexed.get(day, 0)
        for day, n in sorted(photographs_per_day.items())
        if n > indexed.get(day, 0)
    }
    rows: list[Gap] = [
        (PHOTO_INDEX.name, "pending", NEVER, sum(missing.values()), list(missing), [])
    ]
    return pl.DataFrame(rows if missing else [], schema=gap_types(), orient="row")


def gap_types() -> pl.Schema:
    """Types of `GAP_FACTS`."""
    return pl.Schema({name: CoverageGaps.columns()[name].dtype for name in GAP_FACTS})
