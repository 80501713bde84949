"""The model as it is trained, from labels to scores and their reasons."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flux_assets.keepers.taste.challenge import keep_version
from flux_assets.keepers.taste.explain import explain
from flux_assets.keepers.taste.hidden_gems import top
from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES, KeeperScores
from flux_assets.keepers.taste.model import KeeperModel
from flux_assets.keepers.taste.model_card import CARD
from flux_assets.keepers.taste.model_inputs import of_keeper_model, with_vectors
from flux_assets.keepers.taste.splits import SPLITS
from flux_assets.keepers.taste.training import Training, train
from flux_assets.keepers.taste.versions import Version, open_models
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import KeeperModelSettings
from flux_resources.vectors import active_vectors
from flux_tests.conftest import empty_archive
from flux_tests.keepers.taste.stand_in import Labelled, labelled, score_all, write_sessions

SETTINGS = KeeperModelSettings(trees=30, workers=1)
PLANTED = labelled(sessions=44, frames=30)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    opened = empty_archive(tmp_path_factory.mktemp("taste"))
    write_sessions(opened, PLANTED)
    return opened


@pytest.fixture(scope="module")
def read(archive: DataRoot) -> Labelled:
    """What the asset would read of the archive."""
    known = of_keeper_model(archive.tables, PLANTED.training)
    # Without a forward split, which would be a second training.
    training = PLANTED.training.with_columns(forward_split=pl.lit(None, pl.Enum(SPLITS)))
    return Labelled(*with_vectors(known, active_vectors(archive)), training)


@pytest.fixture(scope="module")
def trained(read: Labelled) -> Training:
    return train(read.known, read.vectors, read.training, settings=SETTINGS)


@pytest.fixture(scope="module")
def version(archive: DataRoot, read: Labelled, trained: Training) -> Version:
    store = open_models(archive)
    kept = keep_version(trained, read.known, read.vectors, read.training, store=store, table="mini")
    score_all(archive)
    return kept


def test_what_is_read_of_the_archive_is_what_lies_in_it(read: Labelled) -> None:
    assert read.known["photo_id"].to_list() == sorted(PLANTED.known["photo_id"])
    assert np.array_equal(read.vectors, PLANTED.vectors)


def test_a_stored_model_scores_as_the_trained_one(
    archive: DataRoot, read: Labelled, trained: Training, version: Version
) -> None:
    stored = KeeperModel.load(open_models(archive).model_files(version))
    expected = trained.model.score(read.known, read.vectors)
    assert np.array_equal(stored.score(read.known, read.vectors), expected)

    rows = archive.tables.scan(KEEPER_SCORES.name, KeeperScores).sort("photo_id").collect()
    assert rows["model_score"].to_list() == pytest.approx(expected.tolist(), abs=1e-4)


def test_the_best_of_the_list_is_mostly_kept(archive: DataRoot, version: Version) -> None:
    assert version.promoted
    best = top(archive, limit=20)
    assert best["keeper"].sum() >= 10
    assert set(best["model_version"]) == {"v001"}


def test_reasons_are_those_of_the_model(
    archive: DataRoot, trained: Training, version: Version
) -> None:
    best = top(archive, limit=1)["photo_id"][0]
    why = explain(archive, best)
    assert set(why.groups) <= set(trained.model.groups)
    assert sum(why.groups.values()) > 0
    assert why.nearest.height == 8


def test_the_card_names_every_baseline_and_says_what_is_not_known(
    archive: DataRoot, trained: Training, version: Version
) -> None:
    text = Path(open_models(archive).files(version), CARD).read_text()
    assert len(trained.evaluations) >= 5
    for evaluation in trained.evaluations:
        assert f"| {evaluation.name} | {evaluation.average_precision:.3f} |" in text
    assert "Not known: too few keepers" in text


def test_a_photograph_without_vector_is_not_trained_on(archive: DataRoot) -> None:
    known = PLANTED.known.with_columns(photo_id=pl.format("{}_other", "photo_id")).head(3)
    both = pl.concat([PLANTED.known.head(3), known])
    rows, vectors = with_vectors(both, active_vectors(archive))
    assert rows["photo_id"].to_list() == PLANTED.known["photo_id"].head(3).to_list()
    assert np.array_equal(vectors, PLANTED.vectors[:3])
