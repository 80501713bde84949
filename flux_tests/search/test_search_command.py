import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flux_assets.cli import app
from flux_assets.search import Archive
from flux_assets.search.answers.calibration import Verdict
from flux_assets.search.finder import Finder
from flux_tests.search.conftest import FakeEmbedder, Publish


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_city_that_is_misspelled_is_said_even_where_nothing_else_was_read(
    publish: Publish, options: tuple[str, ...]
) -> None:
    rome = {"location_city": "Rome", "location_country": "Italy"}
    root = publish({"a": ((1, 0, 0), rome)}, {}).paths.root

    asked = ["search", "", "--city", "Rom", *options]
    result = CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, asked)

    said = result.stderr if options else result.stdout
    assert result.exit_code == 0
    assert "the archive has no city “Rom”: is it Rome?" in said
    assert "no photograph passes these filters" in said


@pytest.mark.parametrize("text", ["", "  "])
def test_an_empty_question_is_asked_what_to_look_for(publish: Publish, text: str) -> None:
    root = publish({"a": ((1, 0, 0), {})}, {}).paths.root
    asked = CliRunner(env={"FLUX_ROOT": str(root)})

    refused = asked.invoke(app, ["search", text])
    assert (refused.exit_code, refused.stderr) == (1, "flux: say what to look for\n")

    for other in (["--year", "2022"], ["--like", "a"]):
        assert asked.invoke(app, ["search", text, *other]).exit_code == 0


def test_a_contact_sheet_that_is_not_written_is_said(publish: Publish, tmp_path: Path) -> None:
    root = publish({"a": ((1, 0, 0), {})}, {}).paths.root
    sheet = tmp_path / "sheet.jpg"
    sheet.write_text("older")

    asked = ["search", "", "--year", "1999", "--sheet", str(sheet)]
    result = CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, asked)

    assert "no contact sheet was written" in result.stdout
    assert sheet.read_text() == "older"


@pytest.mark.parametrize("found", [True, False])
def test_each_record_says_whether_anything_was_found(
    publish: Publish, monkeypatch: pytest.MonkeyPatch, found: bool
) -> None:
    root = publish({"a": ((1, 0, 0), {})}, {}).paths.root
    monkeypatch.setattr(Archive, "embedder", FakeEmbedder({"fog": (1, 0, 0)}))
    monkeypatch.setattr(Finder, "verdict", lambda *_: Verdict(found, 0.5, "judged"))

    result = CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, ["search", "fog", "--json"])

    assert [row["found"] for row in json.loads(result.stdout)] == [found]
