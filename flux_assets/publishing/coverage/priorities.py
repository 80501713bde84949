"""Gaps in the order in which closing them unlocks most, each with what closes it."""

import polars as pl

from flux_assets.publishing.coverage.schemas import CLOSABLE, CoverageGaps
from flux_assets.publishing.coverage.upstream import command_for, dependants

_NOTES = {
    "expected": "nothing to do",
    "waiting": "comes by itself; asked for again every six hours, or now by the command",
    "pending": "run it",
    "stale": "run it; only what changed is computed",
    "failed": "what may pass is tried again by each run; of a damaged original, `flux ingest` a "
    "sound copy from the card or a backup: it is filed beside the damaged one",
}


def ranked_gaps(gaps: pl.DataFrame) -> pl.DataFrame:
    """`CoverageGaps` of `GAP_FACTS`."""
    closable = gaps.filter(pl.col("why").is_in(CLOSABLE))
    incomplete = set(closable["product"])
    noted = gaps.with_columns(
        unlocks=pl.col("photographs")
        * pl.col("product").map_elements(_weight, return_dtype=pl.Int64),
        note=pl.col("why").cast(pl.String).replace_strict(_NOTES),
        closable=pl.col("why").is_in(CLOSABLE),
        command=pl.Series(
            [
                command_for(product, days, incomplete) if why in CLOSABLE else None
                for product, why, days in gaps.select("product", "why", "days").iter_rows()
            ],
            dtype=pl.String,
        ),
    )
    ranked = noted.sort(
        ["closable", "unlocks", "product", "why", "reason"],
        descending=[True, True, False, False, False],
    ).with_columns(priority=pl.when("closable").then(pl.int_range(1, pl.len() + 1)))
    return CoverageGaps.validate(ranked.select(CoverageGaps.column_names()), cast=True)


def _weight(product: str) -> int:
    """The product itself and all that depend on it."""
    return 1 + len(dependants(product))
