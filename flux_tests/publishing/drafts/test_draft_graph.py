"""`issue_drafts` in the graph, and `flux draft`, on photographs that went through all of it."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import typer
from typer.testing import CliRunner, Result

from flux_assets.commands import draft
from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.execution import DAY_PRODUCTS
from flux_assets.instance import open_instance
from flux_assets.keepers.keeper_decisions import label_photographs
from flux_assets.publishing.drafts.assets import issue_drafts
from flux_assets.publishing.drafts.issue_drafts import read_drafts
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource
from flux_tests.conftest import SETTINGS, write_photograph
from flux_tests.graph.conftest import runner

DAY, COUNT = "2022-01-15", 40
app = typer.Typer()
app.add_typer(draft.app, name="draft")
app.command("other")(lambda: None)


def _flux(root: Path, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, ["draft", *arguments])


def _propose(archive: DataRoot, **config: str) -> dict[str, object]:
    result = dg.materialize(
        [issue_drafts],
        resources={"archive": ArchiveResource(root=str(archive.paths.root))},
        run_config={"ops": {"issue_drafts": {"config": config}}},
    )
    (event,) = result.asset_materializations_for_node("issue_drafts")
    return {name: value.value for name, value in event.metadata.items()}


def test_a_draft_is_proposed_shown_and_accepted(archive: DataRoot) -> None:
    root = archive.paths.root
    (root / "flux.yaml").write_text(SETTINGS + "drafts: {alike: 1.0}\n")
    for number in range(COUNT):
        moment = datetime(2022, 1, 15, 9) + timedelta(minutes=10 * number)
        write_photograph(archive.paths.inbox / f"R{number:07}.JPG", moment, seed=number)
    run = runner(archive, open_instance(archive))
    assert run("intake_log", "archive_scan").success
    assert run(PHOTO_INDEX.name, first=DAY).success
    index = archive.tables.read_day(PHOTO_INDEX.name, DAY, PHOTO_INDEX.schema)
    archive.decisions.record(label_photographs(index, 1))
    assert run(*DAY_PRODUCTS, first=DAY).success
    assert run("photos").success

    nothing = _propose(archive, first_day="2023-01-01")
    assert nothing["proposed"] is False
    assert "nothing found for the 36 frames" in str(nothing["reason"])

    told = _propose(archive, first_day=DAY, last_day=DAY)
    frames = read_drafts(archive.tables)
    assert (told["proposed"], told["keepers"], frames.height) == (True, 36, 36)
    assert Path(str(told["sheet"])).is_file()

    same = json.loads(_flux(root, "--from", DAY, "--to", DAY, "--json").stdout)
    assert same["draft_id"] == told["draft"]
    assert [frame["photo_id"] for frame in same["frames"]] == frames["photo_id"].to_list()
    assert same["draft_id"] in _flux(root, "list").stdout
    assert "to take it: flux draft accept" in _flux(root, "show", same["draft_id"]).stdout
    said = _flux(root, "accept", same["draft_id"], "--as", "FLUX_020").stdout
    assert "nothing is published yet; to publish it: flux issues publish FLUX_020" in said
    assert "36 frames" in said
