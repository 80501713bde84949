"""Searching while rows come and go, with and without an index."""

from pathlib import Path

import pytest

from flux_resources.vectors import Vectors, VectorStore
from flux_tests.resources.vector_rows import clustered, names, rows

A, B = "2022-01-15", "2022-01-16"
NAMES = names(5_000)


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return clustered(5_000, 64)


@pytest.fixture(params=[False, True], ids=["no index", "index"])
def store(vectors: Vectors, tmp_path: Path, request: pytest.FixtureRequest) -> VectorStore:
    """4,000 rows of day A, searched before."""
    opened = VectorStore(tmp_path, tmp_path / "locks", "mini")
    opened.replace_days([A], rows(vectors[:4_000], NAMES[:4_000], A))
    if request.param:
        opened.build_index()
    opened.warm()
    return opened


def _first(store: VectorStore, vector: Vectors, among: list[str] | None = None) -> str | None:
    found = store.nearest(vector, 1, among)["photo_id"]
    return found[0] if len(found) else None


@pytest.mark.parametrize("count", [1, 300, 1_000], ids=["one", "a day", "many"])
def test_a_day_is_found_as_soon_as_it_is_written(
    store: VectorStore, vectors: Vectors, count: int
) -> None:
    part = slice(4_000, 4_000 + count)
    store.replace_days([B], rows(vectors[part], NAMES[part], B))

    for number in {4_000, 4_000 + count - 1}:
        assert _first(store, vectors[number]) == NAMES[number]
        assert _first(store, vectors[number], NAMES[3_000:]) == NAMES[number]


def test_a_photograph_that_left_is_not_found(store: VectorStore, vectors: Vectors) -> None:
    store.replace_days([A], rows(vectors[1:4_000], NAMES[1:4_000], A))

    assert _first(store, vectors[0]) != NAMES[0]
    assert _first(store, vectors[0], NAMES[:1]) is None
    assert _first(store, vectors[0], NAMES) != NAMES[0]


def test_a_changed_vector_is_found_where_it_is_now(store: VectorStore, vectors: Vectors) -> None:
    now = vectors[:4_000].copy()
    now[0] = vectors[4_500]
    store.replace_days([A], rows(now, NAMES[:4_000], A))

    assert _first(store, vectors[4_500], NAMES[:3_000]) == NAMES[0]
    assert _first(store, vectors[0], NAMES[:3_000]) != NAMES[0]


def test_emptied_stores_answer_nothing(store: VectorStore, vectors: Vectors) -> None:
    store.replace_days([A], rows(vectors[:0], [], A))

    assert _first(store, vectors[0]) is None
    assert _first(store, vectors[0], NAMES) is None


def test_refreshing_and_building_change_no_answer(store: VectorStore, vectors: Vectors) -> None:
    store.replace_days([B], rows(vectors[4_000:], NAMES[4_000:], B))
    before = [store.nearest(vectors[number], 12) for number in (0, 4_999)]

    for work in (store.refresh_index, store.build_index):
        work()
        after = [store.nearest(vectors[number], 12) for number in (0, 4_999)]
        assert all(one.equals(other) for one, other in zip(before, after, strict=True))


def test_refreshing_takes_in_what_came(vectors: Vectors, tmp_path: Path) -> None:
    store = VectorStore(tmp_path, tmp_path / "locks", "mini")
    store.replace_days([A], rows(vectors[:4_000], NAMES[:4_000], A))
    assert store.index_state() is None
    store.build_index()
    store.set_probes(1)
    store.replace_days([B], rows(vectors[4_000:], NAMES[4_000:], B))
    state = store.index_state()
    assert state is not None
    assert (state.rows, state.indexed, state.unindexed, state.probes) == (4_000, 4_000, 1_000, 1)

    store.refresh_index()

    state = store.index_state()
    assert state is not None
    assert (state.rows, state.indexed, state.unindexed, state.probes) == (4_000, 5_000, 0, 1)


def test_a_table_that_was_made_anew_is_read_anew(store: VectorStore, vectors: Vectors) -> None:
    store._database.drop_table("mini")
    store.replace_days([A], rows(vectors[4_000:], NAMES[4_000:], A))

    assert _first(store, vectors[4_200], NAMES) == NAMES[4_200]
    assert _first(store, vectors[0], NAMES[:2_000]) is None
