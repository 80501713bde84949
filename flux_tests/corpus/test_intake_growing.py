"""Files that somebody is still writing are never taken half, and never removed."""

from pathlib import Path

import pytest

from flux_assets.corpus import intake
from flux_assets.corpus.take_in import take_in
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.corpus.looking import empty_inbox, files_in, journal


def append_after(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, file: Path) -> None:
    """Let somebody write ten more bytes to `file` right after a step of intake, once."""
    real = getattr(owner, name)
    written: list[bool] = []

    def step(*values: object, **named: object) -> object:
        result = real(*values, **named)
        if not written:
            written.append(True)
            with file.open("ab") as out:
                out.write(b"the rest..")
        return result

    monkeypatch.setattr(owner, name, step)


def test_a_file_that_grows_while_it_is_copied_is_left_for_later(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = photograph(archive.paths.inbox / "R1.jpg")
    append_after(monkeypatch, intake, "copy_proven", file)

    (outcome,) = empty_inbox(archive)

    assert outcome.action == "changing"
    assert file.read_bytes().endswith(b"the rest..")
    assert list(files_in(archive.paths.originals)) == []
    assert journal(archive) == []

    (outcome,) = empty_inbox(archive)
    assert outcome.action == "filed"


def test_a_file_that_grows_after_it_was_filed_is_not_removed(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = photograph(archive.paths.inbox / "R1.jpg")
    append_after(monkeypatch, intake, "sync_folder", file)

    empty_inbox(archive)
    assert file.exists()

    (outcome,) = empty_inbox(archive)
    assert outcome.action == "filed"
    contents = [path.read_bytes() for path in files_in(archive.paths.originals)]
    assert sorted(content.endswith(b"the rest..") for content in contents) == [False, True]


def test_a_file_that_changed_since_it_was_listed_waits_until_it_settles(
    archive: DataRoot, photograph: Photograph
) -> None:
    (archive.paths.root / "flux.yaml").write_text("intake: {settle_seconds: 60}")
    file = photograph(archive.paths.inbox / "R1.jpg")

    (outcome,) = take_in(DataRoot.open(archive.paths.root), [file])

    assert outcome.action == "changing"
    assert file.exists()
