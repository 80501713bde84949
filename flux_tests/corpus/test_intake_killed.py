"""Intake can be killed at any instant: run again, nothing is lost and nothing is doubled."""

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from flux_assets.corpus import intake
from flux_resources import files
from flux_resources.data_root import DataRoot
from flux_resources.ledger import Ledger
from flux_tests.conftest import SETTINGS, Photograph
from flux_tests.corpus.looking import (
    contents_of,
    empty_inbox,
    files_in,
    index_day,
    indexed,
    journal,
    names_in,
    scan,
)

STEPS: list[tuple[Any, str]] = [
    *((module, name) for name in ("sha256_of", "sync_folder") for module in (intake, files)),
    (intake, "copy_proven"),
    *((Path, name) for name in ("mkdir", "hardlink_to", "rename", "unlink", "write_bytes")),
    *((Ledger, name) for name in ("register", "journal")),
]


class Killed(BaseException):
    """Stands for the end of the process."""


class Hangman:
    """Counts the steps of a run and kills it at one of them; the dead do nothing more."""

    def __init__(self, patch: pytest.MonkeyPatch, victim: int, *, after: bool) -> None:
        self.steps, self._victim, self._after = 0, victim, after
        for owner, name in STEPS:
            patch.setattr(owner, name, self._watched(getattr(owner, name)))

    @property
    def struck(self) -> bool:
        return self.steps > self._victim

    def _watched(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            if args and str(args[0]).endswith(".lock"):
                return step(*args, **kwargs)
            number, self.steps = self.steps, self.steps + 1
            if number > self._victim or (number == self._victim and not self._after):
                raise Killed
            result = step(*args, **kwargs)
            if number == self._victim:
                raise Killed
            return result

        return watched


@pytest.fixture
def drop(photograph: Photograph, tmp_path: Path) -> Callable[[Path], None]:
    """Fills an inbox with every kind of file intake knows."""
    card = tmp_path / "card"
    photograph(card / "a" / "R0001.JPG", seed=1)
    photograph(card / "b" / "R0001.JPG", seed=2)  # wants the same name
    photograph(card / "late.jpg", datetime(2023, 1, 1), seed=3)
    photograph(card / "undated.jpg", None, seed=4)
    shutil.copy2(card / "late.jpg", card / "later.jpg")
    (card / "notes.txt").write_text("foreign")
    (card / "empty.jpg").touch()
    return lambda inbox: _copy(card, inbox)


def _copy(source: Path, target: Path) -> None:
    shutil.copytree(source, target)


def _archive(root: Path, drop: Callable[[Path], None]) -> DataRoot:
    root.mkdir()
    (root / "flux.yaml").write_text(SETTINGS + "imaging: {workers: 1}")
    archive = DataRoot.open(root)
    drop(archive.paths.inbox)
    return archive


def _assert_whole(archive: DataRoot, dropped: Counter[str], names: set[str]) -> None:
    paths = archive.paths
    filed = contents_of(paths.originals)
    aside = contents_of(paths.inbox_duplicates) + Counter(
        {digest: n for digest, n in contents_of(paths.rejected).items() if digest in dropped}
    )
    assert set(filed.values()) == {1}
    assert filed + aside == dropped
    assert not [path for path in files_in(paths.originals) if "partial" in path.name]
    kept = {name for name in names_in(paths.inbox) if not name.endswith(".reason.txt")}
    assert {name.split("/")[0] for name in kept} <= {"rejected", "duplicates"}
    assert Counter(e.source_path for e in journal(archive)) == {f"FLUX_INBOX/{n}": 1 for n in names}
    with archive.ledger() as ledger:
        known = ledger.locations_in("")
        assert {location.sha256 for location in known.values()} == set(filed)
        sources = [content.source_path for digest in filed if (content := ledger.content(digest))]
        assert set(sources) <= {entry.source_path for entry in journal(archive)}
        assert len(sources) == len(filed)
        assert set(known) == names_in(paths.originals)


@pytest.mark.parametrize("after", [False, True], ids=["before acting", "after acting"])
def test_killed_at_any_step_intake_loses_and_doubles_nothing(
    tmp_path: Path, drop: Callable[[Path], None], after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda _: None)  # the process dies, the machine does not
    drop(tmp_path / "dropped")
    dropped, names = contents_of(tmp_path / "dropped"), names_in(tmp_path / "dropped")

    for victim in count():
        archive = _archive(tmp_path / f"{victim}", drop)
        struck = _killed_run(archive, victim, after=after)
        if victim % 4 == 1:  # die once more, while mending the first death
            _killed_run(archive, victim * 7 % 40, after=after)
        if victim % 4 == 3:  # the archive is indexed before intake runs again
            scan(archive)
        empty_inbox(archive)
        _assert_whole(archive, dropped, names)
        if not struck:
            break

    assert victim > 60


def test_a_photograph_that_was_indexed_before_its_intake_was_recorded_keeps_its_source(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph(archive.paths.inbox / "Rome" / "R1.jpg")

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Ledger, "register", die)
        empty_inbox(archive)
    index_day(archive)
    assert indexed(archive)["source_path"].to_list() == [None]

    (outcome,) = empty_inbox(archive)
    index_day(archive)

    assert outcome.action == "filed"
    assert indexed(archive)["source_path"].to_list() == ["FLUX_INBOX/Rome/R1.jpg"]
    assert indexed(archive)["original_filename"].to_list() == ["R1.jpg"]
    assert names_in(archive.paths.inbox) == set()


def _killed_run(archive: DataRoot, victim: int, *, after: bool) -> bool:
    """Run intake until its step number `victim`; False when it came to its end before."""
    with pytest.MonkeyPatch.context() as patch:
        hangman = Hangman(patch, victim, after=after)
        with suppress(Killed):
            empty_inbox(archive)
    return hangman.struck


_TAKE_IN = """
import sys
from pathlib import Path
from flux_assets.corpus.inbox import settled_files
from flux_assets.corpus.take_in import take_in
from flux_resources.data_root import DataRoot
archive = DataRoot.open(Path(sys.argv[1]))
files = settled_files(archive.paths, 0)
print("ready", flush=True)
take_in(archive, files)
"""


def _filed(archive: DataRoot) -> int:
    return sum(file.is_file() for file in archive.paths.originals.rglob("*"))


def test_a_process_killed_at_random_moments_loses_and_doubles_nothing(
    tmp_path: Path, photograph: Photograph
) -> None:
    card = tmp_path / "dropped"
    for number in range(60):
        photograph(card / f"{number % 7}" / f"R{number // 2:04}.JPG", seed=number // 3)
    dropped, names = contents_of(card), names_in(card)
    archive = _archive(tmp_path / "root", lambda inbox: _copy(card, inbox))
    chance = random.Random(7)

    survived = [0]
    for _ in range(3):
        command = [sys.executable, "-c", _TAKE_IN, str(archive.paths.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            while process.poll() is None and _filed(archive) == survived[-1]:
                time.sleep(0.001)
            time.sleep(chance.uniform(0, 0.05))
            process.kill()
        survived.append(_filed(archive))
    empty_inbox(archive)

    assert survived[1] > 0
    _assert_whole(archive, dropped, names)
