"""From a published archive to drafts that stand side by side."""

import json
from datetime import date

import pytest
from PIL import Image

from flux_assets.publishing.drafts.issue_drafts import (
    NoSuchDraft,
    list_drafts,
    one_draft,
    read_drafts,
)
from flux_assets.publishing.drafts.propose import propose
from flux_assets.publishing.drafts.request import BadRequest, Request, TooFew
from flux_assets.search.archive import Archive, NotBuilt
from flux_resources.data_root import DataRoot
from flux_tests.publishing.drafts.draft_rows import publish


def test_a_draft_is_a_table_a_sheet_and_a_file_for_people(archive: DataRoot) -> None:
    rows = propose(archive, publish(archive), Request())

    name = rows["draft_id"][0]
    assert read_drafts(archive.tables).equals(rows)
    with Image.open(archive.paths.draft_sheet(name)) as sheet:
        assert sheet.width < sheet.height < 3000
    written = json.loads(archive.paths.draft_json(name).read_text())
    assert [frame["position"] for frame in written["frames"]] == list(range(1, 37))
    assert written["of"] == "the whole archive"


def test_nothing_that_is_in_an_issue_is_proposed(archive: DataRoot) -> None:
    rows = propose(archive, publish(archive, 48, issue=8), Request())

    assert rows["photo_id"].min() == "P0008"


def test_the_same_archive_gives_the_same_draft_once(archive: DataRoot) -> None:
    search = publish(archive)

    first = propose(archive, search, Request())

    assert propose(archive, search, Request()).equals(first)
    assert read_drafts(archive.tables).height == 36


def test_a_changed_archive_replaces_the_draft_of_the_same_request(archive: DataRoot) -> None:
    first = propose(archive, publish(archive, 48), Request())
    second = propose(archive, publish(archive, 60, issue=9), Request())

    assert list_drafts(archive.tables)["draft_id"].to_list() == [second["draft_id"][0]]
    assert not archive.paths.draft_sheet(first["draft_id"][0]).exists()


def test_drafts_of_other_requests_stand_side_by_side(archive: DataRoot) -> None:
    search = publish(archive, 160)

    propose(archive, search, Request())
    propose(archive, search, Request.of("cats", None, None))
    in_period = propose(archive, search, Request(first=date(2022, 1, 5), last=date(2022, 2, 1)))

    assert list_drafts(archive.tables).height == 3
    days = in_period["captured_at"].dt.date().to_list()
    assert min(days) >= date(2022, 1, 5)
    assert max(days) <= date(2022, 2, 1)


def test_a_theme_is_read_as_a_question_is(archive: DataRoot) -> None:
    search = publish(archive, 240)

    rows = propose(archive, search, Request("cats in Rome"))

    assert set(rows["location_city"]) == {"Rome"}
    assert rows["reason"].str.contains("theme").all()
    assert rows["theme"].unique().to_list() == ["cats in Rome"]


def test_a_theme_of_facts_alone_needs_no_model(archive: DataRoot) -> None:
    search = publish(archive, 160)
    search.__dict__["embedder"] = None

    rows = propose(archive, search, Request("Tokyo in 2022"))

    assert set(rows["location_city"]) == {"Tokyo"}


def test_a_theme_that_too_few_show_says_how_many_are_missing(archive: DataRoot) -> None:
    search = publish(archive, 60)

    with pytest.raises(TooFew, match="only 15 found for the 36 frames of an issue, 21 missing"):
        propose(archive, search, Request("cats in Rome"))
    assert read_drafts(archive.tables).is_empty()


def test_a_question_about_motifs_is_no_theme(archive: DataRoot) -> None:
    with pytest.raises(BadRequest, match="is no theme"):
        propose(archive, publish(archive), Request("photographs like this one"))


def test_without_photographs_it_says_what_to_run(archive: DataRoot) -> None:
    with pytest.raises(NotBuilt, match="flux materialize"):
        propose(archive, Archive(archive.paths.root), Request())


def test_an_unknown_draft_is_answered_with_those_there_are(archive: DataRoot) -> None:
    name = propose(archive, publish(archive), Request())["draft_id"][0]

    with pytest.raises(NoSuchDraft, match=f"there are: {name}"):
        one_draft(archive.tables, "other")
