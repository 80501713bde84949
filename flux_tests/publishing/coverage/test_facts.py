"""Parts of the archive, and what it holds."""

from datetime import datetime

import polars as pl

from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.metadata.estimated_places import ESTIMATED_PLACES
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.publishing.coverage.measure import measure_coverage
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_assets.vision.tags import TAGS
from flux_resources.data_root import DataRoot
from flux_tests.publishing.coverage.counted import DAY, NEXT, counted, indexed, write_times
from flux_tests.publishing.product_rows import write_rows


def test_coverage_is_told_by_year_and_month(archive: DataRoot) -> None:
    ids = indexed(archive, 2)
    indexed(archive, 1, NEXT)
    write_rows(archive, EXIF, DAY, photo_id=ids, captured_at=[datetime(2022, 1, 15), None])

    coverage = measure_coverage(archive)

    assert counted(coverage, "year", "2022", "exif") == (1, 1 / 3)
    assert counted(coverage, "month", "2022-01", "exif") == (1, 0.5)
    assert counted(coverage, "month", "2022-02", "exif") == (0, 0.0)


def test_a_place_is_measured_or_else_estimated(archive: DataRoot) -> None:
    ids = indexed(archive, 3)
    rome: dict[str, list[object]] = {"location_city": ["Rome"], "location_country": ["Italy"]}
    write_rows(archive, PLACES, DAY, photo_id=ids[:1], source=["gps"], **rome)
    write_rows(archive, ESTIMATED_PLACES, DAY, photo_id=ids[1:2], source=["estimated"], **rome)

    coverage = measure_coverage(archive)

    assert counted(coverage, "place", "Rome, Italy", "photo_index") == (2, 1.0)
    assert counted(coverage, "country", "Italy", "places") == (1, 0.5)
    assert counted(coverage, "place", "unknown", "photo_index") == (1, 1.0)


def test_cameras_and_keepers_have_their_keeper_rate(archive: DataRoot) -> None:
    ids = indexed(archive, 4)
    models: list[object] = ["GR III", "GR III", "GR IIIx", None]
    write_rows(
        archive,
        EXIF,
        DAY,
        photo_id=ids,
        camera_make=["RICOH", "RICOH", "RICOH", None],
        camera_model=models,
    )
    write_rows(
        archive,
        KEEPER_LABELS,
        DAY,
        photo_id=ids[:3],
        keeper=[1, 0, 0],
        near_miss=[0.0] * 3,
        source=["match", "none", "none"],
        keeper_paths=[[], [], []],
    )

    coverage = measure_coverage(archive)

    assert counted(coverage, "camera", "RICOH GR III", "keepers") == (1, 0.5)
    assert counted(coverage, "camera", "unknown", "keepers") == (0, 0.0)
    assert counted(coverage, "keeper", "kept", "keepers") == (1, 1.0)
    assert counted(coverage, "keeper", "unknown", "photo_index") == (1, 1.0)


def test_dates_are_exif_dates_dates_of_high_confidence_and_suspicious_ones(
    archive: DataRoot,
) -> None:
    ids = indexed(archive, 4)
    write_rows(archive, EXIF, DAY, photo_id=ids, captured_at=[datetime(2022, 1, 15)] * 3 + [None])
    said = [[], ["drift-corrected"], ["default-clock", "date-uncertain"], ["date-uncertain"]]
    write_times(archive, ids, [1.0, 0.95, 0.94, 0.2], flags=said)

    coverage = measure_coverage(archive)

    assert counted(coverage, "dates", "EXIF date", "exif") == (3, 0.75)
    assert counted(coverage, "dates", "high confidence", "capture_times") == (2, 0.5)
    assert counted(coverage, "dates", "suspicious", "capture_times") == (2, 0.5)
    assert counted(coverage, "flags", "date-uncertain", "capture_times") == (2, 0.5)


def test_tags_are_counted_in_total_unique_and_by_who_gave_them(archive: DataRoot) -> None:
    ids = indexed(archive, 3)
    given: list[object] = [["fog", "cat"], ["fog"], []]
    write_rows(archive, TAGS, DAY, photo_id=ids, tags=given, source=["auto", "manual", "auto"])

    coverage = measure_coverage(archive)

    assert counted(coverage, "tags", "tags in total", "tags")[0] == 3
    assert counted(coverage, "tags", "unique tags", "tags")[0] == 2
    assert counted(coverage, "tags", "automatic tags", "tags")[0] == 2
    assert counted(coverage, "tags", "manual tags", "tags")[0] == 1
    used = coverage.by.filter(dimension="tag")
    assert used.select("value", "count").rows() == [("fog", 2), ("cat", 1)]


def test_groups_and_photographs_in_bursts_and_duplicates_are_counted(archive: DataRoot) -> None:
    ids = indexed(archive, 4)
    write_rows(
        archive,
        BURSTS,
        DAY,
        photo_id=ids,
        kind=["burst", "burst", "none", "none"],
        burst_id=["burst_1", "burst_1", None, None],
    )
    rows = {
        "group_id": ["near_1"] * 3,
        "path": ["a", "b", "c"],
        "photo_id": ids[:3],
        "sha256": ["0", "1", "2"],
        "relation": ["near"] * 3,
        "medoid": [True, False, False],
        "distance": [0, 1, 2],
        "cosine": [None] * 3,
        "keep": [True, False, False],
        "keep_reason": [None] * 3,
    }
    archive.tables.write(DUPLICATES, Duplicates.validate(pl.DataFrame(rows), cast=True), Duplicates)

    coverage = measure_coverage(archive)

    assert counted(coverage, "groups", "bursts: groups", "bursts")[0] == 1
    assert counted(coverage, "groups", "bursts: photographs", "bursts") == (2, 0.5)
    assert counted(coverage, "groups", "near duplicates: groups", "duplicates")[0] == 1
    assert counted(coverage, "groups", "near duplicates: photographs", "duplicates") == (3, 0.75)


def test_keywords_of_the_camera_and_geohashes_are_counted(archive: DataRoot) -> None:
    ids = indexed(archive, 2)
    write_rows(archive, EXIF, DAY, photo_id=ids, keywords=[["street"], None])
    write_rows(archive, PLACES, DAY, photo_id=ids, geohash_6=["sr2yk3", None])

    coverage = measure_coverage(archive)

    assert counted(coverage, "images", "keywords in the file", "exif") == (1, 0.5)
    assert counted(coverage, "images", "geohash, measured", "places") == (1, 0.5)
