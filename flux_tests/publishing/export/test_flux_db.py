"""flux.db: the wiki's schema to the letter, proven, and swapped in."""

import json
import sqlite3
from contextlib import closing
from typing import Any

import polars as pl
import pytest

from flux_assets.publishing.export.flux_db import ExportFailed, export_flux_db
from flux_assets.publishing.export.tables import NotPublished
from flux_assets.publishing.export.wiki import PHOTOS, SCHEMA
from flux_assets.publishing.photos import join_photos, publish_photos
from flux_resources.data_root import DataRoot

FULL = "2022-01-15_13-22-44_DanteSisofo_R1"


def _ask(archive: DataRoot, query: str) -> list[Any]:
    with closing(sqlite3.connect(archive.paths.flux_db)) as database:
        return database.execute(query).fetchall()


def test_the_schema_is_the_wikis_to_the_letter(published: DataRoot) -> None:
    export_flux_db(published)

    ddl = SCHEMA.read_text(encoding="utf-8")
    made = [sql for (sql,) in _ask(published, "SELECT sql FROM sqlite_master WHERE sql NOT NULL")]
    assert sorted(made) == sorted(filter(None, (part.strip() for part in ddl.split(";"))))
    assert [row[1] for row in _ask(published, "PRAGMA table_info(photos)")] == list(PHOTOS)
    assert len([sql for sql in made if sql.startswith("CREATE INDEX")]) == 6


def test_every_table_gets_its_rows(published: DataRoot) -> None:
    rows = export_flux_db(published)

    assert rows == {"photos": 3, "embeddings": 1, "issues": 1, "catalog_entries": 1}
    assert _ask(published, "SELECT * FROM embeddings") == [("emb_1_mini", FULL, "mini", 256)]
    assert _ask(published, "SELECT issue_id, frame_count FROM issues") == [("FLUX_019", 36)]
    assert _ask(published, "SELECT catalog_id, title FROM catalog_entries") == [
        ("CAT_007", "Umbrellas")
    ]


def test_a_photograph_has_the_wikis_forms(published: DataRoot) -> None:
    export_flux_db(published)

    columns = "captured_at, keeper, issue_id, catalog_id, embedding_id, tags"
    full, bare, _ = _ask(published, f"SELECT {columns} FROM photos ORDER BY photo_id")
    *facts, tags = full
    assert facts == ["2022-01-15T14:22:44.570", 1, "FLUX_019", "CAT_007", "emb_1_mini"]
    assert json.loads(tags) == ["café", 'an "umbrella", in\nfog']
    assert bare == ("2022-01-15T13:22:45", 0, None, None, None, None)


def test_rows_are_dated_in_the_form_of_the_schemas_default(published: DataRoot) -> None:
    export_flux_db(published)

    query = "SELECT created_at = datetime(created_at), updated_at <= datetime('now') FROM photos"
    assert set(_ask(published, query)) == {(1, 1)}


def test_the_file_is_sound_and_its_keys_are_valid(published: DataRoot) -> None:
    export_flux_db(published)

    assert _ask(published, "PRAGMA foreign_key_check") == []
    assert _ask(published, "PRAGMA integrity_check") == [("ok",)]


def test_an_issue_of_another_length_is_refused(published: DataRoot) -> None:
    export_flux_db(published)

    with (
        closing(sqlite3.connect(published.paths.flux_db)) as database,
        pytest.raises(sqlite3.IntegrityError, match="frame_count = 36"),
    ):
        database.execute("INSERT INTO issues (issue_id, frame_count) VALUES ('FLUX_020', 35)")


def test_an_open_reader_keeps_the_old_file_and_the_next_one_sees_the_new(
    published: DataRoot,
) -> None:
    export_flux_db(published)
    with closing(sqlite3.connect(published.paths.flux_db)) as reader:
        assert reader.execute("SELECT count(*) FROM photos").fetchone() == (3,)
        fewer = join_photos(published.tables).head(1)
        publish_photos(fewer, published.paths)
        export_flux_db(published)
        assert reader.execute("SELECT count(*) FROM photos").fetchone() == (3,)

    assert _ask(published, "SELECT count(*) FROM photos") == [(1,)]


def test_journals_of_a_client_that_is_gone_are_not_applied_to_the_new_file(
    published: DataRoot,
) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        published.paths.flux_db.with_name(f"flux.db{ending}").write_bytes(b"x" * 4096)

    export_flux_db(published)

    names = {file.name for file in published.paths.metadata.glob("*flux.db*")}
    assert names == {"flux.db"}
    assert _ask(published, "SELECT count(*) FROM photos") == [(3,)]


def test_rows_that_break_the_schema_leave_the_last_good_file(published: DataRoot) -> None:
    export_flux_db(published)
    twins = join_photos(published.tables).with_columns(pl.lit("0" * 64).alias("sha256"))
    publish_photos(twins, published.paths)

    with pytest.raises(ExportFailed, match=r"flux.db stays as it was: .*sha256"):
        export_flux_db(published)

    assert _ask(published, "SELECT count(DISTINCT sha256) FROM photos") == [(3,)]


def test_an_empty_archive_gives_empty_tables(archive: DataRoot) -> None:
    publish_photos(join_photos(archive.tables), archive.paths)

    export_flux_db(archive)

    for table in ("photos", "embeddings", "issues", "catalog_entries"):
        assert _ask(archive, f"SELECT count(*) FROM {table}") == [(0,)]


def test_without_a_publication_the_remedy_is_named(archive: DataRoot) -> None:
    with pytest.raises(NotPublished, match="flux materialize"):
        export_flux_db(archive)
