"""Labels: who says what is a keeper, and what comes close to one."""

from math import exp
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.keepers.taste.keeper_labels import (
    keeper_files,
    keeper_labels_version,
    label_session,
)
from flux_resources.settings_sections import KeeperLabelSettings
from flux_tests.keepers.taste.labelled_rows import SESSION, SETTINGS, labels

KEPT = {"keeper_paths": ["KEEPERS/a.jpg"]}


def near_misses(*photographs: dict[str, Any], **settings: Any) -> list[float]:
    return labels(*photographs, settings=KeeperLabelSettings(**settings))["near_miss"].to_list()


def test_a_matched_photograph_is_a_keeper_and_the_others_are_not() -> None:
    found = labels(KEPT, {})
    assert found["keeper"].to_list() == [1, 0]
    assert found["source"].to_list() == ["match", "none"]
    assert found["keeper_paths"].to_list() == [["KEEPERS/a.jpg"], []]


def test_several_edits_of_one_original_are_one_keeper() -> None:
    verified = pl.DataFrame(
        {"keeper_path": ["K/b.jpg", "K/a.jpg", "K/c.jpg"], "photo_id": ["x", "x", None]}
    )
    assert keeper_files(verified).to_dicts() == [
        {"photo_id": "x", "keeper_paths": ["K/a.jpg", "K/b.jpg"]}
    ]


def test_a_label_set_by_a_person_wins() -> None:
    found = labels(KEPT | {"said": 0}, {"said": 1}, KEPT)
    assert found["keeper"].to_list() == [0, 1, 1]
    assert found["source"].to_list() == ["person", "person", "match"]
    assert found["keeper_paths"].to_list()[0] == ["KEEPERS/a.jpg"]


def test_without_keepers_in_the_session_nothing_is_a_near_miss() -> None:
    assert near_misses({}, {}, {"said": 0}) == [0, 0, 0]
    assert near_misses(KEPT | {"said": 0}, {}) == [0, 0]


def test_a_keeper_by_a_persons_word_has_near_misses_too() -> None:
    assert near_misses({"said": 1}, {}) == pytest.approx([0, 1])


def test_what_a_person_ruled_out_is_no_near_miss() -> None:
    assert near_misses(KEPT, {"said": 0}) == [0, 0]


def test_the_formula_is_the_one_that_is_written_down() -> None:
    turn = np.arccos(0.9)
    (_, found) = near_misses(KEPT, {"seconds": 150, "turn": turn})
    assert found == pytest.approx(exp(-(150 / 300 + 0.1 / 0.2)), rel=1e-5)


def test_both_scales_are_settings() -> None:
    frames = (KEPT, {"seconds": 60, "turn": np.arccos(0.5)})
    found = near_misses(*frames, near_miss_seconds=60, near_miss_cosine=0.5)
    assert found[1] == pytest.approx(exp(-2), rel=1e-5)
    scales = KeeperLabelSettings(near_miss_seconds=60)
    assert keeper_labels_version(scales) != keeper_labels_version(SETTINGS)


def test_the_weight_of_a_near_miss_makes_no_label_stale() -> None:
    other = KeeperLabelSettings(near_miss=0.1, augmented_variants=0)
    assert keeper_labels_version(other) == keeper_labels_version(SETTINGS)


@given(st.floats(0, 80_000), st.floats(0, 80_000), st.floats(0, np.pi), st.floats(0, np.pi))
def test_closer_in_time_or_picture_is_never_less_of_a_near_miss(
    seconds: float, later: float, turn: float, further: float
) -> None:
    (seconds, later), (turn, further) = sorted((seconds, later)), sorted((turn, further))
    close, late, unlike = near_misses(
        KEPT,
        {"seconds": seconds, "turn": turn},
        {"seconds": -later, "turn": turn},
        {"seconds": seconds, "turn": further},
    )[1:]
    assert 0 <= late <= close <= 1
    assert 0 <= unlike <= close + 1e-9


def test_the_keeper_that_is_closest_in_both_counts() -> None:
    far, like = KEPT | {"seconds": 600}, KEPT | {"seconds": 5, "turn": 1.5}
    alone = near_misses(far, {})[1]
    assert near_misses(far, like, {})[2] == pytest.approx(alone)
    assert near_misses(far, like, KEPT | {"seconds": 1}, {})[3] > 0.99


def test_an_unknown_time_or_vector_is_no_near_miss_and_hides_no_other() -> None:
    assert near_misses(KEPT, {"resolved_at": None}, {"vector": None}, {}) == pytest.approx(
        [0, 0, 0, 1]
    )
    assert near_misses(KEPT | {"vector": None}, KEPT | {"resolved_at": None}, {}) == [0, 0, 0]
    assert near_misses(KEPT | {"vector": None}, {"vector": None}) == [0, 0]
    assert near_misses(KEPT | {"vector": None}, KEPT, {}) == pytest.approx([0, 0, 1])


def test_a_long_session_is_compared_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[dict[str, Any]] = [
        KEPT,
        *({"seconds": number * 30, "turn": number / 10} for number in range(20)),
    ]
    whole = near_misses(*frames)
    monkeypatch.setattr("flux_assets.keepers.taste.keeper_labels._AT_ONCE", 3)
    assert near_misses(*frames) == pytest.approx(whole)


def test_a_session_without_photographs_has_no_rows() -> None:
    assert label_session(pl.DataFrame(schema=SESSION), settings=SETTINGS).is_empty()
