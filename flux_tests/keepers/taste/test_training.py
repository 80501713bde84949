"""The keeper model on planted taste: what it finds, and what it must not look at."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.special import logit

from flux_assets.keepers.taste.baselines import baseline_scores
from flux_assets.keepers.taste.calibration import Calibration
from flux_assets.keepers.taste.model import KeeperModel
from flux_assets.keepers.taste.training import Training, evaluate_held_out, too_little, train
from flux_resources.settings_sections import KeeperModelSettings
from flux_tests.keepers.taste.planted import Planted, Rule, plant

SETTINGS = KeeperModelSettings(trees=30, workers=2)


def trained(planted: Planted, training: pl.DataFrame | None = None, **given: object) -> Training:
    labels = planted.training if training is None else training
    return train(planted.known, planted.vectors, labels, settings=SETTINGS, **given)  # type: ignore[arg-type]


def without_forward(planted: Planted) -> pl.DataFrame:
    return planted.training.with_columns(forward_split=pl.lit(None, pl.String))


def content(model: KeeperModel, folder: Path) -> dict[str, bytes]:
    model.save(folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def archive() -> Planted:
    return plant(5000, 16, Rule(session_frames=40, positives=0.08))


@pytest.fixture(scope="module")
def training(archive: Planted) -> Training:
    return trained(archive)


@pytest.fixture(scope="module")
def again(archive: Planted) -> Training:
    """The same once more, but not forward in time."""
    return trained(archive, without_forward(archive))


def test_the_model_comes_near_the_oracle_and_beats_every_baseline(
    archive: Planted, training: Training
) -> None:
    oracle = evaluate_held_out("oracle", archive.oracle, archive.known, archive.training)
    model, *baselines = training.evaluations
    assert [one.name for one in training.evaluations] == [
        *("keeper model", "random", "technical quality", "keeper centroid"),
        "logistic regression",
    ]
    assert model.average_precision > 0.85 * oracle.average_precision
    for baseline in baselines:
        assert model.average_precision > baseline.average_precision
        assert model.brier < baseline.brier
    assert model.rows == (archive.training["split"] == "test").sum()


def test_it_is_judged_forward_in_time_as_well(archive: Planted, training: Training) -> None:
    model = training.forward[0]
    assert model.rows == (archive.training["forward_split"] == "test").sum()
    assert model.average_precision > 5 * model.base_rate


def test_its_chances_hold(archive: Planted, training: Training) -> None:
    held_out = (archive.training["split"] == "test").to_numpy()
    chances = training.model.score(archive.known, archive.vectors)
    keepers = (archive.training["keeper"] == 1).to_numpy()
    assert ((chances > 0) & (chances < 1)).all()
    assert chances[held_out].sum() == pytest.approx(keepers[held_out].sum(), rel=0.25)


def test_what_is_reported_is_what_the_model_says_of_the_test_rows(
    archive: Planted, training: Training
) -> None:
    scores = training.model.score(archive.known, archive.vectors)
    again = evaluate_held_out("keeper model", scores, archive.known, archive.training)
    assert again.average_precision == pytest.approx(training.evaluations[0].average_precision)
    assert again.brier == pytest.approx(training.evaluations[0].brier)


def test_the_same_input_gives_the_same_files(
    training: Training, again: Training, tmp_path: Path
) -> None:
    assert content(training.model, tmp_path / "a") == content(again.model, tmp_path / "b")


def test_without_enough_newer_keepers_nothing_is_said_of_them(again: Training) -> None:
    assert again.forward == []
    assert "train split" in str(again.tried["forward in time"])


def test_labels_and_altered_copies_of_the_test_split_change_nothing_in_the_model(
    archive: Planted, training: Training, tmp_path: Path
) -> None:
    test = pl.col("split") == "test"
    labels = without_forward(archive).with_columns(
        keeper=pl.when(test).then(1 - pl.col("keeper")).otherwise("keeper")
    )
    named = labels.filter(test).select("photo_id")
    noise = np.random.default_rng(0).standard_normal((named.height, 16))
    copies = named.with_columns(vector=pl.Series(noise.tolist(), dtype=pl.List(pl.Float32)))
    turned = trained(archive, labels, augmented=copies)
    assert content(training.model, tmp_path / "a") == content(turned.model, tmp_path / "b")


def test_a_model_that_was_stored_scores_as_before(
    archive: Planted, training: Training, tmp_path: Path
) -> None:
    training.model.save(tmp_path)
    loaded = KeeperModel.load(tmp_path)
    scores = loaded.score(archive.known, archive.vectors)
    assert np.array_equal(scores, training.model.score(archive.known, archive.vectors))
    assert loaded.importance() == training.model.importance()


def test_a_day_scores_alone_as_it_does_among_others(archive: Planted, training: Training) -> None:
    whole = training.model.score(archive.known, archive.vectors)
    here = (archive.known["day"] == archive.known["day"][3000]).to_numpy()
    alone = training.model.score(archive.known.filter(pl.Series(here)), archive.vectors[here])
    assert np.allclose(alone, whole[here], atol=1e-4)


def test_what_the_groups_add_makes_up_the_score(archive: Planted, training: Training) -> None:
    parts = training.model.contributions(archive.known, archive.vectors)
    assert set(parts) == set(SETTINGS.groups)
    bare = replace(training.model, calibration=Calibration("platt", 1.0, 0.0, []))
    rest = logit(bare.score(archive.known, archive.vectors)) - sum(parts.values())
    assert np.ptp(rest) < 1e-3


def test_shares_of_the_features_sum_to_one(training: Training) -> None:
    names, shares = zip(*training.model.importance(), strict=True)
    assert sum(shares) == pytest.approx(1)
    assert list(shares) == sorted(shares, reverse=True)
    assert "taste_overall" in names


def test_vectors_of_another_size_are_refused(archive: Planted, training: Training) -> None:
    with pytest.raises(ValueError, match="reads 16 numbers"):
        training.model.score(archive.known, archive.vectors[:, :8])


def test_altered_copies_of_training_photographs_are_learned_from(
    archive: Planted, training: Training, tmp_path: Path
) -> None:
    taught = archive.training.with_row_index().filter(pl.col("split") == "train").head(500)
    vectors = archive.vectors[taught["index"].to_numpy()]
    copies = taught.select("photo_id", vector=pl.Series(vectors.tolist()).cast(pl.List(pl.Float32)))
    more = trained(archive, without_forward(archive), augmented=copies)
    assert content(training.model, tmp_path / "a") != content(more.model, tmp_path / "b")
    first, second = (one.evaluations[0].average_precision for one in (training, more))
    assert second == pytest.approx(first, rel=0.1)


def test_baselines_know_what_they_say(archive: Planted, training: Training) -> None:
    found = baseline_scores(archive.known, archive.vectors, training.model.taste, seed=0)
    assert np.array_equal(found["technical quality"], archive.known["quality_score"].to_numpy())
    keepers = (archive.training["keeper"] == 1) & (archive.training["split"] == "train")
    mean = archive.vectors[keepers.to_numpy()].mean(0)
    cosine = archive.vectors @ mean / np.linalg.norm(mean)
    assert np.allclose(found["keeper centroid"], cosine, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (pl.col("keeper") * 0, "0 keepers are labelled, and the keeper model learns from 50 on"),
        (
            pl.when(pl.col("split") == "test").then(0).otherwise("keeper"),
            "in the test split; it has 0",
        ),
        (pl.when(pl.col("split") != "validation").then("keeper").otherwise(0), "validation split"),
    ],
)
def test_too_little_to_learn_from_is_a_sentence(
    archive: Planted, change: pl.Expr, words: str
) -> None:
    labels = archive.training.with_columns(keeper=change)
    reason = too_little(labels, SETTINGS)
    assert reason is not None
    assert words in reason
    with pytest.raises(ValueError, match=words):
        trained(archive, labels)
