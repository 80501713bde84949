import subprocess
import sys

import pytest

from flux_assets.publishing.photos import read_photos
from flux_assets.search.published import Published
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
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


def test_a_file_that_a_client_has_open_is_named_with_a_remedy(archive: DataRoot) -> None:
    publish_rows(archive, [photo("one")])
    file = archive.paths.duckdb
    file.chmod(0o644)
    opens = f"import duckdb; c = duckdb.connect({str(file)!r}); print(1); input()"
    command, pipe = [sys.executable, "-uc", opens], subprocess.PIPE
    remedy = r"flux\.duckdb cannot be read: close the program .* flux materialize --select photos"
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as client:
        assert client.stdout and client.stdout.readline() == "1\n"
        with pytest.raises(FluxError, match=remedy):
            read_photos(archive.paths, NAMES)
        with pytest.raises(FluxError, match=remedy), Published(file).reading():
            pass
        client.communicate("\n")

    assert read_photos(archive.paths, NAMES).rows() == [("one",)]
