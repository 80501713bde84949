from flux_assets.search.published import Published
from flux_resources.data_root import DataRoot
from flux_tests.search.conftest import photo, publish_rows

NAMES = "SELECT photo_id FROM photos"


def test_a_reader_that_overlaps_an_earlier_one_sees_the_new_publication(archive: DataRoot) -> None:
    published = Published(archive.paths.duckdb)
    publish_rows(archive, [photo("old")])
    with published.reading() as before:
        publish_rows(archive, [photo("new")])
        with published.reading() as after:
            assert after.execute(NAMES).fetchall() == [("new",)]
        assert before.execute(NAMES).fetchall() == [("old",)]


def test_a_path_with_a_quote_is_opened(archive: DataRoot) -> None:
    publish_rows(archive, [photo("one")])
    moved = archive.paths.metadata / "it's.duckdb"
    archive.paths.duckdb.rename(moved)
    with Published(moved).reading() as database:
        assert database.execute(NAMES).fetchall() == [("one",)]
