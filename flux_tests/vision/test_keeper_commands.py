"""`flux keepers`: what is reported, what is open, and what a person says of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flux_assets.commands.keepers import app
from flux_assets.corpus.photo_index import PHOTO_INDEX, PhotoIndex
from flux_assets.keepers.matching.keeper_index import KEEPER_INDEX, KeeperIndex
from flux_assets.vision.keeper_decisions import originals_said
from flux_assets.vision.keeper_verification import KEEPER_VERIFICATION, KeeperVerification
from flux_resources.data_root import DataRoot
from flux_tests.vision.archive_rows import sha256_of
from flux_tests.vision.keeper_rows import AT_TIME, keeper, look, photograph, verify

DAY = "2022-01-15"
AT = datetime(2022, 1, 15, tzinfo=UTC)


@pytest.fixture
def matched(archive: DataRoot) -> DataRoot:
    """Photographs a and b; a keeper of a, and one that may be either's."""
    keepers = [keeper("sure", "a"), keeper("open", None, "a", "b", review=AT_TIME)]
    rows = verify(keepers, [photograph("a", 0), photograph("b", 1)], [look("sure"), look("open")])
    _write(archive, KEEPER_VERIFICATION, KeeperVerification, [*rows.values()])
    index = [
        {
            "keeper_path": row["keeper_path"],
            "filename": Path(row["keeper_path"]).name,
            "sha256": row["sha256"],
            "bytes": 1,
            "modified_at": AT,
        }
        for row in keepers
    ]
    _write(archive, KEEPER_INDEX, KeeperIndex, index)
    photographs = [
        {
            "photo_id": name,
            "sha256": sha256_of(name),
            **dict.fromkeys(("filename", "original_filename", "path"), f"{name}.JPG"),
            "bytes": 1,
            "format": "JPEG",
            "file_modified_at": AT,
        }
        for name in "ab"
    ]
    types = {name: column.dtype for name, column in PhotoIndex.columns().items()}
    frame = pl.DataFrame([dict.fromkeys(types) | row for row in photographs], types)
    archive.tables.write_day(PHOTO_INDEX.name, DAY, frame, PhotoIndex)
    return archive


def _write(archive: DataRoot, name: str, schema: type, rows: list[dict[str, object]]) -> None:
    types = {column: kind.dtype for column, kind in schema.columns().items()}  # type: ignore[attr-defined]
    archive.tables.write(
        name, pl.DataFrame([dict.fromkeys(types) | row for row in rows], types), schema
    )


def flux_keepers(archive: DataRoot, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(archive.paths.root)}).invoke(app, list(arguments))


def said(archive: DataRoot) -> dict[str, str | None]:
    """What stands, by the digest of the keeper."""
    photographs = pl.DataFrame({"photo_id": ["a", "b"], "sha256": [sha256_of("a"), sha256_of("b")]})
    standing = originals_said(archive.decisions.standing("keeper_of"), photographs)
    return dict(standing.select("sha256", "said_id").iter_rows())


def test_the_report_says_how_keepers_were_matched_and_warns(matched: DataRoot) -> None:
    result = flux_keepers(matched, "report")
    assert result.exit_code == 0
    assert "1 photographs kept: 1 by time, 0 by name" in result.output
    assert "warning: 1 of 2 keepers (50.0%)" in result.output


def test_the_report_as_json(matched: DataRoot) -> None:
    result = flux_keepers(matched, "report", "--json")
    assert json.loads(result.stdout)["matches"]["rungs"] == {"1": 1}


def test_the_list_shows_open_keepers_with_their_candidates(matched: DataRoot) -> None:
    shown = json.loads(flux_keepers(matched, "review", "--json").stdout)
    assert [row["candidates"] for row in shown] == [["a", "b"]]
    assert shown[0]["review"] == AT_TIME
    assert "a  cosine 1.000" in flux_keepers(matched, "review").stdout


def test_the_sheet_is_written(matched: DataRoot, tmp_path: Path) -> None:
    result = flux_keepers(matched, "review", "--sheet", str(tmp_path / "sheet.jpg"))
    assert result.exit_code == 0
    assert (tmp_path / "sheet.jpg").stat().st_size > 0


@pytest.mark.parametrize("absolute", [False, True])
def test_a_person_names_the_original_by_the_keepers_path(matched: DataRoot, absolute: bool) -> None:
    path = matched.paths.keepers / "open.jpg"
    name = str(path) if absolute else matched.paths.relative(path)
    assert flux_keepers(matched, "resolve", name, "b").exit_code == 0
    assert said(matched) == {sha256_of("keeper open"): "b"}


def test_what_was_resolved_is_not_asked_again(matched: DataRoot) -> None:
    flux_keepers(matched, "resolve", "open.jpg", "b")
    assert "no keeper waits for a decision" in flux_keepers(matched, "review").stdout


def test_a_person_says_that_there_is_no_original_and_takes_it_back(matched: DataRoot) -> None:
    assert flux_keepers(matched, "resolve", "open.jpg", "--none").exit_code == 0
    assert said(matched) == {sha256_of("keeper open"): None}
    assert flux_keepers(matched, "resolve", "open.jpg", "--forget").exit_code == 0
    assert said(matched) == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nobody.jpg", "a"), "no keeper file is called nobody.jpg"),
        (("open.jpg", "nothing"), "no photograph of the archive is called nothing"),
        (("open.jpg",), "say one of"),
        (("open.jpg", "a", "--none"), "say one of"),
    ],
)
def test_mistakes_are_answered_with_a_sentence(
    matched: DataRoot, arguments: tuple[str, ...], message: str
) -> None:
    result = flux_keepers(matched, "resolve", *arguments)
    assert result.exit_code == 1
    assert message in result.output
    assert said(matched) == {}


def test_a_name_that_several_contents_bear_is_asked_for_by_path(matched: DataRoot) -> None:
    index = matched.tables.read(KEEPER_INDEX, KeeperIndex)
    same = pl.DataFrame(index.with_columns(filename=pl.lit("same.jpg")))
    matched.tables.write(KEEPER_INDEX, same, KeeperIndex)
    result = flux_keepers(matched, "resolve", "same.jpg", "a")
    assert result.exit_code == 1
    assert "several keepers are called same.jpg" in result.output


def test_without_any_keepers_the_commands_say_so(archive: DataRoot) -> None:
    assert "0 keeper files" in flux_keepers(archive, "report").stdout
    assert "no keeper waits for a decision" in flux_keepers(archive, "review").stdout
