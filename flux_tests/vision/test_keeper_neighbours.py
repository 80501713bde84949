"""The photographs most like each keeper: those that comparing every pair would give."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.vision import keeper_neighbours
from flux_assets.vision.keeper_neighbours import find_alike
from flux_resources.vectors import Vectors

NONE_WANTED = pl.DataFrame(schema={"sha256": pl.String, "photo_id": pl.String})


def unit(count: int, seed: int) -> Vectors:
    values = np.random.default_rng(seed).standard_normal((count, 8), dtype=np.float32)
    vectors: Vectors = values / np.linalg.norm(values, axis=1, keepdims=True)
    return vectors


def frame(name: str, letter: str, vectors: Vectors) -> pl.DataFrame:
    names = [f"{letter}{n}" for n in range(len(vectors))]
    return pl.DataFrame({name: names}, {name: pl.String}).with_columns(
        vector=pl.Series(vectors).cast(pl.List(pl.Float32))
    )


class Store:
    """Photographs of five days, and the days that were read together."""

    def __init__(self, vectors: Vectors) -> None:
        self.stored = frame("photo_id", "p", vectors).with_columns(
            day=pl.Series([f"2022-01-{n % 5 + 1:02}" for n in range(len(vectors))], dtype=pl.String)
        )
        self.read: list[list[str]] = []

    def rows(self, days: Sequence[str]) -> pl.DataFrame:
        self.read.append(list(days))
        return self.stored.filter(pl.col("day").is_in(list(days)))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_neighbours, "_PHOTOGRAPHS_AT_ONCE", 16)
    monkeypatch.setattr(keeper_neighbours, "_KEEPERS_AT_ONCE", 4)


@given(keepers=st.integers(0, 11), photographs=st.integers(0, 90), most=st.integers(1, 20))
def test_the_answer_is_that_of_comparing_all_pairs(
    keepers: int, photographs: int, most: int
) -> None:
    queries, vectors = unit(keepers, 1), unit(photographs, 2)
    store = Store(vectors)
    found = find_alike(
        frame("sha256", "k", queries), store.stored, NONE_WANTED, vectors=store.rows, most=most
    )
    cosines = queries @ vectors.T
    expected = {
        (f"k{row}", f"p{column}"): cosines[row, column]
        for row in range(keepers)
        for column in np.argsort(-cosines[row])[:most]
    }
    pairs = {(sha256, photo_id): cosine for sha256, photo_id, cosine in found.iter_rows()}
    assert pairs.keys() == expected.keys()
    assert all(pairs[pair] == pytest.approx(expected[pair], abs=1e-5) for pair in pairs)


def test_pairs_that_are_asked_for_are_compared_in_any_case() -> None:
    queries, vectors = unit(2, 1), unit(60, 2)
    store = Store(vectors)
    furthest = int(np.argmin(queries[1] @ vectors.T))
    wanted = pl.DataFrame({"sha256": ["k1", "k1", "?"], "photo_id": [f"p{furthest}", "p?", "p1"]})
    found = find_alike(
        frame("sha256", "k", queries), store.stored, wanted, vectors=store.rows, most=3
    )
    assert found.height == 7
    row = found.row(by_predicate=pl.col("photo_id") == f"p{furthest}", named=True)
    assert row["cosine"] == pytest.approx((queries[1] @ vectors[furthest]).item(), abs=1e-5)


def test_only_photographs_that_can_be_originals_are_compared() -> None:
    store = Store(unit(60, 2))
    some = store.stored.head(5)
    found = find_alike(
        frame("sha256", "k", unit(1, 1)), some, NONE_WANTED, vectors=store.rows, most=12
    )
    assert set(found["photo_id"]) == set(some["photo_id"])


def test_a_keeper_without_a_vector_has_no_pairs() -> None:
    looks = frame("sha256", "k", unit(1, 1)).with_columns(vector=pl.lit(None, pl.List(pl.Float32)))
    store = Store(unit(5, 2))
    found = find_alike(looks, store.stored, NONE_WANTED, vectors=store.rows, most=3)
    assert (found.height, store.read) == (0, [])


def test_days_are_read_once_and_only_so_many_photographs_at_a_time() -> None:
    store = Store(unit(50, 2))
    find_alike(
        frame("sha256", "k", unit(9, 1)), store.stored, NONE_WANTED, vectors=store.rows, most=3
    )
    days = [day for days in store.read for day in days]
    assert sorted(days) == sorted(set(store.stored["day"]))
    assert len(store.read) > 1
