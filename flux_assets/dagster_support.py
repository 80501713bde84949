"""What all asset modules share: common arguments, per-day numbers, column documentation."""

import warnings
from functools import partial
from pathlib import Path

import dagster as dg
import dataframely as dy

from flux_assets.partitions import BACKFILL, days
from flux_assets.refresh import DayReport

# Backfill policies are marked beta; what FLUX leans on is pinned by tests instead of by warnings.
warnings.filterwarnings("ignore", message=".*`backfill_policy`.*", category=dg.BetaWarning)

OWNERS = ["team:flux"]
PUBLISHING = "publishing"  # group of what comes after phase 6
LANCEDB_POOL, DUCKDB_POOL = "lancedb_writer", "duckdb_writer"

day_asset = partial(dg.asset, partitions_def=days, backfill_policy=BACKFILL, owners=OWNERS)
whole_asset = partial(dg.asset, owners=OWNERS)


def record_day(
    context: dg.AssetExecutionContext, report: DayReport, **more: float | dict[str, int] | Path
) -> None:
    """Attach a day's numbers to its own partition: metadata of a result goes to the whole range."""
    context.add_asset_metadata(
        {
            "photographs": report.photographs,
            "computed": report.computed,
            "failed": report.failed,
            "removed": len(report.removed),
            "seconds": round(report.seconds, 3),
            **more,
        },
        partition_key=report.day,
    )
    context.log.info(
        f"{report.product} {report.day}: {report.photographs} photographs, "
        f"{report.computed} computed, {report.failed} failed, {report.seconds:.1f} s"
    )


def columns_of(schema: type[dy.Schema]) -> dict[str, dg.TableColumn | dg.TableSchema]:
    """Asset metadata that shows a table's columns, types and meanings in the UI."""
    columns = [
        dg.TableColumn(
            name=name,
            type=str(column.dtype),
            description=column.description,
            constraints=dg.TableColumnConstraints(
                nullable=column.nullable, unique=column.primary_key
            ),
        )
        for name, column in schema.columns().items()
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=columns)}
