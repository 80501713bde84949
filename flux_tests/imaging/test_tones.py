"""What the histogram of a picture tells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.imaging.tones import Histogram, Tones, measure_tones


def shares(**levels: float) -> Histogram:
    """Shares of levels, given as `_12=0.5`; an even ramp takes what is left."""
    given_shares = {int(name[1:]): share for name, share in levels.items()}
    histogram = np.full(256, (1 - sum(given_shares.values())) / 256)
    for level, share in given_shares.items():
        histogram[level] += share
    return histogram


def tones(**levels: float) -> Tones:
    return measure_tones(shares(**levels))


def test_an_even_ramp_is_exposed_and_full_of_contrast() -> None:
    found = tones()

    assert found.exposure > 0.85
    assert found.contrast == 1
    assert found.spread == pytest.approx(0.98, abs=0.01)


def test_blown_highlights_and_blocked_shadows_cost_exposure() -> None:
    assert tones(_255=0.3).clipped_highlights == pytest.approx(0.36, abs=0.01)
    assert tones(_0=0.3).clipped_shadows == pytest.approx(0.32, abs=0.01)
    assert tones(_255=0.3).exposure < tones(_255=0.1).exposure < tones().exposure
    assert tones(_0=0.2).exposure < tones(_0=0.1).exposure < tones().exposure


def test_a_blown_sky_stays_lost_when_it_is_darkened() -> None:
    darkened = np.zeros(256)
    darkened[:128] = (1 - 0.3) / 128
    darkened[127] += 0.3

    assert measure_tones(darkened).clipped_highlights > 0.3


def test_fog_has_little_contrast_and_clips_nothing() -> None:
    fog = np.zeros(256)
    fog[140:200] = np.hanning(60) / np.hanning(60).sum()
    found = measure_tones(fog)

    assert found.contrast < 0.4
    assert found.clipped_shadows < 0.02
    assert found.clipped_highlights < 0.07


@given(st.lists(st.integers(0, 255), min_size=1, max_size=300))
def test_every_histogram_has_tones_in_range(levels: list[int]) -> None:
    found = measure_tones(np.bincount(levels, minlength=256) / len(levels))

    shares = vars(found) | {"log_range": 0}
    assert all(0 <= value <= 1 for value in shares.values())
    assert found.log_range >= 0
