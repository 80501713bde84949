"""The order of a draft: neighbours rhyme, repetitions stand apart."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.publishing.drafts.selection import facets_of
from flux_assets.publishing.drafts.sequence import (
    REACH,
    REPEAT,
    arrange,
    pair_costs,
    pair_likeness,
    total_costs,
)
from flux_tests.publishing.drafts.draft_rows import candidates, looks


@given(st.integers(0, 9), st.integers(0, 1000))
def test_every_photograph_has_one_place(count: int, seed: int) -> None:
    drawn = np.random.default_rng(seed).random((REACH, count, count))

    assert sorted(arrange(drawn + drawn.transpose(0, 2, 1))) == list(range(count))


def test_a_line_is_found_again() -> None:
    line = np.random.default_rng(1).permutation(20)
    away = np.abs(line[:, None] - line).astype(float)
    costs = np.stack([away, *np.zeros((REACH - 1, 20, 20))])

    placed = line[arrange(costs)]

    assert sorted([placed.tolist(), placed[::-1].tolist()])[0] == list(range(20))


def test_no_order_of_a_thousand_is_better() -> None:
    facets = facets_of(candidates(36).rows.with_columns(relevance=1.0), looks(36))
    costs = pair_costs(facets, np.arange(36))
    random = np.random.default_rng(0)
    others = np.stack([random.permutation(36) for _ in range(1000)])

    found = arrange(costs)

    assert total_costs(costs, found[None])[0] < total_costs(costs, others).min()
    assert found.tolist() == arrange(costs).tolist()


def test_pictures_of_one_motif_do_not_stand_side_by_side() -> None:
    motif = np.repeat(np.arange(12), 3)
    vectors = looks(12)[motif] + 0.1 * looks(36, seed=5)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = candidates(36).rows.sort("photo_id").with_columns(relevance=1.0)
    facets = facets_of(rows, vectors.astype(np.float32))
    every = np.arange(36)
    assert (pair_likeness(facets, every)[0, 1:3] > REPEAT).all()

    order = motif[arrange(pair_costs(facets, every))]

    for distance in range(1, REACH):
        assert (order[:-distance] != order[distance:]).all()
