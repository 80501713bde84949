"""Keepers through the real graph: matched, labelled, learned from, scored, published."""

import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from flux_assets.automation import keepers_sensor
from flux_assets.cli import app
from flux_assets.execution import DAY_PRODUCTS
from flux_assets.instance import open_instance
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES
from flux_assets.publishing.photos import read_photos
from flux_assets.vision.keeper_verification import KEEPER_VERIFICATION, KeeperVerification
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource
from flux_tests.conftest import SETTINGS, empty_archive, write_photograph
from flux_tests.graph.conftest import Run, runner, start

FIRST, SESSIONS, FRAMES = datetime(2022, 1, 3, 12), 10, 6
KEPT = 2  # of the frames of a session, the first ones
FIRST_DAY, LAST_DAY = "2022-01-03", "2022-01-12"
MATCHING = ("keeper_index", "keeper_matches", "keeper_verification")
TASTE = ("training_set", "keeper_model")


def flux(root: Path, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, list(arguments))


@pytest.fixture(scope="module")
def kept_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten sessions of six pictures; of each two lie in KEEPERS, one of all without EXIF."""
    archive = empty_archive(tmp_path_factory.mktemp("kept"))
    (archive.paths.root / "flux.yaml").write_text(
        SETTINGS + "keeper_model: {minimum_keepers: 20}\n"
    )
    for number in range(SESSIONS * FRAMES):
        session, frame = divmod(number, FRAMES)
        moment = FIRST + timedelta(days=session, minutes=10 * frame)
        file = archive.paths.inbox / f"R{1000 + number:07}.JPG"
        write_photograph(file, moment, seed=number, size=(600, 400))
    run = runner(archive, open_instance(archive))
    assert run("intake_log", "archive_scan").success
    for number, original in enumerate(sorted(archive.paths.originals.rglob("*.JPG"))):
        session, frame = divmod(number, FRAMES)
        if frame < KEPT:
            keeper = archive.paths.keepers / f"{session}" / original.name
            keeper.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(original, keeper)
    with Image.open(keeper) as picture:
        picture.save(keeper.with_name("web.jpg"), quality=80)
    keeper.unlink()
    assert run(*DAY_PRODUCTS, first=FIRST_DAY, last=LAST_DAY).success
    assert run(*MATCHING).success
    assert run(KEEPER_LABELS.name, first=FIRST_DAY, last=LAST_DAY).success
    assert run(*TASTE).success
    assert run(KEEPER_SCORES.name, first=FIRST_DAY, last=LAST_DAY).success
    assert run("photos").success
    return archive.paths.root


@pytest.fixture
def kept(archive: DataRoot, kept_root: Path) -> DataRoot:
    """A copy that a test may change, in the place of `archive`."""
    shutil.rmtree(archive.paths.root)
    shutil.copytree(kept_root, archive.paths.root)
    return DataRoot.open(archive.paths.root)


def _verified(archive: DataRoot) -> pl.DataFrame:
    return archive.tables.read(KEEPER_VERIFICATION, KeeperVerification)


def _published(archive: DataRoot) -> pl.DataFrame:
    return read_photos(archive.paths, "SELECT * FROM photos ORDER BY photo_id")


def test_copies_are_matched_by_time_and_a_stripped_one_by_its_look(kept: DataRoot) -> None:
    rows = _verified(kept)

    assert rows["review"].null_count() == SESSIONS * KEPT
    assert sorted(rows["rung"]) == [1] * (SESSIONS * KEPT - 1) + [4]
    assert rows.filter("edited")["keeper_path"].str.ends_with("web.jpg").to_list() == [True]
    assert _published(kept)["keeper"].to_list() == [1, 1, 0, 0, 0, 0] * SESSIONS


def test_every_photograph_has_a_score_of_a_named_version(kept: DataRoot) -> None:
    scores = kept.tables.scan(KEEPER_SCORES.name, KEEPER_SCORES.schema).collect()

    assert scores["model_version"].unique().to_list() == ["v001"]
    assert scores["model_score"].is_between(0, 1).all()
    photos = _published(kept)
    assert (photos.filter(pl.col("keeper") == 1)["keeper_score"] == 1).all()
    assert photos["keeper_score"].null_count() == 0


def test_labels_that_did_not_change_train_nothing(
    kept: DataRoot, run: Run, instance: dg.DagsterInstance
) -> None:
    result = run(*TASTE)

    (model,) = result.asset_materializations_for_node("keeper_model")
    assert model.metadata["trained"].value is False
    assert "0 keepers came or went since v001" in str(model.metadata["reason"].value)


def test_keepers_that_go_take_their_labels_along(kept: DataRoot, run: Run) -> None:
    shutil.rmtree(kept.paths.keepers / "0")
    assert run(*MATCHING).success
    assert run(KEEPER_LABELS.name, first=FIRST_DAY, last=LAST_DAY).success

    labels = kept.tables.read_day(KEEPER_LABELS.name, FIRST_DAY, KEEPER_LABELS.schema)
    assert labels["keeper"].to_list() == [0] * FRAMES


def test_what_a_person_resolves_and_labels_stays(kept: DataRoot, run: Run) -> None:
    photos = _published(kept)["photo_id"]
    web = str(next(kept.paths.keepers.rglob("web.jpg")).relative_to(kept.paths.root))
    for words in (
        ("keepers", "resolve", web, photos[2]),
        ("keep", photos[3]),
        ("keep", "--not", photos[0]),
    ):
        said = flux(kept.paths.root, *words)
        assert said.exit_code == 0, said.output
    for _ in range(2):
        assert run(*MATCHING).success
        assert run(KEEPER_LABELS.name, first=FIRST_DAY, last=LAST_DAY).success
        labels = kept.tables.read_day(KEEPER_LABELS.name, FIRST_DAY, KEEPER_LABELS.schema)
        assert labels["keeper"].to_list() == [0, 1, 1, 1, 0, 0]


def test_an_unmounted_tree_of_keepers_stops_with_a_message(kept: DataRoot, run: Run) -> None:
    shutil.rmtree(kept.paths.keepers)

    assert not run("keeper_index").success
    assert _verified(kept).height == SESSIONS * KEPT
    assert run("keeper_index", accept_loss=True).success


def test_a_changed_tree_starts_matching_once(kept: DataRoot, instance: dg.DagsterInstance) -> None:
    resources = {"archive": ArchiveResource(root=str(kept.paths.root))}
    with dg.build_sensor_context(instance=instance, resources=resources) as context:
        asked = keepers_sensor(context)
    assert isinstance(asked, dg.SensorResult)
    (request,) = asked.run_requests or []
    assert start(request, "keepers", kept, instance)

    with dg.build_sensor_context(
        instance=instance, resources=resources, cursor=asked.cursor
    ) as context:
        assert isinstance(keepers_sensor(context), dg.SkipReason)


def test_a_tree_that_comes_back_to_an_earlier_state_is_matched_again(
    kept: DataRoot, instance: dg.DagsterInstance
) -> None:
    resources = {"archive": ArchiveResource(root=str(kept.paths.root))}
    keys = []
    for seconds in (0, 2):
        time.sleep(seconds)
        with dg.build_sensor_context(instance=instance, resources=resources) as context:
            asked = keepers_sensor(context)
        assert isinstance(asked, dg.SensorResult)
        keys += [request.run_key for request in asked.run_requests or []]

    assert len(set(keys)) == 2  # Dagster starts nothing for a key it has seen


def test_the_command_line_shows_what_the_model_thinks(kept: DataRoot) -> None:
    root = kept.paths.root
    assert f"{SESSIONS * KEPT - 1} by time" in flux(root, "keepers", "report").stdout
    assert "v001" in flux(root, "keepers", "model").stdout
    top = flux(root, "keepers", "top", "--json", "--limit", "3")
    assert top.exit_code == 0, top.output
    photo_id = _published(kept)["photo_id"][1]
    assert "v001" in flux(root, "explain", photo_id).stdout
