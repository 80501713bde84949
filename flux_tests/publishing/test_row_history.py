"""When a published row came, and when it last changed."""

from datetime import datetime

import polars as pl
import pytest

from flux_assets.metadata.exif import EXIF
from flux_assets.publishing import last_publication
from flux_assets.publishing.export.wiki import PHOTOS, wiki_photos
from flux_assets.publishing.photos import join_photos, publish_photos
from flux_assets.publishing.row_history import with_history
from flux_resources.data_root import DataRoot
from flux_tests.publishing.product_rows import A, write_index, write_rows

FIRST, SECOND, THIRD = (datetime(2026, 5, day, 12) for day in (1, 2, 3))


def _rows(**iso: int | None) -> pl.DataFrame:
    dates = {name: pl.Datetime("ms") for name in ("created_at", "updated_at")}
    return pl.DataFrame(
        {"photo_id": list(iso), "iso": list(iso.values()), "fold": range(len(iso))},
        schema={"photo_id": pl.String, "iso": pl.Int32, "fold": pl.Int32},
    ).with_columns(pl.lit(None, dtype).alias(name) for name, dtype in dates.items())


def _times(rows: pl.DataFrame) -> list[tuple[object, ...]]:
    return rows.select("created_at", "updated_at").rows()


def test_the_first_publication_sets_both_times() -> None:
    found = with_history(_rows(a=100), _rows(), FIRST)

    assert _times(found) == [(FIRST, FIRST)]


def test_a_row_that_stays_keeps_its_times_and_one_that_changes_is_updated() -> None:
    before = with_history(_rows(a=100, b=100, c=None, d=100), _rows(), FIRST)

    found = with_history(_rows(a=100, b=200, c=None, d=None, e=100), before, SECOND)

    assert found["photo_id"].to_list() == ["a", "b", "c", "d", "e"]
    assert _times(found) == [
        (FIRST, FIRST),
        (FIRST, SECOND),
        (FIRST, FIRST),
        (FIRST, SECOND),
        (SECOND, SECOND),
    ]


def test_a_change_stays_dated_when_nothing_changes_after_it() -> None:
    before = with_history(_rows(a=100), _rows(), FIRST)
    before = with_history(_rows(a=200), before, SECOND)

    assert _times(with_history(_rows(a=200), before, THIRD)) == [(FIRST, SECOND)]


def test_the_number_of_a_fold_and_a_new_column_are_no_change() -> None:
    before = with_history(_rows(a=100), _rows(), FIRST).drop("fold")
    found = with_history(_rows(z=1, a=100), before, SECOND)

    assert _times(found)[1] == (FIRST, FIRST)


def _publish_at(
    now: datetime, archive: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[object, ...]]:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return now

    monkeypatch.setattr(last_publication, "datetime", Clock)
    return _times(publish_photos(join_photos(archive.tables), archive.paths))


def test_published_rows_go_on_from_the_last_publication(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = write_index(archive, A, "13-22-44", "13-22-45")
    assert _publish_at(FIRST, archive, monkeypatch) == [(FIRST, FIRST)] * 2

    write_rows(archive, EXIF, A, photo_id=ids, iso=[100, None])

    expected = [(FIRST, SECOND), (FIRST, FIRST)]
    assert _publish_at(SECOND, archive, monkeypatch) == expected


def test_a_client_that_holds_the_file_open_for_writing_costs_no_history(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess
    import sys

    write_index(archive, A, "13-22-44")
    _publish_at(FIRST, archive, monkeypatch)
    opens = f"import duckdb; c = duckdb.connect({str(archive.paths.duckdb)!r}); print(1); input()"
    with subprocess.Popen(
        [sys.executable, "-c", opens], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as client:
        assert client.stdout and client.stdout.readline()
        found = _publish_at(SECOND, archive, monkeypatch)
        client.communicate(b"\n")

    assert found == [(FIRST, FIRST)]


@pytest.mark.parametrize("lost", ["gone", "damaged"])
def test_without_flux_duckdb_the_times_come_from_flux_db(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    from flux_assets.publishing.export.flux_db import export_flux_db

    ids = write_index(archive, A, "13-22-44", "13-22-45")
    _publish_at(FIRST, archive, monkeypatch)
    export_flux_db(archive)
    if lost == "gone":
        archive.paths.duckdb.unlink()
    else:
        archive.paths.duckdb.write_bytes(b"x" * 9000)
    write_rows(archive, EXIF, A, photo_id=ids, iso=[100, None])

    expected = [(FIRST, SECOND), (FIRST, FIRST)]
    assert _publish_at(SECOND, archive, monkeypatch) == expected


def test_without_either_every_photograph_is_new(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_index(archive, A, "13-22-44")
    _publish_at(FIRST, archive, monkeypatch)
    archive.paths.duckdb.unlink()
    archive.paths.flux_db.write_bytes(b"no database at all")

    assert _publish_at(SECOND, archive, monkeypatch) == [(SECOND, SECOND)]


def test_the_form_of_the_wiki_loses_nothing_that_is_compared(archive: DataRoot) -> None:
    write_index(archive, A, "13-22-44")

    found = wiki_photos(join_photos(archive.tables))

    assert dict(found.schema) == PHOTOS
    assert found["captured_at"].to_list() == ["2022-01-15T13:22:44"]
