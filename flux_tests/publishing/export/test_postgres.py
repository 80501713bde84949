"""The export to PostgreSQL, against a real server where one is installed."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

psycopg = pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")

from flux_assets.publishing.export.postgres import PostgresFailed, export_postgres
from flux_assets.publishing.export.tables import wiki_tables
from flux_assets.publishing.photos import join_photos, publish_photos
from flux_resources.data_root import DataRoot

_PASSWORD = "s3cret%25word"


def _program(name: str) -> str | None:
    found = shutil.which(name)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(places[-1]) if places else None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server of its own, stopped and removed at the end."""
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if not initdb or not pg_ctl:
        pytest.skip("no PostgreSQL server is installed (initdb, pg_ctl)")
    folder = Path(tempfile.mkdtemp(prefix="flux-postgres-", dir="/tmp"))
    secret = folder / "password"
    secret.write_text("s3cret%word")
    other: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        other = {"user": "postgres", "group": "postgres", "extra_groups": []}
        for path in (folder, secret):
            shutil.chown(path, "postgres", "postgres")

    def run(*command: str) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **other)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    run(initdb, "-D", data, "-U", "flux", "-A", "scram-sha-256", f"--pwfile={secret}", "--no-sync")
    options = f"-F -h 127.0.0.1 -p {port} -k {folder}"
    run(pg_ctl, "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql://flux:{_PASSWORD}@127.0.0.1:{port}/postgres"
    finally:
        run(pg_ctl, "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture
def schema(server: str) -> Iterator[str]:
    yield "archive of flux"
    with psycopg.connect(server) as connection:
        connection.execute('DROP SCHEMA IF EXISTS "archive of flux" CASCADE')


def _ask(server: str, query: str) -> list[Any]:
    with psycopg.connect(server) as connection:
        connection.execute('SET search_path TO "archive of flux"')
        return list(connection.execute(query.encode()).fetchall())


def test_every_row_arrives_as_it_is_in_flux_db(
    published: DataRoot, server: str, schema: str
) -> None:
    rows = export_postgres(published, server, schema)

    assert rows == {"photos": 3, "embeddings": 1, "issues": 1, "catalog_entries": 1}
    for table, part in wiki_tables(published):
        found = _ask(server, f"SELECT {', '.join(part.columns)} FROM {table} ORDER BY 1")
        assert found == part.sort(part.columns[0]).rows()


def test_a_second_export_replaces_the_first(published: DataRoot, server: str, schema: str) -> None:
    export_postgres(published, server, schema)
    publish_photos(join_photos(published.tables).head(1), published.paths)

    export_postgres(published, server, schema)

    assert _ask(server, "SELECT count(*) FROM photos") == [(1,)]


def test_grants_and_views_of_others_outlive_an_export(
    published: DataRoot, server: str, schema: str
) -> None:
    export_postgres(published, server, schema)
    with psycopg.connect(server) as connection:
        connection.execute(f'CREATE VIEW "{schema}".mine AS SELECT * FROM "{schema}".photos')

    export_postgres(published, server, schema)

    assert _ask(server, "SELECT count(*) FROM mine") == [(3,)]


def test_readers_see_the_old_rows_until_the_new_ones_are_there(
    published: DataRoot, server: str, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flux_assets.publishing.export import postgres

    export_postgres(published, server, schema)
    midway, go_on = threading.Event(), threading.Event()

    def slow(archive: DataRoot) -> Iterator[Any]:
        table, part = next(wiki_tables(archive))
        midway.set()
        go_on.wait(20)
        yield table, part.head(1)

    monkeypatch.setattr(postgres, "wiki_tables", slow)
    writer = threading.Thread(target=export_postgres, args=(published, server, schema))
    writer.start()
    assert midway.wait(20)
    during = _ask(server, "SELECT count(*) FROM photos")
    go_on.set()
    writer.join()

    assert (during, _ask(server, "SELECT count(*) FROM photos")) == ([(3,)], [(1,)])


def test_a_failure_leaves_the_old_rows(
    published: DataRoot, server: str, schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flux_assets.publishing.export import postgres

    export_postgres(published, server, schema)
    twice = [*wiki_tables(published), *wiki_tables(published)]
    monkeypatch.setattr(postgres, "wiki_tables", lambda archive: iter(twice))

    with pytest.raises(PostgresFailed, match="duplicate key"):
        export_postgres(published, server, schema)

    assert _ask(server, "SELECT count(*) FROM photos") == [(3,)]


def test_the_keys_and_indexes_of_the_schema_are_there(
    published: DataRoot, server: str, schema: str
) -> None:
    export_postgres(published, server, schema)

    query = f"SELECT indexname FROM pg_indexes WHERE schemaname = '{schema}'"
    names = {name for (name,) in _ask(server, query)}
    assert len([name for name in names if name.startswith("idx_photos_")]) == 6
    with pytest.raises(psycopg.errors.CheckViolation):
        _ask(server, "INSERT INTO issues VALUES ('FLUX_020', '', 35) RETURNING 1")
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        _ask(server, "INSERT INTO embeddings VALUES ('e', 'of nobody', 'mini', 2) RETURNING 1")


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://flux:hidden@127.0.0.1:1/postgres",
        "postgresql://flux:hid%den@127.0.0.1/postgres",
        "postgres//flux:hidden@127.0.0.1/postgres",
    ],
)
def test_a_password_is_never_told(archive: DataRoot, address: str) -> None:
    with pytest.raises(PostgresFailed) as failure:
        export_postgres(archive, address)

    assert "hid" not in f"{failure.value}{failure.value.__cause__}"


def test_a_wrong_password_is_told_without_it(published: DataRoot, server: str) -> None:
    with pytest.raises(PostgresFailed, match="authentication failed") as failure:
        export_postgres(published, server.replace(_PASSWORD, "mistaken"))

    assert "mistaken" not in str(failure.value)
