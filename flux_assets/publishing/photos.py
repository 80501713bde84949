"""`photos`: one row per photograph, joined over every product. Published as `flux.duckdb`."""

import json
from collections.abc import Collection, Sequence
from pathlib import Path

import dataframely as dy
import duckdb
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.estimated_places import ESTIMATED_PLACES
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.photo_table import Product
from flux_assets.products import ENRICHMENTS
from flux_assets.publishing.issues.catalog import CATALOG_PHOTOGRAPHS, CatalogPhotographs
from flux_assets.publishing.issues.issue_manifests import read_issue_manifests
from flux_assets.publishing.last_publication import continued
from flux_assets.publishing.row_history import HISTORY
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_assets.vision.folds import fold_groups
from flux_resources.errors import FluxError
from flux_resources.files import atomic_file, single_writer
from flux_resources.paths import Paths
from flux_resources.tables import TableStore

_LOCATION = ("location_city", "location_country", "location_source")
# Columns that are shown under another name, or not at all because a later product knows better.
_NAMED_OTHERWISE: dict[str, dict[str, str | None]] = {
    PHOTO_INDEX.name: {"captured_at": None, "camera_model": None},
    EXIF.name: {"captured_at": None, "lat": None, "lon": None},
    PLACES.name: {"source": "location_source"},
    CAPTURE_TIMES.name: {"resolved_at": "resolved_at"},
    ESTIMATED_PLACES.name: {
        **{name: f"estimated_{name}" for name in ("location_city", "location_country")},
        **{"source": "estimated_location_source", "lat": None, "lon": None},
    },
}


class Photos(dy.Schema):
    """Grain: photograph. Times are local; lengths, positions and units as in the products."""

    photo_id = dy.String(primary_key=True, description="Canonical file name without its ending.")
    filename = dy.String(description="Name of the original.")
    path = dy.String(description="Original; relative to the data root unless absolute.")
    day = dy.String(description="Archive day, fixed at intake.")
    sha256 = dy.String(description="Digest of the original.")
    bytes = dy.Int64(description="Size of the original.")
    width = dy.Int32(nullable=True, description="Pixels.")
    height = dy.Int32(nullable=True, description="Pixels.")
    format = dy.String(description="JPEG, DNG, ...")
    pair_id = dy.String(nullable=True, description="Shared by RAW and JPEG of one press.")
    captured_at = dy.Datetime(time_unit="ms", description="Resolved local time at the place.")
    trust = dy.Float64(nullable=True, description="How far captured_at can be trusted, 0-1.")
    camera_make = dy.String(nullable=True, description="Brand: `RICOH`.")
    camera_model = dy.String(nullable=True, description="Without the brand: `GR IIIx`.")
    lens_model = dy.String(nullable=True, description="As written by the camera.")
    focal_length_mm = dy.Float64(nullable=True, description="Millimetres.")
    aperture = dy.String(nullable=True, description="`f/5.6`.")
    shutter_speed = dy.String(nullable=True, description="`1/500`.")
    iso = dy.Int32(nullable=True, description="ISO speed.")
    lat = dy.Float64(nullable=True, description="Degrees north; measured or given, not estimated.")
    lon = dy.Float64(nullable=True, description="Degrees east; measured or given, not estimated.")
    location_city = dy.String(nullable=True, description="Place it belongs to.")
    location_country = dy.String(nullable=True, description="English country name.")
    location_source = dy.String(
        nullable=True, description="`gps`, `manual`, or `estimated` from neighbours in time."
    )
    weather = dy.String(nullable=True, description="`clear`, `rain`, ... at the hour of capture.")
    median_luminance = dy.Float64(nullable=True, description="0-1.")
    dark_ratio = dy.Float64(nullable=True, description="0-1.")
    mean_saturation = dy.Float64(nullable=True, description="0-1.")
    tags = dy.String(nullable=True, description="JSON list of strings, the likeliest first.")
    keeper = dy.Int8(nullable=True, description="1 for a keeper.")
    keeper_score = dy.Float64(
        nullable=True, description="0-1, 1 for keepers; null while there is no model."
    )
    fold = dy.Int32(nullable=True, description="Shared by frames that show the same thing.")
    fold_place = dy.Int64(nullable=True, description="From 1, the frame that stands for its fold.")
    searchable = dy.Bool(
        nullable=True, description="Has a vector, and speaks for its press: the JPEG beside a RAW."
    )
    issue_id = dy.String(nullable=True, description="`FLUX_NNN`, the issue it appeared in.")
    catalog_id = dy.String(nullable=True, description="`CAT_NNN`, the catalog entry it is part of.")
    embedding_id = dy.String(nullable=True, description="Names the vector and its model.")
    proxy_path = dy.String(nullable=True, description="Working copy, below the data root.")
    thumb_path = dy.String(nullable=True, description="Thumbnail, below the data root.")
    created_at = dy.Datetime(
        nullable=True, time_unit="ms", description="UTC, when it was first published."
    )
    updated_at = dy.Datetime(
        nullable=True, time_unit="ms", description="UTC, when the published row last changed."
    )


def join_photos(tables: TableStore, days: Collection[str] | None = None) -> pl.DataFrame:
    """The `photos` table out of all products, ordered by time and photo_id.

    `days` limits it to some archive days. When rows came and changed is known on publication.
    """
    joined = _columns_of(tables, PHOTO_INDEX, days)
    for product in ENRICHMENTS:
        enriched = _columns_of(tables, product, days)
        joined = joined.join(enriched, on=["day", "photo_id"], how="left")
    columns = {name: column.dtype for name, column in Photos.columns().items()}
    return (
        joined.with_columns(
            pl.coalesce("resolved_at", _filed_under()).alias("captured_at"),
            *(_known_or_estimated(name) for name in _LOCATION),
            pl.col("tags").map_elements(_as_json, return_dtype=pl.String).alias("tags"),
        )
        .join(_folds(tables, days).lazy(), on="photo_id", how="left")
        .join(_appearances(tables), on="photo_id", how="left")
        .with_columns(searchable())
        .with_columns(pl.lit(None).alias(name) for name in HISTORY)
        .select([pl.col(name).cast(dtype) for name, dtype in columns.items()])
        .sort("captured_at", "photo_id")
        .collect()
    )


def searchable() -> pl.Expr:
    """Of one shutter press the JPEG speaks for the RAW file too, unless it is missing or failed."""
    seen = pl.col("embedding_id").is_not_null()
    jpeg = pl.col("format") == "JPEG"
    spoken_for = pl.col("pair_id").is_not_null() & (seen & jpeg).any().over("pair_id")
    return (seen & (jpeg | ~spoken_for)).alias("searchable")


def _folds(tables: TableStore, days: Collection[str] | None) -> pl.DataFrame:
    """`photo_id, fold, fold_place` of bursts, near duplicates and presses."""
    index = tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema, only=days)
    presses = index.select("photo_id", "pair_id")
    bursts = tables.scan(BURSTS.name, BURSTS.schema, only=days)
    frames = bursts.select("photo_id", "burst_id", "is_best")
    duplicates = tables.read(DUPLICATES, Duplicates)
    folds = fold_groups(presses.collect(), frames.collect(), duplicates)
    return folds.rename({"place": "fold_place"})


def _appearances(tables: TableStore) -> pl.LazyFrame:
    """`photo_id, issue_id, catalog_id` of photographs that are in an issue or a catalog entry."""
    issues = read_issue_manifests(tables).lazy().group_by("photo_id").agg(pl.min("issue_id"))
    entries = tables.read(CATALOG_PHOTOGRAPHS, CatalogPhotographs).lazy()
    return issues.join(entries, on="photo_id", how="full", coalesce=True)


def _columns_of(tables: TableStore, product: Product, days: Collection[str] | None) -> pl.LazyFrame:
    """What a product contributes: `day`, `photo_id` and its columns of the same or other names."""
    named = _NAMED_OTHERWISE.get(product.name, {})
    own = {name for name in product.schema.column_names() if name in Photos.column_names()}
    taken = {name: named.get(name, name) for name in sorted(own | named.keys())}
    return tables.scan(product.name, product.schema, only=days).select(
        "day", *(pl.col(name).alias(shown) for name, shown in taken.items() if shown)
    )


def _known_or_estimated(column: str) -> pl.Expr:
    """What GPS or a person says of the place, else what its neighbours in time do."""
    names = (column, f"estimated_{column}")
    return pl.coalesce(pl.col(name).cast(pl.String) for name in names).alias(column)


def _filed_under() -> pl.Expr:
    """The time under which intake filed a photograph; the photo_id repeats it to the second."""
    return pl.col("photo_id").str.head(19).str.to_datetime("%Y-%m-%d_%H-%M-%S", time_unit="ms")


def _as_json(tags: pl.Series) -> str:
    return json.dumps(tags.to_list(), ensure_ascii=False)


class Unreadable(FluxError):
    """`flux.duckdb` cannot be opened; the message says what to do."""


def read_photos(paths: Paths, query: str, values: Sequence[object] | None = None) -> pl.DataFrame:
    """The answer of `flux.duckdb` to an SQL query.

    Each query opens the file anew, so that one swapped in since is seen.

    Raises:
        Unreadable: the file cannot be opened.
    """
    with open_for_reading(paths.duckdb) as database:
        return pl.DataFrame(database.sql(query, params=values or []).to_arrow_table())


def open_for_reading(file: Path) -> "duckdb.DuckDBPyConnection":
    """`flux.duckdb` for reading, to be closed by the caller.

    DuckDB shares one opened file among all connections of a process: overlapping ones would never
    see a file that was swapped in. So it is attached, as `published`, to a database in memory.

    Raises:
        Unreadable: the file cannot be opened, or is that of another version.
    """
    database = duckdb.connect(":memory:")
    quoted = str(file).replace("'", "''")
    try:
        database.execute(f"ATTACH '{quoted}' AS published (READ_ONLY)")
        database.execute("USE published")
        database.execute(f"SELECT {', '.join(Photos.column_names())} FROM photos LIMIT 0")
        return database
    except duckdb.BinderException as error:
        database.close()
        raise Unreadable(
            f"{file} was published by another version of FLUX: flux materialize --select photos"
        ) from error
    except duckdb.Error as error:
        database.close()
        raise Unreadable(
            f"{file} cannot be read: close the program that has it open, or: "
            f"flux materialize --select photos ({str(error).splitlines()[0]})"
        ) from error


def publish_photos(photos: pl.DataFrame, paths: Paths) -> pl.DataFrame:
    """Swap a new `flux.duckdb` with `photos` and views of all products into place.

    Gives the rows as published: with `created_at` and `updated_at`. Open readers go on with the
    file they have; whoever opens it next sees the new one.

    Raises:
        flux_resources.files.Busy: another process is publishing.
    """
    # Some of the products that the views show are themselves made from `join_photos`.
    from flux_assets.publishing.views import close_to_writers, comment_columns, create_views

    with single_writer(paths.locks, "duckdb"), atomic_file(paths.duckdb) as temporary:
        published = continued(photos, paths)
        with duckdb.connect(str(temporary)) as database:
            database.register("rows", published.to_arrow())
            database.execute("SET enable_progress_bar = false")
            database.begin()
            database.execute("CREATE TABLE photos AS SELECT * FROM rows")
            database.execute("CREATE UNIQUE INDEX photos_by_id ON photos (photo_id)")
            comment_columns(database, "photos", Photos)
            create_views(database, paths)
            database.commit()
        close_to_writers(temporary, paths)
    return published
