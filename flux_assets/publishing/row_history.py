"""When a row of `photos` came, and when it last changed. Source: the last publication."""

from datetime import datetime

import polars as pl

HISTORY = ("created_at", "updated_at")
# A fold's number is only a label: one more burst in the archive gives all others a new one.
_NOT_COMPARED = frozenset({"photo_id", "fold", *HISTORY})


def with_history(rows: pl.DataFrame, before: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """`rows` with `created_at` and `updated_at`.

    A row keeps both when every column that both tables have is the same; a column that only one
    of them has is no change of the photograph. A photograph that had left is new when it returns.

    Args:
        rows: keyed by photo_id, with the columns `created_at` and `updated_at`, overwritten.
        before: the rows of the last publication; without rows, all are new.
        now: UTC, without a zone.
    """
    compared = [name for name in rows.columns if name in before.columns]
    compared = [name for name in compared if name not in _NOT_COMPARED]
    old = before.lazy().select(
        "photo_id", *HISTORY, *(pl.col(name).alias(f"before {name}") for name in compared)
    )
    changed = pl.any_horizontal(
        pl.lit(False), *(pl.col(name).ne_missing(pl.col(f"before {name}")) for name in compared)
    )
    moment = pl.lit(now, pl.Datetime("ms"))
    return (
        rows.lazy()
        .drop(HISTORY)
        .join(old, on="photo_id", how="left", maintain_order="left")
        .with_columns(
            pl.col("created_at").fill_null(moment),
            pl.when(changed)
            .then(moment)
            .otherwise(pl.col("updated_at").fill_null(moment))
            .alias("updated_at"),
        )
        .select(rows.columns)
        .collect()
    )
