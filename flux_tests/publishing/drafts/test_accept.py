"""Accepting writes an assignment file for a person to edit, and publishes nothing."""

import pytest

from flux_assets.publishing.drafts import accept as accepting
from flux_assets.publishing.drafts.accept import NotAccepted, accept
from flux_assets.publishing.drafts.issue_drafts import one_draft
from flux_assets.publishing.drafts.propose import propose
from flux_assets.publishing.drafts.request import Request, TooFew
from flux_resources.data_root import DataRoot
from flux_resources.tables import TableStore
from flux_tests.publishing.drafts.draft_rows import publish


def _draft(archive: DataRoot, count: int = 48, **published: int) -> str:
    name = propose(archive, publish(archive, count, **published), Request())["draft_id"][0]
    return str(name)


def _lines(archive: DataRoot, issue: str) -> list[str]:
    lines = (archive.paths.issues / issue / "frames.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_the_file_has_the_frames_in_order_for_the_next_free_number(archive: DataRoot) -> None:
    (archive.paths.issues / "FLUX_019").mkdir(parents=True)
    name = _draft(archive)

    issue, frames = accept(archive, name)

    assert issue == "FLUX_020"
    assert _lines(archive, issue) == frames["photo_id"].to_list()
    assert one_draft(archive.tables, name)["accepted_as"].unique().to_list() == [issue]
    assert {file.name for file in (archive.paths.issues / issue).iterdir()} == {"frames.txt"}


def test_published_photographs_count_for_the_next_number(archive: DataRoot) -> None:
    assert accept(archive, _draft(archive, issue=3))[0] == "FLUX_002"


def test_what_is_there_is_never_overwritten(archive: DataRoot) -> None:
    name = _draft(archive)
    for number, there in enumerate(("frames.txt", "frames.csv", "frames.json", "manifest.json")):
        file = archive.paths.issues / f"FLUX_{number + 1:03}" / there
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("mine")

        with pytest.raises(NotAccepted, match="is there already"):
            accept(archive, name, file.parent.name)
        assert file.read_text() == "mine"


def test_a_name_that_is_no_issue_is_refused(archive: DataRoot) -> None:
    with pytest.raises(NotAccepted, match="is no issue"):
        accept(archive, _draft(archive), "../FLUX_020")


def test_a_draft_is_accepted_once(archive: DataRoot) -> None:
    name = _draft(archive)
    accept(archive, name)

    with pytest.raises(NotAccepted, match="is FLUX_001 already"):
        accept(archive, name, "FLUX_077")


def test_frames_published_meanwhile_are_refused(archive: DataRoot) -> None:
    name = _draft(archive)
    publish(archive, issue=20)

    with pytest.raises(NotAccepted, match="were published meanwhile"):
        accept(archive, name)


def test_frames_of_an_accepted_draft_are_not_proposed_again(archive: DataRoot) -> None:
    name = _draft(archive, 80)
    _, frames = accept(archive, name)

    second = propose(archive, publish(archive, 80), Request())

    assert not set(second["photo_id"]) & set(frames["photo_id"])
    with pytest.raises(TooFew, match="missing"):
        propose(archive, publish(archive, 50), Request())
    (archive.paths.issues / "FLUX_001" / "frames.txt").unlink()
    assert propose(archive, publish(archive, 50), Request()).height == 36


class Killed(BaseException):
    pass


def _die(*_: object) -> None:
    raise Killed


@pytest.mark.parametrize(
    ("owner", "step"), [(TableStore, "write"), (accepting, "write_json"), (accepting, "assignment")]
)
def test_accepting_again_after_a_kill_makes_one_issue(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch, owner: object, step: str
) -> None:
    name = _draft(archive)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(owner, step, _die)
        accept(archive, name)

    assert accept(archive, name)[0] == "FLUX_001"
    assert [file.parent.name for file in archive.paths.issues.glob("*/frames.txt")] == ["FLUX_001"]


def test_the_number_of_an_accept_that_was_killed_goes_to_no_other_draft(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _draft(archive)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(accepting, "write_json", _die)
        accept(archive, first)

    assert accept(archive, _draft(archive, 80))[0] == "FLUX_002"
    assert accept(archive, first)[0] == "FLUX_001"
