"""flux.duckdb is swapped in so that no reader sees half of it."""

import subprocess
import sys
import threading

import duckdb
import polars as pl
import pytest

from flux_assets.corpus.photo_index import PhotoIndex
from flux_assets.publishing.photos import Photos, join_photos, publish_photos
from flux_assets.publishing.row_history import HISTORY
from flux_assets.publishing.views import show_later_tables
from flux_resources.data_root import DataRoot
from flux_tests.publishing.product_rows import A, B, write_index


def _published(archive: DataRoot) -> pl.DataFrame:
    with duckdb.connect(str(archive.paths.duckdb), read_only=True) as database:
        return pl.DataFrame(database.sql("SELECT * FROM photos").to_arrow_table())


def test_an_archive_without_photographs_publishes_an_empty_table(archive: DataRoot) -> None:
    publish_photos(join_photos(archive.tables), archive.paths)

    assert _published(archive).height == 0
    assert _published(archive).columns == Photos.column_names()


def test_what_is_published_is_what_was_joined_with_its_documentation(archive: DataRoot) -> None:
    write_index(archive, A, "13-22-44")
    rows = join_photos(archive.tables)

    published = publish_photos(rows, archive.paths)

    assert _published(archive).equals(published)
    assert published.drop(HISTORY).equals(rows.drop(HISTORY))
    with duckdb.connect(str(archive.paths.duckdb), read_only=True) as database:
        comments = database.sql("SELECT column_name, comment FROM duckdb_columns()").fetchall()
    assert dict(comments)["aperture"] == "`f/5.6`."


def test_an_open_reader_sees_the_old_table_whole_and_the_next_one_the_new(
    archive: DataRoot,
) -> None:
    write_index(archive, A, "13-22-44")
    publish_photos(join_photos(archive.tables), archive.paths)
    with duckdb.connect(str(archive.paths.duckdb), read_only=True) as reader:
        write_index(archive, B, "09-00-00", "09-00-01")
        publish_photos(join_photos(archive.tables), archive.paths)
        assert reader.sql("SELECT count(*) FROM photos").fetchall() == [(1,)]

    assert _published(archive).height == 3


def test_readers_during_many_swaps_never_see_half_a_table(archive: DataRoot) -> None:
    write_index(archive, A, "13-22-44", "13-22-45")
    rows = join_photos(archive.tables)
    publish_photos(rows, archive.paths)
    swapped = threading.Event()

    def swap() -> None:
        for _ in range(5):
            publish_photos(rows, archive.paths)
        swapped.set()

    writer = threading.Thread(target=swap)
    writer.start()
    seen = []
    while not swapped.is_set():
        seen.append(_published(archive).height)
    writer.join()

    assert set(seen) == {2}


def test_a_stale_write_ahead_log_is_removed_and_nothing_else_is_left(archive: DataRoot) -> None:
    folder = archive.paths.duckdb.parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "flux.duckdb.wal").write_bytes(b"of a process that is gone")
    write_index(archive, A, "13-22-44")

    publish_photos(join_photos(archive.tables), archive.paths)

    assert {path.name for path in folder.iterdir() if path.is_file()} == {"flux.duckdb"}
    assert _published(archive).height == 1


def test_a_publication_that_fails_leaves_the_old_table(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_index(archive, A, "13-22-44")
    rows = join_photos(archive.tables)
    publish_photos(rows, archive.paths)
    monkeypatch.setattr(Photos, "columns", lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        publish_photos(rows.clear(), archive.paths)

    assert _published(archive).height == 1
    assert PhotoIndex.column_names()  # other tables are untouched
    assert not list(archive.paths.duckdb.parent.glob(".flux.duckdb*"))


def test_what_is_published_cannot_be_written_to_and_is_replaced_all_the_same(
    archive: DataRoot,
) -> None:
    for times in ("13-22-44",), ("13-22-44", "13-22-45"):
        write_index(archive, A, *times)
        publish_photos(join_photos(archive.tables), archive.paths)
        assert archive.paths.duckdb.stat().st_mode & 0o777 == 0o444
    show_later_tables(archive.paths)

    assert archive.paths.duckdb.stat().st_mode & 0o777 == 0o444
    assert _published(archive).height == 2


def test_later_tables_are_shown_over_what_a_killed_client_left(archive: DataRoot) -> None:
    publish_photos(join_photos(archive.tables), archive.paths)
    file = archive.paths.duckdb
    file.chmod(0o644)
    opened = f"import os, duckdb; database = duckdb.connect({str(file)!r}); "
    killed = opened + "database.execute('CREATE VIEW mine AS SELECT 1'); os._exit(0)"
    subprocess.run([sys.executable, "-c", killed], check=True)
    assert file.with_name("flux.duckdb.wal").exists()

    show_later_tables(archive.paths)

    assert _published(archive).height == 0


_KILLED = """
import os, sys
from pathlib import Path
from flux_assets.publishing import last_publication
from flux_assets.publishing.photos import join_photos, publish_photos
from flux_resources.data_root import DataRoot
archive = DataRoot.open(Path(sys.argv[1]))
last_publication.duckdb.connect = lambda *_, **__: os._exit(0)
publish_photos(join_photos(archive.tables), archive.paths)
"""


def test_killed_publications_do_not_fill_the_disk(archive: DataRoot) -> None:
    publish_photos(join_photos(archive.tables), archive.paths)
    folder = archive.paths.metadata
    whole = {path.name for path in folder.iterdir()}
    left = []
    for _ in range(2):
        subprocess.run([sys.executable, "-c", _KILLED, str(archive.paths.root)], check=True)
        left.append({path.name for path in folder.iterdir()} - whole)
    publish_photos(join_photos(archive.tables), archive.paths)

    assert len(left[0]) == 1
    assert left[0] == left[1]
    assert {path.name for path in folder.iterdir()} == whole
