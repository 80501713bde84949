"""The report on keepers, the list of those left open, and its sheet."""

from pathlib import Path

import polars as pl
from PIL import Image

from flux_assets.vision.keeper_decisions import no_original
from flux_assets.vision.keeper_review import (
    list_undecided,
    review_sheet,
    verification_report,
)
from flux_assets.vision.keeper_verification import KeeperVerification
from flux_tests.vision.archive_rows import bits, sha256_of
from flux_tests.vision.keeper_rows import AT_TIME, keeper, look, photograph, verify


def verified() -> pl.DataFrame:
    """One keeper of each fate, and two edits of `a`."""
    none = sha256_of("keeper none")
    rows = verify(
        [
            *(keeper("time", "a"), keeper("look"), keeper("lost"), keeper("none")),
            keeper("refused", "b"),
            keeper("open", None, "a", "b", review=AT_TIME),
        ],
        [photograph("a", 0), photograph("b", 90, phash=bits(*range(20)))],
        [look("time", 10), look("look", 5), look("lost", 30), look("refused", 20)],
        said={none: no_original(none, "path")},
    )
    types = {name: column.dtype for name, column in KeeperVerification.columns().items()}
    return pl.DataFrame([*rows.values()], types)


def test_the_report_counts_every_fate() -> None:
    report = verification_report(verified())
    assert report.matches.rungs == {1: 1, 4: 1}
    assert (report.matches.keepers, report.matches.photographs) == (5, 1)
    assert (report.matches.ambiguous, report.refused, report.matches.unmatched) == (2, 1, 1)
    assert (report.decided, report.without_original) == (0, 1)
    assert report.matches.warning(0.05) is not None


def test_no_keepers_are_no_reason_for_a_warning() -> None:
    report = verification_report(KeeperVerification.create_empty())
    assert report.matches.warning(0.05) is None


def test_what_is_open_is_listed_with_its_candidates_the_most_alike_first() -> None:
    listed = list_undecided(verified(), said=())
    names = [Path(path).stem for path in listed["keeper_path"]]
    assert names == ["refused", "lost", "open"]
    assert listed["candidates"].to_list() == [["b", "a"], ["a", "b"], ["a", "b"]]
    assert listed["scores"][2].to_list() == [None, None]


def test_what_was_decided_meanwhile_is_no_longer_listed() -> None:
    said = {sha256_of("keeper lost"), sha256_of("keeper open")}
    listed = list_undecided(verified(), said=said)
    assert [Path(path).stem for path in listed["keeper_path"]] == ["refused"]


def test_copies_of_one_content_are_asked_for_once() -> None:
    again = verified().with_columns(keeper_path=pl.format("copy/{}", "keeper_path"))
    assert list_undecided(pl.concat([verified(), again]), said=()).height == 3


def test_the_sheet_shows_each_keeper_beside_its_candidates(tmp_path: Path) -> None:
    asked: list[str] = []

    def file(name: str) -> Path:
        asked.append(name)
        path = tmp_path / f"{name}.jpg"
        Image.new("RGB", (90, 60), (200, 90, 90)).save(path)
        return path

    sheet = review_sheet(list_undecided(verified(), said=()), file, file)
    assert sheet is not None
    assert asked[:3] == [sha256_of("keeper refused"), "b", "a"]
    assert sheet.height > 3 * 320


def test_without_open_keepers_there_is_no_sheet(tmp_path: Path) -> None:
    empty = list_undecided(KeeperVerification.create_empty(), said=())
    assert review_sheet(empty, lambda _: tmp_path, lambda _: tmp_path) is None
