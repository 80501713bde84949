"""`photos`: all products joined, and swapped in so that no reader sees half of it."""

import json
from datetime import datetime

import duckdb
import polars as pl

from flux_assets.imaging.proxies import PROXIES
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.estimated_places import ESTIMATED_PLACES
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.publishing.photos import Photos, join_photos
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_assets.vision.tags import TAGS
from flux_resources.data_root import DataRoot
from flux_tests.publishing.product_rows import A, B, write_index, write_rows


def _published(archive: DataRoot) -> pl.DataFrame:
    with duckdb.connect(str(archive.paths.duckdb), read_only=True) as database:
        return pl.DataFrame(database.sql("SELECT * FROM photos").to_arrow_table())


def test_there_is_one_row_per_photograph_whatever_the_products_have(archive: DataRoot) -> None:
    first = write_index(archive, A, "13-22-44", "13-22-45")
    second = write_index(archive, B, "09-00-00")
    write_rows(
        archive, EXIF, A, photo_id=first, iso=[200, None], lat=[41.9, None], lon=[12.5, None]
    )
    write_rows(archive, PLACES, A, photo_id=first[:1], location_city=["Rome"], source=["gps"])
    write_rows(archive, PROXIES, B, photo_id=second, median_luminance=[0.5])
    write_rows(archive, EMBEDDINGS, A, photo_id=["of nobody"], embedding_id=["emb_x"])

    rows = join_photos(archive.tables)

    assert rows["photo_id"].to_list() == [*first, *second]
    assert rows["day"].to_list() == [A, A, B]
    assert rows["iso"].to_list() == [200, None, None]
    assert rows["location_city"].to_list() == ["Rome", None, None]
    assert rows["median_luminance"].to_list() == [None, None, 0.5]
    assert rows["embedding_id"].null_count() == 3
    Photos.validate(rows)


def test_a_photograph_that_changed_its_day_has_one_row(archive: DataRoot) -> None:
    (moved,) = write_index(archive, A, "13-22-44")
    for day, iso in ((A, 100), (B, 200)):  # B still holds what it knew before it was refreshed
        write_rows(archive, EXIF, day, photo_id=[moved], iso=[iso])

    rows = join_photos(archive.tables)

    assert rows.select("photo_id", "iso").rows() == [(moved, 100)]


def test_tags_are_a_json_list(archive: DataRoot) -> None:
    ids = write_index(archive, A, "13-22-44", "13-22-45", "13-22-46")
    write_rows(archive, TAGS, A, photo_id=ids, tags=[["café", 'a "b"'], [], None])

    found = join_photos(archive.tables)["tags"].to_list()

    assert [json.loads(tags) if tags else None for tags in found] == [["café", 'a "b"'], [], None]
    assert found[0].startswith('["café"')


def test_the_time_is_the_resolved_one_and_else_that_of_filing(archive: DataRoot) -> None:
    ids = write_index(archive, A, "13-22-44", "13-22-45")
    resolved = datetime(2022, 1, 15, 14, 22, 44, 570_000)
    write_rows(
        archive,
        CAPTURE_TIMES,
        A,
        photo_id=ids,
        resolved_at=[resolved, None],
        trust=[1.0, 0.0],
        signals_used=[[], []],
        candidates=[[], []],
        flags=[[], []],
    )

    found = join_photos(archive.tables)

    filed = datetime(2022, 1, 15, 13, 22, 45)
    assert found["captured_at"].to_list() == [filed, resolved]
    assert found["trust"].to_list() == [0.0, 1.0]


def test_a_borrowed_place_is_shown_as_such_and_gives_no_position(archive: DataRoot) -> None:
    ids = write_index(archive, A, "13-22-44", "13-22-45", "13-22-46")
    write_rows(
        archive,
        PLACES,
        A,
        photo_id=ids,
        location_city=["Rome", None, None],
        lat=[41.9, None, None],
        source=["gps", None, None],
    )
    write_rows(
        archive,
        ESTIMATED_PLACES,
        A,
        photo_id=ids,
        location_city=[None, "Tivoli", None],
        lat=[None, 41.96, None],
        source=[None, "estimated", None],
    )

    found = join_photos(archive.tables)

    assert found["location_city"].to_list() == ["Rome", "Tivoli", None]
    assert found["location_source"].to_list() == ["gps", "estimated", None]
    assert found["lat"].to_list() == [41.9, None, None]


def test_the_join_can_be_limited_to_days(archive: DataRoot) -> None:
    write_index(archive, A, "13-22-44")
    ids = write_index(archive, B, "09-00-00")
    write_rows(archive, EXIF, B, photo_id=ids, iso=[200])

    found = join_photos(archive.tables, days=[B])

    assert found.select("photo_id", "iso").rows() == [(ids[0], 200)]
    assert join_photos(archive.tables, days=[]).is_empty()
