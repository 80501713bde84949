"""`photos`: one row per photograph, joined over every product. Published as `flux.duckdb`."""

import json
from collections.abc import Sequence

import dataframely as dy
import duckdb
import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.photo_table import Product
from flux_assets.products import ENRICHMENTS
from flux_resources.files import atomic_file, single_writer
from flux_resources.paths import Paths
from flux_resources.tables import TableStore


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
    captured_at = dy.Datetime(time_unit="ms", description="EXIF time, else the file's, local.")
    camera_make = dy.String(nullable=True, description="As written by the camera.")
    camera_model = dy.String(nullable=True, description="As written by the camera.")
    lens_model = dy.String(nullable=True, description="As written by the camera.")
    focal_length_mm = dy.Float64(nullable=True, description="Millimetres.")
    aperture = dy.String(nullable=True, description="`f/5.6`.")
    shutter_speed = dy.String(nullable=True, description="`1/500`.")
    iso = dy.Int32(nullable=True, description="ISO speed.")
    lat = dy.Float64(nullable=True, description="Degrees north.")
    lon = dy.Float64(nullable=True, description="Degrees east.")
    location_city = dy.String(nullable=True, description="Nearest populated place.")
    location_country = dy.String(nullable=True, description="English country name.")
    median_luminance = dy.Float64(nullable=True, description="0-1.")
    dark_ratio = dy.Float64(nullable=True, description="0-1.")
    mean_saturation = dy.Float64(nullable=True, description="0-1.")
    tags = dy.String(nullable=True, description="JSON list of strings, the likeliest first.")
    keeper = dy.Int8(nullable=True, description="1 for a keeper; null while nobody has said.")
    embedding_id = dy.String(nullable=True, description="Names the vector and its model.")
    proxy_path = dy.String(nullable=True, description="Working copy, below the data root.")
    thumb_path = dy.String(nullable=True, description="Thumbnail, below the data root.")


def join_photos(tables: TableStore) -> pl.DataFrame:
    """The `photos` table out of all products, ordered by time and photo_id."""

    joined = _columns_of(tables, PHOTO_INDEX).drop("captured_at")
    for product in ENRICHMENTS:
        joined = joined.join(_columns_of(tables, product), on=["day", "photo_id"], how="left")
    columns = {name: column.dtype for name, column in Photos.columns().items()}
    return (
        joined.with_columns(
            _best_time().alias("captured_at"),
            pl.col("tags").map_elements(_as_json, return_dtype=pl.String).alias("tags"),
            pl.lit(None, dtype=pl.Int8).alias("keeper"),
        )
        .select([pl.col(name).cast(dtype) for name, dtype in columns.items()])
        .sort("captured_at", "photo_id")
        .collect()
    )


def _columns_of(tables: TableStore, product: Product) -> pl.LazyFrame:
    """What a product contributes: `day`, `photo_id` and its columns of the same names."""
    wanted = [name for name in product.schema.column_names() if name in Photos.column_names()]
    return tables.scan(product.name, product.schema).select("day", *wanted)


def _best_time() -> pl.Expr:
    """The camera's time where intake believed it, else the time the photograph was filed under.

    Both are in the same clock; the photo_id repeats the filing time to the second.
    """
    filed = pl.col("photo_id").str.head(19).str.to_datetime("%Y-%m-%d_%H-%M-%S", time_unit="ms")
    believed = pl.col("captured_at").dt.truncate("1s") == filed
    return pl.when(believed).then("captured_at").otherwise(filed)


def _as_json(tags: pl.Series) -> str:
    return json.dumps(tags.to_list(), ensure_ascii=False)


def read_photos(paths: Paths, query: str, values: Sequence[object] | None = None) -> pl.DataFrame:
    """The answer of `flux.duckdb` to an SQL query.

    Each query opens the file anew, so that one swapped in since is seen.
    """
    with duckdb.connect(str(paths.duckdb), read_only=True) as database:
        return pl.DataFrame(database.sql(query, params=values or []).to_arrow_table())


def publish_photos(photos: pl.DataFrame, paths: Paths) -> None:
    """Swap a new `flux.duckdb` with the table `photos` into place.

    Open readers go on with the file they have; whoever opens it next sees the new one.

    Raises:
        flux_resources.files.Busy: another process is publishing.
    """
    with single_writer(paths.locks, "duckdb"), atomic_file(paths.duckdb) as temporary:
        with duckdb.connect(str(temporary)) as database:
            database.register("rows", photos.to_arrow())
            database.execute("CREATE TABLE photos AS SELECT * FROM rows")
            for name, column in Photos.columns().items():
                description = (column.description or "").replace("'", "''")
                database.execute(f"COMMENT ON COLUMN photos.{name} IS '{description}'")
        paths.duckdb.with_name(f"{paths.duckdb.name}.wal").unlink(missing_ok=True)
