"""What intake does not file is moved aside with a reason, and never deleted."""

import shutil
from pathlib import Path

import pytest

from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.corpus.looking import contents_of, digest, empty_inbox, journal, names_in


def _reason(archive: DataRoot, name: str) -> str:
    return (archive.paths.rejected / f"{name}.reason.txt").read_text()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("notes.txt", b"hello", "ending .txt"),
        ("README", b"hello", "ending (none)"),
        ("empty.jpg", b"", "empty"),
        ("letter.jpg", b"not a picture at all", "no picture format"),
        ("cut.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "broken JPEG header"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\x00\x00", "broken PNG header"),
    ],
)
def test_foreign_empty_and_unreadable_files_are_rejected_with_a_reason(
    archive: DataRoot, name: str, content: bytes, reason: str
) -> None:
    file = archive.paths.inbox / "card" / name
    file.parent.mkdir()
    file.write_bytes(content)
    before = digest(file)

    (outcome,) = empty_inbox(archive)

    assert outcome.action == "rejected"
    assert reason in (outcome.reason or "")
    assert reason in _reason(archive, f"card/{name}")
    assert digest(archive.paths.rejected / "card" / name) == before
    assert [entry.action for entry in journal(archive)] == ["rejected"]


def test_excluded_names_are_rejected(archive: DataRoot, photograph: Photograph) -> None:
    photograph(archive.paths.inbox / "Thumbs" / "R0001.jpg")
    photograph(archive.paths.inbox / "R0002.jpg", seed=1)

    actions = {outcome.source.name: outcome.action for outcome in empty_inbox(archive)}

    assert actions == {"R0001.jpg": "rejected", "R0002.jpg": "filed"}
    assert "'thumbs?'" in _reason(archive, "Thumbs/R0001.jpg")


def test_exclude_patterns_look_below_the_inbox_only(
    archive: DataRoot, photograph: Photograph, tmp_path: Path
) -> None:
    root = shutil.copytree(archive.paths.root, tmp_path / "thumbs")
    moved = DataRoot.open(root)
    photograph(moved.paths.inbox / "R0001.jpg")

    assert [outcome.action for outcome in empty_inbox(moved)] == ["filed"]


def test_rejected_files_of_one_name_do_not_overwrite_each_other(archive: DataRoot) -> None:
    for text in ("one", "two", "three"):
        (archive.paths.inbox / "a.txt").write_text(text)
        empty_inbox(archive)

    kept = {path.name: path.read_text() for path in archive.paths.rejected.glob("a*.txt")}
    texts = {name: text for name, text in kept.items() if "reason" not in name}
    assert texts == {"a.txt": "one", "a-2.txt": "two", "a-3.txt": "three"}


def test_a_reason_never_overwrites_a_file_that_was_dropped(archive: DataRoot) -> None:
    (archive.paths.inbox / "a.txt.reason.txt").write_text("mine")
    empty_inbox(archive)
    (archive.paths.inbox / "a.txt").write_text("also mine")
    empty_inbox(archive)

    texts = [path.read_text() for path in archive.paths.rejected.iterdir()]
    assert {"mine", "also mine"} <= set(texts)


def test_a_file_rejected_again_is_journaled_again(archive: DataRoot) -> None:
    for _ in range(2):
        (archive.paths.inbox / "a.txt").write_text("same text")
        empty_inbox(archive)

    assert [entry.action for entry in journal(archive)] == ["rejected", "rejected"]
    assert sum("reason" not in name for name in names_in(archive.paths.rejected)) == 2


def test_a_truncated_jpeg_with_a_readable_header_is_filed(
    archive: DataRoot, photograph: Photograph
) -> None:
    file = photograph(archive.paths.inbox / "half.jpg", size=(400, 300))
    file.write_bytes(file.read_bytes()[:-2000])
    whole = digest(file)

    assert [outcome.action for outcome in empty_inbox(archive)] == ["filed"]
    assert contents_of(archive.paths.originals) == {whole: 1}
