"""A backup is whole while others write."""

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from flux_assets.corpus.photo_index import PHOTO_INDEX, PhotoIndex
from flux_assets.publishing.backups.counting import read_alone
from flux_assets.publishing.backups.create import create_backup
from flux_assets.publishing.backups.restore import restore_backup
from flux_assets.publishing.backups.shelf import Shelf
from flux_assets.publishing.backups.verify import verify_backup
from flux_resources.data_root import DataRoot
from flux_tests.publishing.backups.conftest import VECTORS, decided, register, vectors_of
from flux_tests.publishing.product_rows import A, B, write_index
from flux_tests.resources.vector_rows import clustered, names, rows


def _busy(filled: DataRoot) -> list[Callable[[int], object]]:
    """Writers of every store; each call is one write."""
    store, many = vectors_of(filled), rows(clustered(VECTORS, 16), names(VECTORS), A)
    return [
        lambda n: register(filled, 2 * n + 100, 2 * n + 101),
        lambda n: filled.decisions.record([decided(n), decided(n + 1)]),
        lambda _: store.replace_days([A], many),
        lambda n: write_index(filled, B, *(f"09-00-{n % 2 + s:02}" for s in range(30))),
    ]


def test_every_backup_made_beside_writers_is_whole(
    filled: DataRoot, shelf: Shelf, tmp_path: Path
) -> None:
    done = threading.Event()
    failed: list[BaseException] = []

    def keep_at(write: Callable[[int], object]) -> None:
        number = 0
        try:
            while not done.is_set():
                write(number := number + 1)
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=keep_at, args=(write,)) for write in _busy(filled)]
    for writer in writers:
        writer.start()
    made = [create_backup(filled).backup for _ in range(3)]
    done.set()
    for writer in writers:
        writer.join()

    assert not failed
    for backup in made:
        verdict = verify_backup(shelf, backup)
        assert verdict.whole, [part.problems for part in verdict.parts]
        assert backup.vectors == {"mini": VECTORS}
        _prove_transactions(shelf, backup.name, tmp_path / backup.name)


def _prove_transactions(shelf: Shelf, name: str, to: Path) -> None:
    """What was written together is there together, or not at all."""
    restore_backup(shelf, shelf.read(name), to)
    back = DataRoot.open(to)
    with closing(read_alone(back.paths.ledger)) as ledger:
        counts = ledger.execute(
            "SELECT (SELECT count(*) FROM contents), (SELECT count(*) FROM files)"
        ).fetchone()
    assert counts[0] == counts[1]
    assert counts[0] % 2 == 0
    assert len(back.decisions.history()) % 2 == 0
    assert back.tables.read_day(PHOTO_INDEX.name, B, PhotoIndex).height in (1, 30)
    assert len(vectors_of(back).photo_ids([A])[A]) == VECTORS
