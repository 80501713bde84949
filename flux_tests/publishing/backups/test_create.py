"""A backup holds what cannot be made again, shares what did not change, and appears whole."""

import os
import subprocess
import sys
import weakref
from pathlib import Path

import pyarrow as pa
import pytest

from flux_assets.publishing.backups.create import create_backup, rotate
from flux_assets.publishing.backups.pool import Damaged, Pool
from flux_assets.publishing.backups.shelf import Backup, Shelf
from flux_assets.publishing.backups.verify import verify_backup
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import BackupSettings
from flux_tests.publishing.backups.conftest import SECRET, VECTORS, register, vectors_of
from flux_tests.publishing.product_rows import A, B, write_index
from flux_tests.resources.vector_rows import clustered, names, rows

_KILLED = """
import os, signal, sys
from pathlib import Path
from flux_assets.publishing.backups import create, pool, shelf
from flux_resources.data_root import DataRoot
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
where = sys.argv[2]
if where == "objects": pool.Pool.get = die
if where == "manifest": shelf.os.sync = die
if where == "name": shelf.sync_folder = die
if where == "rotation": shelf.shutil.rmtree = lambda f, **_: die() if ".gone-" in str(f) else None
create.create_backup(DataRoot.open(Path(sys.argv[1])))
"""


def test_it_holds_all_stores_and_what_people_wrote_and_nothing_else(filled: DataRoot) -> None:
    backup = create_backup(filled).backup

    parts = {entry.part for entry in backup.entries}
    assert parts == {
        *("flux.yaml", "decisions.jsonl", "ledger.sqlite", "tables/photo_index", "vectors"),
        *("flux.duckdb", "models", "issues", "drafts", "dagster"),
    }
    paths = {entry.path for entry in backup.entries}
    assert {path for path in paths if path.startswith("FLUX_ISSUES")} == {
        f"FLUX_ISSUES/{name}" for name in ("FLUX_019/manifest.json", "FLUX_019/frames.txt")
    } | {"FLUX_ISSUES/catalog.csv"}
    assert "FLUX_METADATA/models/keeper/v001/version.json" in paths
    assert not any("tmp" in path for path in paths)
    rows_of = {entry.path: entry.rows for entry in backup.entries}
    assert rows_of[f"FLUX_METADATA/tables/photo_index/day={A}.parquet"] == {"rows": 2}
    assert rows_of["FLUX_METADATA/ledger.sqlite"]["contents"] == 20
    assert rows_of["FLUX_METADATA/flux.duckdb"] == {"photos": 3}
    assert rows_of["FLUX_METADATA/decisions.jsonl"] == {"lines": 2}
    assert backup.vectors == {"mini": VECTORS}


def test_no_credential_of_the_data_root_reaches_it(filled: DataRoot, shelf: Shelf) -> None:
    backup = create_backup(filled).backup

    for entry in backup.entries:
        for file in map(shelf.pool.file, entry.chunks):
            assert SECRET.encode() not in pa.input_stream(file, compression="zstd").read()


def test_a_backup_of_what_did_not_change_writes_nothing(filled: DataRoot, shelf: Shelf) -> None:
    first = create_backup(filled).backup
    second = create_backup(filled).backup

    assert first.new_bytes > 0
    assert second.new_bytes == 0
    assert second.entries == first.entries
    assert shelf.names() == [first.name, second.name]


def test_only_what_changed_is_written(filled: DataRoot, shelf: Shelf) -> None:
    before = create_backup(filled).backup.chunks()
    write_index(filled, B, "09-00-00", "10-00-00")
    vectors_of(filled).replace_days([B], rows(clustered(3, 16), ["x", "y", "z"], B))

    after = create_backup(filled).backup

    new = {entry.path for entry in after.entries if not before.issuperset(entry.chunks)}
    assert f"FLUX_METADATA/tables/photo_index/day={B}.parquet" in new
    assert sum("/data/" in path for path in new) == 1  # the fragment of the three
    assert len(new) == 3  # and the manifest of the version
    assert after.vectors == {"mini": VECTORS + 3}


def test_of_a_large_sqlite_file_only_changed_pages_are_written(filled: DataRoot) -> None:
    register(filled, *range(100, 20_000))
    create_backup(filled)
    register(filled, 20_000)

    after = create_backup(filled).backup

    (ledger,) = (entry for entry in after.entries if entry.part == "ledger.sqlite")
    assert len(ledger.chunks) > 5
    assert 0 < after.new_bytes < ledger.bytes / 4


def test_files_of_older_versions_of_vectors_are_left_out(filled: DataRoot) -> None:
    store = vectors_of(filled)
    for seed in range(3):
        store.replace_days([A], rows(clustered(VECTORS, 16, seed=seed), names(VECTORS), A))

    backup = create_backup(filled).backup

    paths = [entry.path for entry in backup.entries if entry.part == "vectors"]
    assert sum("/_versions/" in path for path in paths) == 1
    on_disk = list(filled.paths.vectors.rglob("data/*.lance"))
    assert sum("/data/" in path for path in paths) < len(on_disk)


@pytest.mark.parametrize("where", ["objects", "manifest", "name"])
def test_a_killed_backup_leaves_whole_ones_only_and_the_next_clears_up(
    filled: DataRoot, shelf: Shelf, where: str
) -> None:
    command = [sys.executable, "-c", _KILLED, str(filled.paths.root), where]
    assert subprocess.run(command, check=False).returncode == -9

    left = shelf.names()
    assert len(left) == (where == "name")  # the last step is the name
    assert all(verify_backup(shelf, shelf.read(name)).whole for name in left)

    made = create_backup(filled)
    assert verify_backup(shelf, made.backup).whole
    assert {folder.name for folder in shelf.folder.iterdir()} == {*shelf.names(), "objects"}


def test_a_killed_rotation_leaves_whole_backups_only(filled: DataRoot, shelf: Shelf) -> None:
    old = create_backup(filled).backup
    older = shelf.folder / "2020-01-01T00-00-00Z"
    (shelf.folder / old.name).rename(older)
    _rename_manifest(older, old.name)
    (filled.paths.root / "flux.yaml").write_text("backups: {daily: 1, weekly: 0, monthly: 0}")
    command = [sys.executable, "-c", _KILLED, str(filled.paths.root), "rotation"]
    assert subprocess.run(command, check=False).returncode == -9

    (name,) = shelf.names()
    assert verify_backup(shelf, shelf.read(name)).whole


def _rename_manifest(folder: Path, name: str) -> None:
    """Make a backup one of another moment."""
    import hashlib

    file = folder / "manifest.json"
    content = file.read_bytes().replace(name.encode(), folder.name.encode())
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (folder / "manifest.json.sha256").write_text(f"{digest}  manifest.json\n")


def test_objects_go_after_the_last_backup_that_refers_to_them(
    filled: DataRoot, shelf: Shelf
) -> None:
    first = create_backup(filled).backup
    write_index(filled, B, "10-00-00", "11-00-00")
    second = create_backup(filled).backup
    gone = first.chunks() - second.chunks()
    assert gone
    shelf.remove(first.name)
    assert all(shelf.pool.file(sha256).exists() for sha256 in gone)

    _, freed, _ = rotate(shelf, BackupSettings())

    assert freed > 0
    assert not any(shelf.pool.file(sha256).exists() for sha256 in gone)
    assert verify_backup(shelf, second).whole


def test_nothing_leaves_the_pool_while_a_manifest_cannot_be_read(
    filled: DataRoot, shelf: Shelf
) -> None:
    first = create_backup(filled).backup
    (shelf.folder / first.name / "manifest.json").write_text("{")
    write_index(filled, B, "10-00-00", "11-00-00")

    made = create_backup(filled)

    assert [first.name in warning for warning in made.warnings] == [True]
    assert all(shelf.pool.file(sha256).exists() for sha256 in first.chunks())
    with pytest.raises(Damaged, match=first.name):
        shelf.read(first.name)


def test_what_a_power_failure_left_of_an_object_is_not_trusted(
    filled: DataRoot, shelf: Shelf
) -> None:
    sha256 = max(create_backup(filled).backup.chunks())
    shelf.remove(shelf.names()[0])  # so that no backup vouches for its objects
    shelf.pool.file(sha256).write_bytes(b"")

    assert verify_backup(shelf, create_backup(filled).backup).whole


def test_a_disk_that_changes_what_is_written_fails_the_backup(
    filled: DataRoot, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            return file.write(content[: len(content) // 2])

    monkeypatch.setattr(Path, "write_bytes", forgetful)
    with pytest.raises(Damaged, match=r"\.zst is damaged"):
        create_backup(filled)

    assert shelf.names() == []


def test_objects_can_be_read_without_flux(tmp_path: Path) -> None:
    pool = Pool(tmp_path)
    sha256, _ = pool.put(b"content")

    assert pool.file(sha256).name == f"{sha256}.zst"
    assert pa.input_stream(pool.file(sha256), compression="zstd").read() == b"content"


def test_links_to_what_is_backed_up_do_not_stay(filled: DataRoot) -> None:
    create_backup(filled)

    table = next(filled.paths.tables.rglob("*.parquet"))
    assert table.stat().st_nlink == 1


def test_a_content_that_many_files_share_is_stored_once(filled: DataRoot, shelf: Shelf) -> None:
    content = os.urandom(300_000).hex()
    for number in range(40):
        folder = filled.paths.issues / f"FLUX_{number:03}"
        folder.mkdir(exist_ok=True)
        (folder / "frames.txt").write_text(content)

    backup = create_backup(filled).backup

    assert backup.new_bytes == shelf.pool.bytes() < 2 * len(content)
    assert verify_backup(shelf, backup).whole


@pytest.mark.parametrize("damage", [b"", b"rot"])
def test_a_damaged_object_is_written_anew_though_a_backup_refers_to_it(
    filled: DataRoot, shelf: Shelf, damage: bytes
) -> None:
    first = create_backup(filled).backup
    shelf.pool.file(max(first.chunks())).write_bytes(damage)

    assert create_backup(filled).backup.new_bytes > 0

    assert verify_backup(shelf, first).whole


def test_a_client_that_has_flux_duckdb_open_does_not_stop_a_backup(filled: DataRoot) -> None:
    opens = f"import duckdb; c = duckdb.connect({str(filled.paths.duckdb)!r}); print(1); input()"
    command = [sys.executable, "-uc", opens]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as client:
        assert client.stdout and client.stdout.readline() == "1\n"
        backup = create_backup(filled).backup
        client.communicate("\n")

    assert {"photos": 3} in [entry.rows for entry in backup.entries]


@pytest.mark.parametrize("name", ["_indices/.DS_Store", "_versions/._1.manifest"])
def test_hidden_files_of_other_programs_do_not_stop_a_backup(
    filled: DataRoot, shelf: Shelf, name: str
) -> None:
    hidden = next(filled.paths.vectors.glob("*.lance")) / name
    hidden.parent.mkdir(exist_ok=True)
    hidden.write_text("x")

    backup = create_backup(filled).backup

    assert not any(hidden.name in entry.path for entry in backup.entries)
    assert verify_backup(shelf, backup).whole


def test_a_backup_holds_the_manifests_of_the_shelf_one_at_a_time(
    filled: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        create_backup(filled)
    held: list[int] = []
    read: list[weakref.ref[Backup]] = []
    original = Shelf._read

    def counted(shelf: Shelf, name: str) -> Backup:
        held.append(sum(backup() is not None for backup in read))
        backup = original(shelf, name)
        read.append(weakref.ref(backup))
        return backup

    monkeypatch.setattr(Shelf, "_read", counted)
    create_backup(filled)

    assert len(held) >= 5
    assert max(held) <= 1
