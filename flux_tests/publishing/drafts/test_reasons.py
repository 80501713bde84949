"""The reason of each choice, in plain words."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl

from flux_assets.publishing.drafts.reasons import in_words


def _frames(**columns: Sequence[object]) -> pl.DataFrame:
    count = 4
    return pl.DataFrame(
        {
            "keeper": [True, True, False, True],
            "keeper_score": [1.0, 1.0, 0.42, None],
            "theme_cosine": [None] * count,
            "location_city": ["Rome", "Rome", "Lisbon", "Rome"],
            "location_country": ["Italy", "Italy", "Portugal", "Italy"],
            "captured_at": [datetime(2022, 1, day, 12) for day in (1, 2, 3, 4)],
            "median_luminance": [0.5, 0.9, 0.4, 0.7],
            **columns,
        }
    )


APART = np.full((4, 4), 0.3) + 0.7 * np.eye(4)


def test_what_was_kept_and_where_and_in_what_light() -> None:
    reasons = in_words(_frames(), APART)

    assert reasons[1].startswith("keeper; the brightest")
    assert reasons[2].startswith("keeper score 0.42; the only frame from Lisbon; the darkest")


def test_light_is_compared_with_the_neighbours() -> None:
    reasons = in_words(_frames(median_luminance=[0.8, 0.5, 0.8, 0.1]), APART)

    assert "darker than its neighbours" in reasons[1]


def test_a_repetition_a_rhyme_and_a_change_are_told_apart() -> None:
    alike = APART.copy()
    alike[0, 1] = alike[1, 0] = 0.9
    alike[1, 2] = alike[2, 1] = 0.01

    reasons = in_words(_frames(), alike)

    assert "takes up the look of the frame before" in reasons[1]
    assert "a change of look" in reasons[2]
    assert "rhymes with the frame before" in reasons[3]


def test_unknown_facts_are_left_out() -> None:
    nothing = [None] * 4
    frames = _frames(
        location_city=nothing, location_country=nothing, median_luminance=nothing
    ).cast({"median_luminance": pl.Float64})

    reasons = in_words(frames, APART)

    assert all(reason and "None" not in reason for reason in reasons)
