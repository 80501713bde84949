"""All pairs within a Hamming distance: none missed, none twice."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flux_assets.vision import hamming_pairs
from flux_assets.vision.hamming_pairs import Hashes, Pairs, joined, pairs_between, pairs_within
from flux_tests.vision.archive_rows import random_hashes

_HASHES = st.lists(
    st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 63).map(lambda bit: 1 << bit), st.just(0)),
    max_size=40,
).map(lambda values: np.array(values, np.uint64))


@pytest.fixture(autouse=True, params=["buckets", "brute force"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few hashes are compared by brute force: both ways have to hold."""
    if request.param == "buckets":
        monkeypatch.setattr(hamming_pairs, "_FEW", 0)


def found(pairs: Pairs) -> list[tuple[int, int, int]]:
    return sorted(zip(*(array.tolist() for array in pairs), strict=True))


def among(hashes: Hashes, radius: int) -> list[tuple[int, int, int]]:
    return [pair for pair in between(hashes, hashes, radius) if pair[0] < pair[1]]


def between(hashes: Hashes, others: Hashes, radius: int) -> list[tuple[int, int, int]]:
    """Brute force."""
    distance = np.bitwise_count(hashes[:, None] ^ others)
    near = zip(*(side.tolist() for side in np.nonzero(distance <= radius)), strict=True)
    return [(first, second, int(distance[first, second])) for first, second in near]


def everything(hashes: Hashes, radius: int, workers: int = 1) -> list[tuple[int, int, int]]:
    return found(joined(pairs_within(hashes, radius, workers=workers), radius, 10**9)[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_HASHES, st.integers(0, 16))
def test_every_pair_within_the_radius_is_found_once(hashes: Hashes, radius: int) -> None:
    assert everything(hashes, radius) == among(hashes, radius)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_HASHES, _HASHES, st.integers(0, 16))
def test_every_pair_of_two_sets_is_found_once(hashes: Hashes, others: Hashes, radius: int) -> None:
    pairs, _ = joined(pairs_between(hashes, others, radius), radius, 10**9)
    assert found(pairs) == between(hashes, others, radius)


def test_crowds_larger_than_a_block_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hamming_pairs, "_BLOCK", 64)
    hashes = np.concatenate([random_hashes(400), np.zeros(100, np.uint64)])
    assert everything(hashes, 12) == among(hashes, 12)


def test_threads_change_nothing() -> None:
    hashes = random_hashes(2000)
    one, two = (joined(pairs_within(hashes, 12, workers=n), 12, 10**9)[0] for n in (1, 2))
    assert np.array_equal(one.first, two.first)
    assert np.array_equal(one.second, two.second)


def test_too_many_pairs_leave_out_the_furthest_and_say_so() -> None:
    hashes = random_hashes(500)
    nearer = among(hashes, 7)

    pairs, complete_to = joined(pairs_within(hashes, 12), 12, len(nearer))

    assert complete_to == 7
    assert found(pairs) == nearer


def test_pairs_that_all_fit_are_complete() -> None:
    hashes = random_hashes(500)
    pairs, complete_to = joined(pairs_within(hashes, 12), 12, len(among(hashes, 12)))
    assert complete_to == 12
    assert found(pairs) == among(hashes, 12)
