"""What vectors tell of taste, and that no row is told its own label."""

import numpy as np
import polars as pl
import pytest

from flux_assets.keepers.taste.evaluation import Flags, average_precision
from flux_assets.keepers.taste.learning import Learned, deal_folds, learn_taste
from flux_assets.keepers.taste.linear import Codes
from flux_assets.keepers.taste.standing import codes_of
from flux_tests.keepers.taste.planted import Planted, Rule, plant


def learned(planted: Planted, labels: Flags, folds: Codes) -> Learned:
    return learn_taste(
        planted.vectors,
        labels,
        np.ones(len(labels)),
        folds,
        sessions=codes_of(planted.known["day"]),
        bursts=codes_of(planted.known["burst_id"]),
    )


@pytest.fixture(scope="module")
def archive() -> Planted:
    return plant(6000, 48, Rule(session_frames=40))


def test_labels_drawn_at_random_are_not_found_in_any_measure(archive: Planted) -> None:
    labels = np.random.default_rng(1).random(6000) < 0.05
    folds = deal_folds(archive.known["day"], labels)
    found = learned(archive, labels, folds)
    nearest, each = found.measured.likeness(folds)
    measures = [*found.measured.linear.T, found.measured.centroid, nearest, each]
    for measure in measures:
        assert average_precision(measure.astype(float), labels) < 1.5 * labels.mean()
    own = found.taste.measure(archive.vectors)
    assert average_precision(own.near.max(1).astype(float), labels) > 3 * labels.mean()


def test_rows_outside_the_folds_are_measured_as_new_ones_are(archive: Planted) -> None:
    labels = (archive.training["keeper"] == 1).to_numpy()
    folds = deal_folds(archive.known["day"], labels)
    folds[archive.known["day"].to_numpy() > "2022-02-20"] = -1
    found = learned(archive, labels, folds)
    new = found.taste.measure(archive.vectors)
    held_out = folds < 0
    assert np.array_equal(found.measured.linear[held_out], new.linear[held_out])
    assert np.array_equal(found.measured.centroid[held_out], new.centroid[held_out])
    assert not np.array_equal(found.measured.linear[~held_out], new.linear[~held_out])


def test_new_rows_get_the_likeness_that_trained_ones_get_on_average(archive: Planted) -> None:
    labels = np.random.default_rng(1).random(6000) < 0.05
    folds = deal_folds(archive.known["day"], labels)
    folds[3000:] = -1
    for likeness in learned(archive, labels, folds).measured.likeness(folds):
        trained, new = likeness[:3000], likeness[3000:]
        assert trained.mean() == pytest.approx(new.mean(), abs=0.01)


def test_folds_cut_no_group_and_hold_keepers_each() -> None:
    random = np.random.default_rng(0)
    groups = pl.Series([f"group {n}" for n in random.integers(0, 60, 1000)])
    labels = random.random(1000) < 0.02
    folds = deal_folds(groups, labels)
    per_group = pl.DataFrame({"group": groups, "fold": folds}).group_by("group").n_unique()
    assert per_group["fold"].to_list() == [1] * per_group.height
    assert (np.bincount(folds, labels) > 0).all()


def test_keepers_of_one_group_cannot_be_dealt() -> None:
    with pytest.raises(ValueError, match="one group"):
        deal_folds(pl.Series(["a", "a", "b"]), np.array([True, True, False]))
