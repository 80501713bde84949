"""A backup is proved by restoring it; whatever is wrong with it is named."""

from dataclasses import replace

import pytest

from flux_assets.publishing.backups.create import create_backup
from flux_assets.publishing.backups.pool import Damaged
from flux_assets.publishing.backups.shelf import Backup, Entry, Shelf
from flux_assets.publishing.backups.snapshot import copy_sqlite
from flux_assets.publishing.backups.verify import Verified, verify_backup
from flux_resources.data_root import DataRoot
from flux_tests.publishing.backups.conftest import VECTORS, register


def _problems(verdict: Verified) -> dict[str, list[str]]:
    return {part.name: part.problems for part in verdict.parts if part.problems}


def _entry(backup: Backup, part: str) -> Entry:
    return next(entry for entry in backup.entries if entry.part == part)


def test_a_good_backup_is_whole_and_its_rows_are_counted(filled: DataRoot, shelf: Shelf) -> None:
    verdict = verify_backup(shelf, create_backup(filled).backup)

    assert verdict.whole
    restored = {part.name: part.rows_restored for part in verdict.parts}
    assert restored["tables/photo_index"] == 3
    assert restored["vectors"] == VECTORS
    assert restored["decisions.jsonl"] == 2
    assert all(part.rows_backed_up == part.rows_restored for part in verdict.parts)
    assert not list(shelf.folder.glob(".verify-*"))


@pytest.mark.parametrize(
    ("part", "damage"),
    [
        ("vectors", "flipped"),
        ("ledger.sqlite", "flipped"),
        ("tables/photo_index", "cut"),
        ("models", "gone"),
    ],
)
def test_a_damaged_object_is_named_with_the_file_it_was_of(
    filled: DataRoot, shelf: Shelf, part: str, damage: str
) -> None:
    backup = create_backup(filled).backup
    entry = _entry(backup, part)
    file = shelf.pool.file(entry.chunks[0])
    content = bytearray(file.read_bytes())
    if damage == "gone":
        file.unlink()
    else:
        content[len(content) // 2] ^= 255
        file.write_bytes(content if damage == "flipped" else content[: len(content) // 2])

    problems = _problems(verify_backup(shelf, backup))

    assert part in problems
    assert any(entry.path in problem and str(file) in problem for problem in problems[part])


def test_an_object_taken_out_is_stored_again_by_the_next_backup(
    filled: DataRoot, shelf: Shelf
) -> None:
    backup = create_backup(filled).backup
    shelf.pool.file(_entry(backup, "vectors").chunks[0]).unlink()

    create_backup(filled)

    assert verify_backup(shelf, backup).whole


def test_rows_that_are_not_those_that_were_backed_up_are_named(
    filled: DataRoot, shelf: Shelf
) -> None:
    backup = create_backup(filled).backup
    entries = [
        replace(entry, rows={"rows": 99}) if entry.part == "tables/photo_index" else entry
        for entry in backup.entries
    ]
    other = replace(backup, vectors={"mini": 7}, entries=entries)

    problems = _problems(verify_backup(shelf, other))

    assert set(problems) == {"tables/photo_index", "vectors"}
    assert "had {'mini': 7}" in problems["vectors"][0]


def test_a_database_that_is_broken_already_is_named(filled: DataRoot) -> None:
    file = filled.paths.dagster / "history" / "runs.db"
    content = bytearray(file.read_bytes())
    content[:100] = b"\xff" * 100
    file.write_bytes(content)

    with pytest.raises(Damaged, match=r"runs\.db cannot be backed up"):
        create_backup(filled)


def test_a_database_whose_pages_are_broken_is_found_by_verify_at_the_latest(
    filled: DataRoot, shelf: Shelf
) -> None:
    register(filled, *range(100, 300))
    create_backup(filled)
    copy = shelf.folder / "broken.sqlite"
    copy_sqlite(filled.paths.ledger, copy)
    content = bytearray(copy.read_bytes())
    content[4096 * 3 : 4096 * 3 + 50] = b"\xff" * 50
    filled.paths.ledger.with_name("ledger.sqlite-wal").unlink(missing_ok=True)
    filled.paths.ledger.write_bytes(content)
    copy.unlink()

    try:
        problems = _problems(verify_backup(shelf, create_backup(filled).backup))
    except Damaged as error:  # SQLite may notice while rows are counted
        problems = {"ledger.sqlite": [str(error)]}

    assert "ledger.sqlite" in problems
