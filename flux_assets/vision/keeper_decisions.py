"""What people said of which original a keeper has: kept among the decisions.

`keeper_of` of a keeper file's content is `{"photo_id": ..., "sha256": ...}` of its original, or
`{"photo_id": null}`: it has none in the archive.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from flux_resources.decisions import Decision


def find_keeper(keepers: pl.DataFrame, named: str) -> tuple[str, str]:
    """Digest and path of the keeper file that a person means by its path or its file name.

    `keepers` is `keeper_index`.

    Raises:
        ValueError: there is none, it cannot be read, or several contents have that name.
    """
    by_path = keepers.filter(pl.col("keeper_path") == named)
    found = by_path if by_path.height else keepers.filter(pl.col("filename") == named)
    if found.is_empty():
        raise ValueError(f"no keeper file is called {named}; see: flux keepers review")
    if found["sha256"].null_count():
        raise ValueError(f"{named} cannot be read, so that nothing can be remembered of it")
    if found["sha256"].n_unique() > 1:
        paths = ", ".join(found["keeper_path"])
        raise ValueError(f"several keepers are called {named}; name one by its path: {paths}")
    return found["sha256"][0], found["keeper_path"][0]


def original_is(sha256: str, keeper_path: str, photograph: Mapping[str, str]) -> Decision:
    """A keeper content comes from `photograph` (`photo_id, sha256`)."""
    return _decision(sha256, keeper_path, {key: photograph[key] for key in ("photo_id", "sha256")})


def no_original(sha256: str, keeper_path: str) -> Decision:
    """A keeper content has no original in the archive."""
    return _decision(sha256, keeper_path, {"photo_id": None})


def forget(sha256: str, keeper_path: str) -> Decision:
    """What was said of a keeper content no longer holds."""
    return _decision(sha256, keeper_path, None)


def _decision(sha256: str, keeper_path: str, value: dict[str, Any] | None) -> Decision:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Decision(now, "keeper_of", sha256, keeper_path, value)


def originals_said(standing: Mapping[str, Decision], photographs: pl.DataFrame) -> pl.DataFrame:
    """`sha256` of keeper contents, `said_id`, `said_sha256`, `none` of what people said of them.

    An original is known by its content, whatever it is called now. One that has left the archive
    has no `said_id`; `none` says that a person found no original.

    Args:
        standing: the decisions `keeper_of` that hold.
        photographs: `photo_id, sha256` of the whole archive.
    """
    said = [
        (sha256, (decision.value or {}).get("sha256"), not (decision.value or {}).get("photo_id"))
        for sha256, decision in standing.items()
    ]
    schema = {"sha256": pl.String, "said_sha256": pl.String, "none": pl.Boolean}
    return pl.DataFrame(said, schema=schema, orient="row").join(
        photographs.select(said_id="photo_id", said_sha256="sha256"),
        on="said_sha256",
        how="left",
        maintain_order="left",
    )
