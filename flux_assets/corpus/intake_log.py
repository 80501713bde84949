"""`intake_log`: one row per file taken in or refused. Phase 2; source: the ledger's journal."""

from dataclasses import astuple

import dataframely as dy
import polars as pl

from flux_resources.ledger import Ledger
from flux_resources.ledger_rows import IntakeEntry
from flux_resources.tables import TableStore

INTAKE_LOG = "intake_log"


class IntakeLog(dy.Schema):
    """Grain: one decision about one dropped file."""

    source_path = dy.String(description="Where the file was dropped; relative in the data root.")
    sha256 = dy.String(nullable=True, description="Null when refused by name, unread.")
    photo_id = dy.String(nullable=True, description="The photograph it is, or is a copy of.")
    action = dy.Enum(["filed", "duplicate", "rejected"], description="What was done.")
    reason = dy.String(nullable=True, description="Why refused, or what is doubtful.")
    at = dy.String(description="UTC, ISO 8601.")


def publish_journal(tables: TableStore, ledger: Ledger) -> None:
    """Write the whole journal to its table."""
    rows = pl.DataFrame(
        [astuple(entry) for entry in ledger.entries()],
        schema={name: column.dtype for name, column in IntakeLog.columns().items()},
        orient="row",
    )
    tables.write(INTAKE_LOG, rows, IntakeLog)


def restore_journal(tables: TableStore, ledger: Ledger) -> None:
    """Give a ledger that was lost its journal back, so that sources and reasons survive."""
    if not ledger.has_journal():
        rows = tables.read(INTAKE_LOG, IntakeLog)
        ledger.restore_journal(IntakeEntry(*row) for row in rows.iter_rows())
