"""The vector store, on a real LanceDB."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flux_resources.vectors import Vectors, VectorStore

A, B, C = "2022-01-15", "2022-01-16", "2022-01-17"
DIMENSIONS = 32


@pytest.fixture
def store(tmp_path: Path) -> VectorStore:
    return VectorStore(tmp_path / "vectors", tmp_path / "locks", "mini")


def _unit(n: int, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(n, DIMENSIONS)).astype(np.float32)
    unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def _rows(day: str, *ids: str, seed: int = 0, vectors: Vectors | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "day": [day] * len(ids),
            "photo_id": list(ids),
            "sha256": [f"sha of {name}" for name in ids],
            "vector": (_unit(len(ids), seed) if vectors is None else vectors).tolist(),
        },
        schema={
            "day": pl.String,
            "photo_id": pl.String,
            "sha256": pl.String,
            "vector": pl.List(pl.Float32),
        },
    )


def _version(store: VectorStore) -> int:
    return int(store._table().version)


def test_a_store_that_was_never_written_is_empty(store: VectorStore) -> None:
    assert store.count() == 0
    assert store.photo_ids([A]) == {}
    assert store.rows([A]).height == 0
    assert store.vector_of("a") is None
    assert store.nearest(_unit(1)[0], 5).height == 0
    store.replace_days([A], _rows(A))
    assert store.count() == 0


def test_vectors_read_back_as_they_were_written(store: VectorStore) -> None:
    rows = _rows(A, "a", "b's")

    store.replace_days([A], rows)

    assert store.rows([A]).sort("photo_id").select(rows.columns).equals(rows)
    vector = store.vector_of("b's")
    assert vector is not None
    assert np.array_equal(vector, np.asarray(rows["vector"][1], np.float32))


def test_days_are_replaced_with_deletions_and_others_stay(store: VectorStore) -> None:
    store.replace_days([A, B, C], pl.concat([_rows(A, "a1", "a2"), _rows(B, "b1"), _rows(C, "c1")]))

    store.replace_days([A, B], _rows(A, "a2", "a3", seed=5))

    found = store.photo_ids([A, B, C])
    assert {day: sorted(ids) for day, ids in found.items()} == {A: ["a2", "a3"], C: ["c1"]}
    assert store.vector_of("a2") == pytest.approx(_unit(2, 5)[0])


def test_days_without_a_row_left_are_emptied(store: VectorStore) -> None:
    store.replace_days([A, B], pl.concat([_rows(A, "a"), _rows(B, "b")]))

    store.replace_days([A], _rows(A))

    assert store.rows([A, B])["photo_id"].to_list() == ["b"]


def test_replacing_days_is_one_commit(store: VectorStore) -> None:
    store.replace_days([A], _rows(A, "a1", "a2"))
    before = _version(store)

    store.replace_days([A, B], pl.concat([_rows(A, "a2", "a3"), _rows(B, "b1")]))

    assert _version(store) == before + 1


def test_writing_the_same_rows_again_doubles_nothing(store: VectorStore) -> None:
    for _ in range(3):
        store.replace_days([A], _rows(A, "a1", "a2"))

    assert store.count() == 2


@pytest.mark.parametrize("order", [(A, B), (B, A)])
def test_a_photograph_that_changed_its_day_is_there_once(
    store: VectorStore, order: tuple[str, str]
) -> None:
    store.replace_days([A], _rows(A, "moved", "stays"))

    for day in order:
        store.replace_days([day], _rows(A, "stays") if day == A else _rows(B, "moved"))

    assert store.photo_ids([A, B]) == {A: ["stays"], B: ["moved"]}


@pytest.mark.parametrize("factor", [0.0, 0.9, 2.0, np.nan])
def test_vectors_that_are_not_of_unit_length_are_refused(store: VectorStore, factor: float) -> None:
    store.replace_days([A], _rows(A, "a"))
    long = (_unit(2) * np.array([[1], [factor]], np.float32)).astype(np.float32)

    with pytest.raises(ValueError, match="unit length"):
        store.replace_days([A], _rows(A, "x", "y", vectors=long))

    assert store.photo_ids([A]) == {A: ["a"]}


def test_the_nearest_agree_with_exact_arithmetic(store: VectorStore) -> None:
    vectors = _unit(500, 1)
    ids = [f"{n:03}" for n in range(500)]
    store.replace_days(
        [A, B],
        pl.concat(
            [
                _rows(A, *ids[:250], vectors=vectors[:250]),
                _rows(B, *ids[250:], vectors=vectors[250:]),
            ]
        ),
    )

    for query in _unit(5, 2):
        scores = vectors @ query
        best = np.argsort(-scores)[:20]
        found = store.nearest(query, 20)
        assert found["photo_id"].to_list() == [ids[n] for n in best]
        assert found["score"].to_numpy() == pytest.approx(scores[best], abs=1e-5)


def test_more_than_there_are_gives_all(store: VectorStore) -> None:
    store.replace_days([A], _rows(A, "a", "b"))

    assert store.nearest(_unit(1, 9)[0], 100).height == 2


def test_two_models_live_side_by_side(store: VectorStore, tmp_path: Path) -> None:
    other = VectorStore(tmp_path / "vectors", tmp_path / "locks", "clip-vit-b-32")
    store.replace_days([A], _rows(A, "a"))
    other.replace_days([A], _rows(A, "a", "b", vectors=_unit(2)))

    assert (store.count(), other.count()) == (1, 2)


def test_an_open_reader_sees_what_was_written_since(store: VectorStore, tmp_path: Path) -> None:
    reader = VectorStore(tmp_path / "vectors", tmp_path / "locks", "mini")
    store.replace_days([A], _rows(A, "a"))
    assert reader.count() == 1

    store.replace_days([A], _rows(A, "a", "b"))

    assert reader.count() == 2
