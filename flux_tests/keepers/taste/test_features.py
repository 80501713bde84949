"""Features: their groups, what they must not know, and what is unknown."""

from datetime import datetime

import numpy as np
import polars as pl
import pytest

from flux_assets.keepers.taste.features import Photographs, feature_table
from flux_assets.keepers.taste.taste import Measured
from flux_resources.settings_sections import KeeperModelSettings

ALL = KeeperModelSettings().groups


def photographs(known: pl.DataFrame) -> Photographs:
    """Rows whose scores are 0, 1, 2, ..."""
    rows = np.arange(known.height, dtype=np.float32)
    measured = Measured(
        np.stack([rows] * 3, 1), rows, np.stack([rows] * 4, 1), np.stack([rows] * 2, 1)
    )
    return Photographs(known, measured)


@pytest.fixture
def day() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "photo_id": ["a", "b", "c", "d"],
            "day": ["2022-01-15"] * 4,
            "resolved_at": [datetime(2022, 1, 15, 13, 30, second) for second in (0, 1, 2, 59)],
            "burst_id": ["burst_1"] * 3 + [None],
            "position": [1, 2, 3, None],
            "burst_size": [3, 3, 3, None],
            "is_best": [True, False, False, None],
            "quality_score": [0.9, 0.5, None, 0.2],
        }
    )


def column(known: pl.DataFrame, name: str) -> list[float]:
    found = feature_table(photographs(known), ALL)
    values: list[float] = found.values[:, found.names.index(name)].tolist()
    return values


@pytest.mark.parametrize("group", ALL)
def test_a_group_is_there_or_not(day: pl.DataFrame, group: str) -> None:
    whole = feature_table(photographs(day), ALL)
    assert group in whole.groups
    rest = feature_table(photographs(day), [other for other in ALL if other != group])
    assert group not in rest.groups
    assert len(rest.names) < len(whole.names)
    assert rest.values.shape == (4, len(rest.names))


def test_what_is_switched_off_is_not_compared_in_bursts_either(day: pl.DataFrame) -> None:
    names = feature_table(photographs(day), ("quality", "burst", "session")).names
    assert not [name for name in names if "taste" in name or "near" in name]
    assert "quality_score_rank_in_burst" in names


def test_which_frame_a_keeper_made_the_best_is_not_known(day: pl.DataFrame) -> None:
    other = day.with_columns(is_best=pl.Series([False, False, True, None]))
    one, two = (feature_table(photographs(rows), ALL).values for rows in (day, other))
    assert np.array_equal(one, two, equal_nan=True)


def test_frames_are_compared_within_their_burst(day: pl.DataFrame) -> None:
    assert column(day, "taste_overall_best_of_burst") == [0, 0, 1, 0]
    assert column(day, "taste_overall_rank_in_burst") == [1, 0.5, 0, 0]
    assert column(day, "taste_overall_lead_in_burst") == [-2, -1, 1, 0]
    assert column(day, "quality_score_best_of_burst") == [1, 0, 0, 0]
    assert column(day, "alone") == [0, 0, 0, 1]


def test_frames_are_compared_within_their_session(day: pl.DataFrame) -> None:
    assert column(day, "taste_overall_rank_in_session") == pytest.approx([1, 2 / 3, 1 / 3, 0])


def test_pauses_and_hour_come_from_the_resolved_time(day: pl.DataFrame) -> None:
    assert column(day, "hour") == [13.5] * 4
    assert column(day, "pause_before") == pytest.approx(
        [np.nan, np.log(2), np.log(2), np.log(58)], nan_ok=True
    )
    assert column(day, "pause_after") == pytest.approx(
        [np.log(2), np.log(2), np.log(58), np.nan], nan_ok=True
    )


def test_what_is_missing_is_unknown_and_stops_nothing() -> None:
    bare = pl.DataFrame({"photo_id": ["a", "b"], "day": ["2022-01-15", "2022-01-16"]})
    found = feature_table(photographs(bare), ALL)
    unknown = {
        name
        for name, values in zip(found.names, found.values.T, strict=True)
        if np.isnan(values).all()
    }
    assert {"sharpness", "median_luminance", "hour", "pause_before"} <= unknown
    assert not [name for name in unknown if "taste" in name or "burst" in name]
