"""The tables of `coverage`. Publishing; source: every product table."""

import dataframely as dy
import polars as pl

COVERAGE, COVERAGE_GAPS, COVERAGE_BY = "coverage", "coverage_gaps", "coverage_by"
COVERAGE_VERSION = "1"
# What a photograph is to a product; the worst that holds is what it is as a whole.
STATES = ("have", "expected", "waiting", "pending", "stale", "failed")
WHYS = STATES[1:]
CLOSABLE = WHYS[1:]
State = pl.Enum(STATES)


class Coverage(dy.Schema):
    """Grain: product. `photographs = count + gap`, and `gap` is the sum of the five reasons.

    The counts are null for products of the whole archive: those are built or not.
    """

    product = dy.String(primary_key=True, description="Name of the asset.")
    grain = dy.Enum(["photograph", "archive"], description="What a row of the product is about.")
    photographs = dy.Int64(nullable=True, min=0, description="Photographs that could have it.")
    count = dy.Int64(nullable=True, min=0, description="Photographs that have it, up to date.")
    share = dy.Float64(nullable=True, min=0, max=1, description="count / photographs.")
    gap = dy.Int64(nullable=True, min=0, description="photographs - count.")
    expected = dy.Int64(nullable=True, min=0, description="Rightly without a value: no GPS, ...")
    waiting = dy.Int64(nullable=True, min=0, description="Comes by itself, and is asked for again.")
    pending = dy.Int64(nullable=True, min=0, description="Not materialized.")
    stale = dy.Int64(
        nullable=True, min=0, description="Computed by older code, another model or settings."
    )
    failed = dy.Int64(nullable=True, min=0, description="With an error.")
    written_at = dy.Datetime(
        nullable=True, time_unit="ms", time_zone="UTC", description="Newest file; null: not built."
    )
    priority = dy.Int32(
        nullable=True, min=1, description="Of its most urgent gap; null: nothing to close."
    )


class CoverageGaps(dy.Schema):
    """Grain: product, kind of gap and reason; the most urgent first."""

    product = dy.String(primary_key=True, description="Name of the asset.")
    why = dy.Enum(WHYS, primary_key=True, description="Kind of gap.")
    reason = dy.String(primary_key=True, description="In words; messages that name files together.")
    photographs = dy.Int64(min=0, description="Photographs concerned.")
    days = dy.List(dy.String(), description="Archive days concerned, ascending.")
    photo_ids = dy.List(dy.String(), description="Some of the photographs.")
    unlocks = dy.Int64(
        min=0, description="photographs x (1 + products that depend on it), by which gaps rank."
    )
    priority = dy.Int32(nullable=True, min=1, description="1 is the most urgent; null: expected.")
    note = dy.String(description="What closing it takes.")
    command = dy.String(nullable=True, description="Closes it; null: nothing to close.")


class CoverageBy(dy.Schema):
    """Grain: product, or fact, in one part of the archive."""

    dimension = dy.String(
        primary_key=True,
        description="`year`, `month`, `place`, `country`, `camera`, `keeper`; or the kind of fact: "
        "`dates`, `flags`, `tags`, `tag`, `groups`, `images`, `archive`.",
    )
    value = dy.String(primary_key=True, description="`2022`, `Rome, Italy`, ...; or the fact.")
    product = dy.String(
        primary_key=True, description="Product that has it; `keepers`: the keeper rate."
    )
    photographs = dy.Int64(nullable=True, min=0, description="Photographs of the part.")
    count = dy.Int64(min=0, description="Of them with the product; or the number of the fact.")
    share = dy.Float64(nullable=True, min=0, max=1, description="count / photographs.")
