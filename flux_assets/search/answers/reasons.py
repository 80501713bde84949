"""The column `why`: what speaks for a row, in a sentence; several reasons stand side by side."""

import polars as pl


def with_reason(rows: pl.DataFrame, reason: pl.Expr) -> pl.DataFrame:
    """Add `reason` to `why`; where it is null, nothing is added."""
    if "why" not in rows.columns:
        return rows.with_columns(reason.cast(pl.String).alias("why"))
    both = pl.format("{}; {}", "why", reason)
    return rows.with_columns(pl.coalesce(both, "why", reason).alias("why"))
