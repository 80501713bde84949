"""Groups around medoids: never chained, never across what is separate."""

from collections.abc import Mapping
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.vision.duplicate_groups import Separate, group_around_medoids
from flux_assets.vision.hamming_pairs import Pairs

Edge = tuple[int, int, int]
_EDGES = st.dictionaries(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1]),
    st.integers(0, 12),
).map(lambda edges: [(*pair, distance) for pair, distance in edges.items()])


def medoids(
    edges: list[Edge],
    count: int,
    *,
    sequence: list[int] | None = None,
    moment: list[int] | None = None,
    apart: Mapping[int, frozenset[int]] | None = None,
) -> list[int]:
    first, second, distance = np.array(edges, np.int32).reshape(-1, 3).T
    separate = Separate(
        np.array(sequence or [-1] * count), np.array(moment or [0] * count), apart or {}
    )
    found = group_around_medoids(Pairs(first, second, distance.astype(np.uint8)), separate)
    return [int(medoid) for medoid in found]


def test_a_chain_is_not_one_group() -> None:
    chain = [(node, node + 1, 4) for node in range(5)]
    assert medoids(chain, 6) == [1, 1, 1, 4, 4, 4]


def test_the_medoid_is_the_one_that_most_others_look_like() -> None:
    assert medoids([(0, 3, 9), (1, 3, 9), (2, 3, 9), (0, 1, 1)], 4) == [3, 3, 3, 3]


def test_of_equals_the_nearer_one_and_then_the_lower_number_is_medoid() -> None:
    assert medoids([(0, 1, 5), (1, 2, 1), (0, 2, 2)], 3) == [2, 2, 2]
    assert medoids([(0, 1, 3)], 2) == [0, 0]


def test_what_is_taken_no_longer_counts() -> None:
    star = [(0, node, 1) for node in (1, 2, 3, 4)]
    leaf = [(4, 5, 1), (4, 6, 1), (5, 6, 3)]
    assert medoids(star + leaf, 7) == [0, 0, 0, 0, 0, 5, 5]


@given(_EDGES)
def test_every_member_is_paired_with_its_medoid(edges: list[Edge]) -> None:
    pairs = {pair[:2] for pair in edges}
    for member, medoid in enumerate(medoids(edges, 12)):
        if medoid >= 0:
            assert member == medoid or (min(member, medoid), max(member, medoid)) in pairs


@given(_EDGES)
def test_no_pair_is_left_over(edges: list[Edge]) -> None:
    found = medoids(edges, 12)
    assert not any(found[one] < 0 and found[other] < 0 for one, other, _ in edges)


@given(_EDGES, st.randoms(use_true_random=False))
def test_the_order_of_the_pairs_does_not_matter(edges: list[Edge], random: Random) -> None:
    shuffled = list(edges)
    random.shuffle(shuffled)
    assert medoids(edges, 12) == medoids(shuffled, 12)


def test_presses_of_one_burst_share_no_group_even_through_a_third() -> None:
    edges = [(0, 1, 1), (0, 2, 2), (1, 2, 1)]
    assert medoids(edges, 3, sequence=[-1, 7, 7], moment=[0, 10, 20]) == [0, 0, -1]


def test_two_files_of_one_press_of_a_burst_are_grouped() -> None:
    assert medoids([(0, 1, 1)], 2, sequence=[7, 7], moment=[10, 10]) == [0, 0]


def test_what_a_person_told_apart_shares_no_group_even_through_a_third() -> None:
    apart = {1: frozenset({2}), 2: frozenset({1})}
    assert medoids([(0, 1, 1), (0, 2, 2), (1, 2, 1)], 3, apart=apart) == [0, 0, -1]
