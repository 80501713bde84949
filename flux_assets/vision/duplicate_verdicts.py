"""What people said of duplicates: kept among the decisions, keyed by content hash.

`not_duplicates` of a content names the contents it is told from, `{"others": [sha256, ...]}`;
either side is enough. `keep` of a content is `{"keep": true}`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import polars as pl

from flux_resources.decisions import Decision


def not_duplicates(photographs: pl.DataFrame, standing: Mapping[str, Decision]) -> list[Decision]:
    """None of `photographs` (`photo_id, sha256`) duplicates another of them.

    `standing` holds the decisions of this kind so far, which the new ones extend.

    Raises:
        ValueError: fewer than two photographs.
    """
    contents = dict(photographs.select("sha256", "photo_id").iter_rows())
    if len(contents) < 2:
        raise ValueError("name at least two photographs that are not duplicates of each other")
    now = _now()
    return [
        Decision(
            now,
            "not_duplicates",
            sha256,
            photo_id,
            {"others": sorted((told_from(standing, sha256) | contents.keys()) - {sha256})},
        )
        for sha256, photo_id in contents.items()
    ]


def keep_these(photographs: pl.DataFrame, *, keep: bool = True) -> list[Decision]:
    """ "Keep this" of each of `photographs` (`photo_id, sha256`); `keep=False` takes it back."""
    now = _now()
    return [
        Decision(now, "keep", sha256, photo_id, {"keep": True} if keep else None)
        for sha256, photo_id in photographs.select("sha256", "photo_id").iter_rows()
    ]


def told_from(standing: Mapping[str, Decision], sha256: str) -> set[str]:
    """The contents that a person told from this one."""
    decision = standing.get(sha256)
    return set((decision.value or {}).get("others", ())) if decision else set()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
