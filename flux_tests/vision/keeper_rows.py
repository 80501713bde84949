"""Rows of keepers, photographs and their looks, with plain values where none are said."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl

from flux_assets.keepers.matching.keeper_matches import KeeperMatches
from flux_assets.vision.keeper_decisions import originals_said
from flux_assets.vision.keeper_looks import KeeperLooks
from flux_assets.vision.keeper_verification import (
    KeeperVerification,
    compare_looks,
    verify_keepers,
)
from flux_resources.decisions import Decision
from flux_resources.settings_sections import KeeperMatchSettings
from flux_tests.vision.archive_rows import sha256_of

NOTHING = "nothing matches"
AT_TIME = "several photographs at that time"
NAME = "the name is not unique"
Row = dict[str, Any]
_PHOTOGRAPHS = {
    **dict.fromkeys(("photo_id", "day", "sha256", "pair_id"), pl.String()),
    "captured_at": pl.Datetime("ms"),
    "phash": pl.UInt64(),
    "flat": pl.Boolean(),
    "vector": pl.List(pl.Float32),
}


def seen_at(degrees: float) -> list[float]:
    """A unit vector; the cosine of two is that of the angle between them."""
    return [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]


def photograph(photo_id: str, degrees: float | None = None, **values: Any) -> Row:
    vector = None if degrees is None else seen_at(degrees)
    plain = {"day": "2022-01-15", "sha256": sha256_of(photo_id), "phash": 0, "flat": False}
    return {"photo_id": photo_id, "vector": vector, **plain, **values}


def keeper(name: str, photo_id: str | None = None, *candidates: str, **values: Any) -> Row:
    """A row of `KeeperMatches`: matched by time to a photograph, or with nothing."""
    matched = photo_id is not None
    return {
        "keeper_path": f"FLUX_ARCHIVE/KEEPERS/{name}.jpg",
        "sha256": sha256_of(f"keeper {name}"),
        "photo_id": photo_id,
        "rung": 1 if matched else None,
        "confidence": 0.98 if matched else None,
        "edited": True if matched else None,
        "candidates": [photo_id, *candidates] if matched else [*candidates],
        "review": None if matched else NOTHING,
        **values,
    }


def look(name: str, degrees: float | None = 0.0, **values: Any) -> Row:
    """A row of `KeeperLooks` for the keeper of that name."""
    vector = None if degrees is None else seen_at(degrees)
    return {
        "sha256": sha256_of(f"keeper {name}"),
        "vector": vector,
        "phash": 0,
        "flat": False,
        **values,
    }


def verify(
    keepers: Sequence[Row],
    photographs: Sequence[Row],
    looks: Sequence[Row],
    *,
    unshared: dict[str, float] | None = None,
    said: dict[str, Decision] | None = None,
) -> dict[str, Row]:
    """Validated rows of `keeper_verification` by the keeper's name.

    `unshared` is what a close look would find, by photo_id, whichever keeper it is compared with;
    photographs that are left out cannot be read.
    """
    matches = KeeperMatches.cast(_frame(keepers, KeeperMatches))
    archive = pl.DataFrame(list(photographs), _PHOTOGRAPHS)
    seen = _frame(looks, KeeperLooks)
    measured = pl.DataFrame(
        list((unshared or {}).items()),
        {"photo_id": pl.String, "unshared": pl.Float64},
        orient="row",
    )

    def vectors(days: Sequence[str]) -> pl.DataFrame:
        rows = archive.filter(pl.col("day").is_in(list(days)))
        return rows.select("photo_id", "vector").drop_nulls()

    rows = verify_keepers(
        matches,
        archive,
        seen,
        compare_looks(matches, archive, seen, vectors=vectors),
        said=originals_said(said or {}, archive),
        settings=KeeperMatchSettings(),
        closely=lambda pairs: pairs.join(
            measured, on="photo_id", how="left", maintain_order="left"
        ),
    )
    return {
        row["keeper_path"].rpartition("/")[2].removesuffix(".jpg"): row
        for row in KeeperVerification.validate(rows).iter_rows(named=True)
    }


def _frame(rows: Sequence[Row], schema: Any) -> pl.DataFrame:
    types = {name: column.dtype for name, column in schema.columns().items()}
    return pl.DataFrame([dict.fromkeys(types) | row for row in rows], types)


NOON = datetime(2022, 1, 15, 12)
