"""Where a row stands in its group, beside a plain loop over pairs."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.keepers.taste.standing import Groups, codes_of


def test_rank_and_lead_of_a_burst_of_three() -> None:
    higher, lead = Groups(np.zeros(3, np.int64)).ordered(np.array([0.2, 0.9, 0.5]))
    assert higher.tolist() == [1, 0, 0.5]
    assert lead == pytest.approx([-0.7, 0.4, -0.4])


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=30))
def test_standing_is_what_pairs_say(rows: list[tuple[int, int]]) -> None:
    codes, values = (np.array(part) for part in zip(*rows, strict=True))
    groups = Groups(codes)
    higher, lead = groups.ordered(values.astype(float))
    for row, (code, value) in enumerate(rows):
        others = [v for n, (c, v) in enumerate(rows) if c == code and n != row]
        share = sum(v > value for v in others) / len(others) if others else 0
        assert higher[row] == pytest.approx(share)
        assert lead[row] == (value - max(others) if others else 0)
        assert groups.size[row] == len(others) + 1


def test_deviations_are_those_of_the_own_group() -> None:
    found = Groups(np.array([0, 0, 1, 1, 2])).deviations(np.array([1.0, 3, 7, 7, 4]))
    assert found.tolist() == [-1, 1, 0, 0, 0]


def test_rows_without_a_group_are_alone() -> None:
    codes = codes_of(pl.Series(["b", None, "a", None, "b"], dtype=pl.String))
    assert np.bincount(codes)[codes].tolist() == [2, 1, 1, 1, 2]
