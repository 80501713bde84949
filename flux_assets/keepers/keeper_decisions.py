"""What people said of keepers: kept among the decisions, keyed by content hash.

`keeper` of a content is `{"keeper": 1}` or `{"keeper": 0}`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

import polars as pl

from flux_resources.decisions import Decision


def label_photographs(photographs: pl.DataFrame, keeper: Literal[0, 1] | None) -> list[Decision]:
    """Each of `photographs` (`photo_id, sha256`) is a keeper (1) or is none (0).

    None takes back what was said before, so that the matches count again.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    value = None if keeper is None else {"keeper": keeper}
    return [
        Decision(now, "keeper", sha256, photo_id, value)
        for photo_id, sha256 in photographs.select("photo_id", "sha256").iter_rows()
    ]


def labels_said(standing: Mapping[str, Decision]) -> pl.DataFrame:
    """`sha256, said` (0 or 1) of what stands of the decisions `keeper`."""
    said = [
        (sha256, int(bool((decision.value or {}).get("keeper"))))
        for sha256, decision in standing.items()
    ]
    return pl.DataFrame(said, schema={"sha256": pl.String, "said": pl.Int8}, orient="row")
