"""A backup comes back as it was, and replaces nothing without being told."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from flux_assets.corpus.photo_index import PHOTO_INDEX, PhotoIndex
from flux_assets.publishing.backups import restore
from flux_assets.publishing.backups.create import create_backup
from flux_assets.publishing.backups.pool import Damaged
from flux_assets.publishing.backups.restore import RestoreRefused, restore_backup
from flux_assets.publishing.backups.shelf import Shelf
from flux_resources.data_root import DataRoot
from flux_resources.files import Busy, single_writer
from flux_tests.publishing.backups.conftest import VECTORS, decided, register, vectors_of
from flux_tests.publishing.product_rows import A, write_index
from flux_tests.resources.vector_rows import clustered, rows


def test_the_restored_folder_is_a_data_root_with_all_that_was_there(
    filled: DataRoot, shelf: Shelf, tmp_path: Path
) -> None:
    backup = create_backup(filled).backup

    restored = restore_backup(shelf, backup, tmp_path / "back")

    assert (restored.restored, restored.unchanged) == (len(backup.entries), 0)
    assert not restored.problems
    back = DataRoot.open(tmp_path / "back")
    assert back.settings == filled.settings
    assert back.decisions.history() == filled.decisions.history()
    for day in filled.tables.days(PHOTO_INDEX.name):
        read = [root.tables.read_day(PHOTO_INDEX.name, day, PhotoIndex) for root in (back, filled)]
        assert read[0].equals(read[1])
    with back.ledger() as ledger, filled.ledger() as original:
        assert ledger.locations_in("") == original.locations_in("")
    assert vectors_of(back).rows([A]).equals(vectors_of(filled).rows([A]))
    assert json.loads((back.paths.issues / "FLUX_019/manifest.json").read_text())


def test_it_is_refused_over_other_files_and_nothing_is_changed(
    filled: DataRoot, shelf: Shelf
) -> None:
    backup = create_backup(filled).backup
    filled.decisions.record([decided(3)])
    manifest = filled.paths.issues / "FLUX_019" / "manifest.json"
    manifest.unlink()

    with pytest.raises(RestoreRefused, match=r"decisions\.jsonl.*--overwrite"):
        restore_backup(shelf, backup, filled.paths.root)

    assert len(filled.decisions.history()) == 3
    assert not manifest.exists()


def test_when_told_it_brings_the_archive_back_to_what_it_was(
    filled: DataRoot, shelf: Shelf
) -> None:
    backup = create_backup(filled).backup
    filled.decisions.record([decided(3)])
    write_index(filled, A, "10-00-00")
    store = vectors_of(filled)
    store.replace_days([A], rows(clustered(9, 16), list("abcdefghi"), A))
    photograph = next(filled.paths.originals.rglob("*.JPG"))

    restored = restore_backup(shelf, backup, filled.paths.root, overwrite=True)

    assert restored.unchanged > 0
    assert len(filled.decisions.history()) == 2
    assert filled.tables.read_day(PHOTO_INDEX.name, A, PhotoIndex).height == 2
    assert vectors_of(filled).count() == VECTORS
    assert photograph.read_text() == "a photograph"


def test_the_log_of_an_overwritten_ledger_is_not_played_into_the_restored_one(
    filled: DataRoot, shelf: Shelf
) -> None:
    backup = create_backup(filled).backup
    with closing(sqlite3.connect(filled.paths.ledger)) as reader:  # keeps the log from being merged
        reader.execute("SELECT count(*) FROM contents").fetchone()
        register(filled, 900)
        assert filled.paths.ledger.with_name("ledger.sqlite-wal").exists()
        restore_backup(shelf, backup, filled.paths.root, overwrite=True)

    with closing(sqlite3.connect(filled.paths.ledger)) as ledger:
        assert ledger.execute("SELECT count(*) FROM contents").fetchone() == (20,)
        assert ledger.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_ledger_with_a_log_is_not_taken_for_the_one_of_the_backup(
    filled: DataRoot, shelf: Shelf
) -> None:
    backup = create_backup(filled).backup
    restore_backup(shelf, backup, filled.paths.root, overwrite=True)
    with closing(sqlite3.connect(filled.paths.ledger)) as reader:
        reader.execute("SELECT count(*) FROM contents").fetchone()
        register(filled, 900)
        with pytest.raises(RestoreRefused, match=r"ledger\.sqlite"):
            restore_backup(shelf, backup, filled.paths.root)


def test_an_empty_file_comes_back(filled: DataRoot, shelf: Shelf, tmp_path: Path) -> None:
    (filled.paths.issues / "catalog.csv").write_bytes(b"")

    restored = restore_backup(shelf, create_backup(filled).backup, tmp_path / "back")

    assert not restored.problems
    assert (tmp_path / "back/FLUX_ISSUES/catalog.csv").read_bytes() == b""


def test_a_restore_that_was_broken_off_is_run_again(
    filled: DataRoot, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = create_backup(filled).backup
    chunks = iter(range(4))
    get = type(shelf.pool).get

    def until_killed(*arguments: object) -> bytes:
        if next(chunks, None) is None:
            raise KeyboardInterrupt
        return get(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(shelf.pool), "get", until_killed)
        restore_backup(shelf, backup, tmp_path / "back")
    assert not list((tmp_path / "back").rglob("*.tmp"))

    restored = restore_backup(shelf, backup, tmp_path / "back")

    assert 0 < restored.unchanged <= 4
    assert restored.unchanged + restored.restored == len(backup.entries)
    assert restore_backup(shelf, backup, tmp_path / "back").restored == 0


def test_a_damaged_object_is_named_and_all_else_comes_back(
    filled: DataRoot, shelf: Shelf, tmp_path: Path
) -> None:
    backup = create_backup(filled).backup
    damaged = next(entry for entry in backup.entries if entry.part == "decisions.jsonl")
    shelf.pool.file(damaged.sha256).write_bytes(b"rot")

    restored = restore_backup(shelf, backup, tmp_path / "back")

    assert list(restored.problems) == [damaged.path]
    assert damaged.sha256 in restored.problems[damaged.path]
    assert restored.restored == len(backup.entries) - 1
    assert not (tmp_path / "back" / damaged.path).exists()


def test_a_manifest_cannot_write_outside_the_folder(
    filled: DataRoot, shelf: Shelf, tmp_path: Path
) -> None:
    backup = create_backup(filled).backup
    for path in ("../evil", "/tmp/evil"):
        evil = replace(backup, entries=[replace(backup.entries[0], path=path)])
        with pytest.raises(Damaged, match="evil"):
            restore_backup(shelf, evil, tmp_path / "back")


def test_stores_that_lay_elsewhere_are_pointed_out(
    filled: DataRoot, shelf: Shelf, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "disk"
    elsewhere.mkdir()
    filled.paths.ledger.rename(elsewhere / "ledger.sqlite")
    (filled.paths.root / "flux.yaml").write_text(f"storage: {{ledger: {elsewhere}}}")

    backup = create_backup(DataRoot.open(filled.paths.root)).backup
    restored = restore_backup(shelf, backup, tmp_path / "back")

    assert (tmp_path / "back/FLUX_METADATA/ledger.sqlite").exists()
    assert [str(elsewhere) in remark for remark in restored.remarks] == [True]


def test_the_log_of_an_overwritten_flux_duckdb_is_not_played_into_the_restored_one(
    filled: DataRoot, shelf: Shelf
) -> None:
    backup = create_backup(filled).backup
    file = filled.paths.duckdb
    opened = f"import os, duckdb; database = duckdb.connect({str(file)!r}); "
    killed = opened + "database.execute('DROP TABLE photos'); os._exit(0)"
    subprocess.run([sys.executable, "-c", killed], check=True)
    assert file.with_name("flux.duckdb.wal").exists()

    with pytest.raises(RestoreRefused, match=r"flux\.duckdb"):
        restore_backup(shelf, backup, filled.paths.root)
    restore_backup(shelf, backup, filled.paths.root, overwrite=True)

    with duckdb.connect(str(file), read_only=True) as database:
        assert database.execute("SELECT count(*) FROM photos").fetchone() == (3,)


def test_a_restore_waits_for_writers_whose_locks_lie_elsewhere(
    filled: DataRoot, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = create_backup(filled).backup
    (filled.paths.root / "flux.yaml").write_text(f"storage: {{ledger: {tmp_path / 'disk'}}}")
    locks = DataRoot.open(filled.paths.root).paths.locks
    monkeypatch.setattr(
        restore, "single_writer", lambda folder, name, **_: single_writer(folder, name, timeout=0.1)
    )

    with single_writer(locks, "decisions"), pytest.raises(Busy):
        restore_backup(shelf, backup, filled.paths.root, overwrite=True)


def test_settings_that_cannot_be_used_are_restored(filled: DataRoot, shelf: Shelf) -> None:
    backup = create_backup(filled).backup
    (filled.paths.root / "flux.yaml").write_text("storage: nonsense")

    assert not restore_backup(shelf, backup, filled.paths.root, overwrite=True).remarks
