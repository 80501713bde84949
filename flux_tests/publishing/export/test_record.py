"""`flux record`: one photograph's row."""

import json

import pytest
import typer
from typer.testing import CliRunner

from flux_assets.commands.record import record as command
from flux_assets.corpus.lookup import UnknownPhotograph
from flux_assets.publishing.export.record import record
from flux_assets.publishing.export.wiki import PHOTOS
from flux_resources.data_root import DataRoot
from flux_resources.settings import ROOT_VARIABLE

FULL = "2022-01-15_13-22-44_DanteSisofo_R1"


def test_a_record_has_the_wikis_columns_and_a_list_of_tags(published: DataRoot) -> None:
    found = record(published, FULL)

    assert list(found) == list(PHOTOS)
    assert found["tags"] == ["café", 'an "umbrella", in\nfog']
    assert (found["issue_id"], found["keeper"], found["iso"]) == ("FLUX_019", 1, 200)


def test_a_photograph_without_tags_has_an_empty_list(published: DataRoot) -> None:
    assert record(published, "2022-01-16_09-00-00_DanteSisofo_R1")["tags"] == []


def test_an_unknown_photograph_is_answered_with_near_names(published: DataRoot) -> None:
    with pytest.raises(UnknownPhotograph, match=rf"DanteSisofo_R2; near it: {FULL}, "):
        record(published, "2022-01-15_13-22-44_DanteSisofo_R2")


def test_a_photograph_is_called_by_its_file_too(published: DataRoot) -> None:
    assert record(published, f"{FULL}.JPG") == record(published, FULL)


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_the_command_prints_json(
    published: DataRoot, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(published.paths.root))
    app = typer.Typer()
    app.command()(command)

    said = CliRunner().invoke(app, [FULL, *options])

    assert said.exit_code == 0
    assert json.loads(said.stdout) == record(published, FULL)
