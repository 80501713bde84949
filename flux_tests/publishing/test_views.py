"""flux.duckdb shows every product table to any DuckDB client."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flux_assets.metadata.exif import EXIF
from flux_assets.products import PRODUCTS
from flux_assets.publishing.drafts.issue_drafts import ISSUE_DRAFTS, IssueDrafts
from flux_assets.publishing.photos import join_photos, publish_photos
from flux_assets.publishing.views import BY_ISSUE, WHOLE, show_later_tables
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_assets.vision.tags import TAGS
from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS
from flux_tests.publishing.product_rows import A, B, write_index, write_rows


def _publish(archive: DataRoot) -> None:
    publish_photos(join_photos(archive.tables), archive.paths)


def _ask(archive: DataRoot, query: str) -> pl.DataFrame:
    with duckdb.connect(str(archive.paths.duckdb), read_only=True) as database:
        return pl.DataFrame(database.sql(query).to_arrow_table())


def test_every_product_has_a_view_even_when_it_was_never_written(archive: DataRoot) -> None:
    _publish(archive)

    names = set(
        _ask(archive, "SELECT view_name FROM duckdb_views() WHERE NOT internal")["view_name"]
    )
    assert names == {product.name for product in PRODUCTS} | set(BY_ISSUE) | set(WHOLE)
    for name in names:
        assert _ask(archive, f'FROM "{name}"').height == 0
    types = _ask(archive, "SELECT photo_id, tags FROM tags").schema
    assert types == {"photo_id": pl.String, "tags": pl.List(pl.String)}


def test_a_view_shows_all_days_with_their_day(archive: DataRoot) -> None:
    for day, iso in ((A, 100), (B, 200)):
        ids = write_index(archive, day, "13-22-44")
        write_rows(archive, EXIF, day, photo_id=ids, iso=[iso])
    _publish(archive)

    assert _ask(archive, "SELECT day, iso FROM exif ORDER BY day").rows() == [(A, 100), (B, 200)]
    assert _ask(archive, f"SELECT iso FROM exif WHERE day = '{B}'").rows() == [(200,)]


def test_days_written_after_publication_are_seen(archive: DataRoot) -> None:
    write_rows(archive, EXIF, A, photo_id=write_index(archive, A, "13-22-44"))
    _publish(archive)

    write_rows(archive, EXIF, B, photo_id=write_index(archive, B, "13-22-44"))

    assert _ask(archive, "SELECT day FROM exif ORDER BY day").rows() == [(A,), (B,)]


def test_columns_that_older_files_lack_are_null(archive: DataRoot) -> None:
    ids = write_index(archive, A, "13-22-44")
    old = pl.DataFrame(
        {"photo_id": ids, "tags": [["fog"]]}, schema_overrides={"photo_id": pl.String}
    )
    folder = archive.paths.tables / TAGS.name
    folder.mkdir(parents=True)
    old.write_parquet(folder / f"day={A}.parquet")
    _publish(archive)

    found = _ask(archive, "SELECT tags, error, fingerprint FROM tags")

    assert found.rows() == [(["fog"], None, None)]


def test_products_of_the_whole_archive_are_shown_with_their_documentation(
    archive: DataRoot,
) -> None:
    types = {name: column.dtype for name, column in Duplicates.columns().items()}
    archive.tables.write(DUPLICATES, pl.DataFrame(schema=types), Duplicates)
    _publish(archive)

    assert _ask(archive, "FROM duplicates").columns == list(types)
    query = "SELECT comment FROM duckdb_columns() WHERE table_name = 'exif' AND column_name = 'lat'"
    assert EXIF.schema.columns()["lat"].description in _ask(archive, query)["comment"]


def test_a_table_made_from_photos_is_shown_when_it_is_there(archive: DataRoot) -> None:
    write_index(archive, A, "13-22-44")
    _publish(archive)
    drafts = pl.DataFrame(
        {
            "draft_id": ["fog-0123abcd"],
            "position": [1],
            "photo_id": ["x"],
            "filename": ["x.JPG"],
            "keeper": [True],
            "captured_at": [datetime(2022, 1, 15)],
            "reason": ["fog"],
            "proposed_at": [datetime(2026, 5, 13)],
        }
    )
    types = {name: column.dtype for name, column in IssueDrafts.columns().items()}
    missing = [pl.lit(None).alias(name) for name in types if name not in drafts.columns]
    rows = drafts.with_columns(missing).cast(dict(types.items()))
    archive.tables.write(ISSUE_DRAFTS, rows.select(list(types)), IssueDrafts)

    show_later_tables(archive.paths)

    assert _ask(archive, "SELECT draft_id FROM issue_drafts").rows() == [("fog-0123abcd",)]
    assert _ask(archive, "SELECT count(*) FROM photos").item() == 1


def test_any_client_started_anywhere_can_read_the_views(archive: DataRoot, tmp_path: Path) -> None:
    write_rows(archive, EXIF, A, photo_id=write_index(archive, A, "13-22-44"), iso=[100])
    _publish(archive)
    asks = (
        f"import duckdb; c = duckdb.connect({str(archive.paths.duckdb)!r}, read_only=True, "
        "config={'autoinstall_known_extensions': False, 'autoload_known_extensions': False}); "
        "print(c.sql('SELECT iso FROM exif').fetchall())"
    )

    said = subprocess.run(
        [sys.executable, "-c", asks], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "[(100,)]"


@pytest.mark.parametrize("name", ["my [best] photos", "it's *here*"])
def test_an_archive_that_moved_is_followed_at_the_next_publication(
    archive: DataRoot, tmp_path: Path, name: str
) -> None:
    write_rows(archive, EXIF, A, photo_id=write_index(archive, A, "13-22-44"), iso=[100])
    _publish(archive)
    archive.paths.root.rename(tmp_path / name)
    (tmp_path / name / "flux.yaml").write_text(SETTINGS)

    moved = DataRoot.open(tmp_path / name)
    _publish(moved)

    assert _ask(moved, "SELECT iso FROM exif").rows() == [(100,)]
