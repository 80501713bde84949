"""Rows of keepers and photographs as their tables hold them, and how they match."""

import hashlib
from datetime import datetime
from typing import Any

import polars as pl

from flux_assets.keepers.matching.keeper_index import KeeperIndex
from flux_assets.keepers.matching.keeper_matches import KeeperMatches, match_keepers
from flux_resources.settings_sections import KeeperMatchSettings

NOON = datetime(2022, 1, 15, 12)
Row = dict[str, Any]
_CORPUS: dict[str, Any] = {
    **dict.fromkeys(("photo_id", "pair_id", "sha256", "original_filename"), pl.String),
    **dict.fromkeys(("camera_model", "serial", "subsecond"), pl.String),
    **{"bytes": pl.Int64, "width": pl.Int32, "height": pl.Int32},
    "captured_at": pl.Datetime("ms"),
}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def original(name: str, captured_at: datetime | None = NOON, **values: Any) -> Row:
    """A photograph filed under its time; `name` is the camera's, without ending."""
    photo_id = f"{captured_at or NOON:%Y-%m-%d_%H-%M-%S}_DanteSisofo_{name}"
    return {
        "photo_id": photo_id,
        "sha256": digest(values.get("photo_id", photo_id)),
        "original_filename": f"{name}.JPG",
        "captured_at": captured_at,
        "camera_model": "GR III",
        "bytes": 5_000_000,
        "width": 6000,
        "height": 4000,
        **values,
    }


def keeper(filename: str, captured_at: datetime | None = None, **values: Any) -> Row:
    """An edited keeper: its content is nobody's, unless `sha256` says otherwise."""
    path = f"FLUX_ARCHIVE/KEEPERS/{filename}"
    return {
        "keeper_path": path,
        "filename": filename,
        "sha256": digest(path),
        "bytes": 700_000,
        "modified_at": NOON,
        "captured_at": captured_at,
        "width": 1500,
        "height": 1000,
        **values,
    }


def index_of(*keepers: Row) -> pl.DataFrame:
    types = {name: column.dtype for name, column in KeeperIndex.columns().items()}
    rows = pl.DataFrame(list(keepers), types | {"modified_at": pl.Datetime("ms")})
    return KeeperIndex.validate(
        rows.with_columns(pl.col("modified_at").dt.replace_time_zone("UTC"))
    )


def match(
    keepers: list[Row], originals: list[Row], *, settings: KeeperMatchSettings | None = None
) -> dict[str, Row]:
    """Validated rows of `keeper_matches` by file name."""
    rows = match_keepers(
        index_of(*keepers),
        pl.DataFrame(originals, _CORPUS),
        settings=settings or KeeperMatchSettings(),
    )
    return {
        row["keeper_path"].rpartition("/")[2]: row
        for row in KeeperMatches.validate(rows).iter_rows(named=True)
    }


def only(keepers: Row, originals: list[Row]) -> Row:
    """The match of one keeper."""
    (row,) = match([keepers], originals).values()
    return row
