"""What each product of this phase is computed from: upstream rows of a day, and decisions.

Every frame has `photo_id` and a `fingerprint` of all that went into the row.
"""

from datetime import date, timedelta

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.metadata.capture_times import CAPTURE_TIMES, verdicts
from flux_assets.metadata.estimated_places import (
    DAYS_AROUND,
    ESTIMATED_PLACES,
    with_neighbours,
)
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.photo_table import Product
from flux_assets.refresh import combine_fingerprints
from flux_resources.settings_sections import PlaceSettings
from flux_resources.tables import TableStore

_FINGERPRINT = "fingerprint"


def of_places(tables: TableStore, day: str, said: pl.DataFrame) -> pl.DataFrame:
    """`lat, lon` of `exif` and `place` of the decisions (`sha256, place`)."""
    index = _day(tables, PHOTO_INDEX, day, "sha256")
    written = tables.read_day(EXIF.name, day, EXIF.schema).select(
        "photo_id", "lat", "lon", _FINGERPRINT
    )
    return _decided(written.join(index.select("photo_id", "sha256"), on="photo_id"), said)


def of_capture_times(tables: TableStore, day: str, said: pl.DataFrame) -> pl.DataFrame:
    """Index, EXIF and zone of a day, and `time, zone` of the decisions."""
    index = tables.read_day(PHOTO_INDEX.name, day, PHOTO_INDEX.schema)
    of_file = ("sha256", "original_filename", "source_path", "path", "file_modified_at")
    written = tables.read_day(EXIF.name, day, EXIF.schema).drop("error", "lat", "lon")
    where = _day(tables, PLACES, day, "time_zone", "lat", "lon")
    joined = (
        index.select(pl.lit(day).alias("day"), "photo_id", *of_file)
        .join(written, on="photo_id", how="left")
        .join(where.rename({_FINGERPRINT: "of_places"}), on="photo_id", how="left")
    )
    marks = combine_fingerprints(_FINGERPRINT, "of_places", "time_zone", "lat", "lon")
    return _decided(joined.with_columns(marks), said)


def with_verdicts(inputs: pl.DataFrame, resolved: pl.DataFrame) -> pl.DataFrame:
    """The inputs, with what was resolved in their fingerprint: it depends on other rows, too."""
    joined = inputs.join(verdicts(resolved), on="photo_id")
    return joined.with_columns(combine_fingerprints(_FINGERPRINT, "verdict"))


def rows_of(resolved: pl.DataFrame, todo: pl.DataFrame) -> pl.DataFrame:
    """The resolved rows that are to be stored anew."""
    return resolved.join(todo, on="photo_id", how="semi")


def of_estimated_places(tables: TableStore, day: str, settings: PlaceSettings) -> pl.DataFrame:
    """The photographs of a day, each with its measured neighbours in time.

    A photograph whose neighbours change gets another fingerprint, and no other does.
    """
    around = pl.concat(_whereabouts(tables, near) for near in days_around(day))
    here = _whereabouts(tables, day)
    beside = with_neighbours(here, around, settings)
    complete = pl.lit(str(is_complete_around(tables, day))).alias("complete")
    return beside.with_columns(complete).with_columns(
        combine_fingerprints(_FINGERPRINT, "neighbours", "complete")
    )


def is_complete_around(tables: TableStore, day: str) -> bool:
    """Whether every indexed day around has its times and places."""
    near = days_around(day)
    return all(
        tables.has_day(product.name, other)
        for other in near
        if tables.has_day(PHOTO_INDEX.name, other)
        for product in (PLACES, CAPTURE_TIMES)
    )


def days_around(day: str) -> list[str]:
    """The day with those from which a place may be borrowed, ascending."""
    middle = date.fromisoformat(day)
    reach = range(-DAYS_AROUND, DAYS_AROUND + 1)
    return [(middle + timedelta(days=offset)).isoformat() for offset in reach]


def of_weather(tables: TableStore, day: str) -> pl.DataFrame:
    """`lat, lon`, measured or else estimated, and `resolved_at_utc`."""
    times = _day(tables, CAPTURE_TIMES, day, "resolved_at_utc").rename({_FINGERPRINT: "of_times"})
    measured = _day(tables, PLACES, day, "lat", "lon").rename({_FINGERPRINT: "of_places"})
    borrowed = _day(tables, ESTIMATED_PLACES, day, "lat", "lon").rename(
        {_FINGERPRINT: "of_estimates"}
    )
    joined = times.join(measured, on="photo_id", how="left").join(
        borrowed, on="photo_id", how="left", suffix="_estimated"
    )
    joined = joined.with_columns(
        pl.coalesce(name, f"{name}_estimated").alias(name) for name in ("lat", "lon")
    )
    marks = ("of_times", "of_places", "of_estimates", "resolved_at_utc", "lat", "lon")
    return joined.with_columns(combine_fingerprints(*marks))


def share(rows: pl.DataFrame, column: str) -> float:
    """The part of rows that have a value, 0-1."""
    return round(rows[column].count() / rows.height, 3) if rows.height else 0.0


def _whereabouts(tables: TableStore, day: str) -> pl.DataFrame:
    """`photo_id, resolved_at_utc, flags, lat, lon, source, fingerprint` of a day."""
    times = _day(tables, CAPTURE_TIMES, day, "resolved_at_utc", "flags")
    measured = _day(tables, PLACES, day, "lat", "lon", "source").drop(_FINGERPRINT)
    return times.join(measured, on="photo_id", how="left")


def _day(tables: TableStore, product: Product, day: str, *columns: str) -> pl.DataFrame:
    rows = tables.read_day(product.name, day, product.schema)
    return rows.select("photo_id", *columns, _FINGERPRINT)


def _decided(rows: pl.DataFrame, said: pl.DataFrame) -> pl.DataFrame:
    """Rows with what people said of them, which enters the fingerprint where they did."""
    kinds = [name for name in said.columns if name != "sha256"]
    decided = rows.join(said, on="sha256", how="left")
    return decided.with_columns(combine_fingerprints(_FINGERPRINT, *kinds))
