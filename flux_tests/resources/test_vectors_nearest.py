"""Searches with filters, by comparing all rows and by the index, on a real LanceDB."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flux_resources.vectors import Vectors, VectorStore
from flux_tests.resources.vector_rows import clustered, names, rows, unit

ROWS, DIMENSIONS, HITS = 6_000, 64, 12
NAMES = names(ROWS)
ALWAYS_EXACT, ALWAYS_INDEX = 10**9, 0


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return clustered(ROWS, DIMENSIONS)


@pytest.fixture(scope="module")
def archive(vectors: Vectors, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of `vectors`, indexed."""
    folder = tmp_path_factory.mktemp("vectors")
    store = _open(folder)
    store.replace_days(["2022-01-15"], rows(vectors, NAMES))
    store.build_index()
    return folder


@pytest.fixture(scope="module", params=[ALWAYS_EXACT, ALWAYS_INDEX], ids=["exact", "index"])
def store(archive: Path, request: pytest.FixtureRequest) -> VectorStore:
    """Filters are met by comparing all rows, or by asking the index where that is possible."""
    opened = _open(archive, exact_rows=request.param)
    opened.warm()
    return opened


def _open(folder: Path, exact_rows: int = ALWAYS_EXACT) -> VectorStore:
    return VectorStore(folder, folder / "locks", "mini", exact_rows=exact_rows)


def _queries(vectors: Vectors, count: int = 15, seed: int = 3) -> Vectors:
    random = np.random.default_rng(seed)
    drawn = vectors[random.choice(len(vectors), count)]
    return unit(drawn + 0.05 * random.normal(size=drawn.shape))


def _best(
    vectors: Vectors, query: Vectors, chosen: "np.ndarray[tuple[int], np.dtype[np.int64]]"
) -> list[str]:
    scores = vectors[chosen].astype(np.float64) @ query
    return [NAMES[chosen[position]] for position in np.argsort(-scores)[:HITS]]


def _recall(
    store: VectorStore,
    vectors: Vectors,
    chosen: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    among: list[str] | None,
) -> float:
    shares = []
    for query in _queries(vectors):
        best = _best(vectors, query, chosen)
        found = store.nearest(query, HITS, among)["photo_id"].to_list()
        assert len(found) == len(best)
        shares.append(len({*found} & {*best}) / len(best))
    return float(np.mean(shares))


def test_without_a_filter_the_nearest_are_found(store: VectorStore, vectors: Vectors) -> None:
    assert _recall(store, vectors, np.arange(ROWS), None) >= 0.99


@pytest.mark.parametrize("share", [1.0, 0.2, 0.05, 0.01, 0.001])
def test_of_any_photographs_the_nearest_are_found(
    store: VectorStore, vectors: Vectors, share: float
) -> None:
    chosen = np.random.default_rng(1).choice(ROWS, int(share * ROWS), replace=False)

    assert _recall(store, vectors, chosen, [NAMES[n] for n in chosen]) >= 0.99


@pytest.mark.parametrize("share", [0.2, 0.05, 0.01, 0.001])
def test_a_filter_that_goes_with_content_hides_nothing(
    store: VectorStore, vectors: Vectors, share: float
) -> None:
    chosen = np.arange(int(share * ROWS))  # one cluster, or a few; most queries look like others

    assert _recall(store, vectors, chosen, [NAMES[n] for n in chosen]) >= 0.99


def test_scores_are_cosines(store: VectorStore, vectors: Vectors) -> None:
    query = _queries(vectors)[0]

    found = store.nearest(query, HITS)

    true = {name: float(score) for name, score in zip(NAMES, vectors @ query, strict=True)}
    assert found["score"].to_list() == pytest.approx([true[n] for n in found["photo_id"]], abs=1e-6)


def test_filters_of_no_known_photograph_find_nothing(store: VectorStore, vectors: Vectors) -> None:
    assert store.nearest(vectors[0], HITS, []).is_empty()
    assert store.nearest(vectors[0], HITS, ["nowhere", "it's gone"]).is_empty()


def test_a_filter_of_one_photograph_finds_it(store: VectorStore, vectors: Vectors) -> None:
    for among in (["photo-000007"], ["photo-000007", "nowhere"], ["photo-000007"] * 3):
        assert store.nearest(vectors[0], HITS, among)["photo_id"].to_list() == ["photo-000007"]


@pytest.mark.parametrize("kind", [list, set, tuple, pl.Series])
def test_filters_may_be_any_collection(store: VectorStore, vectors: Vectors, kind: type) -> None:
    found = store.nearest(vectors[5], HITS, kind(NAMES[:2000]))

    assert found["photo_id"].to_list() == _best(vectors, vectors[5], np.arange(2000))


def test_a_process_that_asks_once_reads_few_rows_by_name(archive: Path, vectors: Vectors) -> None:
    store = _open(archive)

    found = store.nearest(vectors[5], HITS, NAMES[:100])

    assert found["photo_id"].to_list() == _best(vectors, vectors[5], np.arange(100))
    assert store._search._replica is None


def test_many_hits_are_as_right_as_few(store: VectorStore, vectors: Vectors) -> None:
    query = _queries(vectors)[0]

    found = store.nearest(query, 1000)["photo_id"].to_list()

    best = np.argsort(-(vectors @ query))[:1000]
    assert len({*found} & {NAMES[n] for n in best}) >= 990


@pytest.mark.parametrize("exact_rows", [ALWAYS_EXACT, ALWAYS_INDEX])
def test_equal_vectors_come_by_photo_id(tmp_path: Path, exact_rows: int) -> None:
    store = _open(tmp_path, exact_rows)
    vectors = clustered(3_000, DIMENSIONS)
    vectors[500:1500] = vectors[500]
    order = np.random.default_rng(2).permutation(3_000)
    store.replace_days(["2022-01-15"], rows(vectors[order], [NAMES[n] for n in order]))
    store.build_index()

    for among in (None, NAMES[:3_000], NAMES[:1_600]):
        found = store.nearest(vectors[500], HITS, among)
        assert found["photo_id"].to_list() == NAMES[500 : 500 + HITS]


def test_vectors_without_clusters_are_found_too(tmp_path: Path) -> None:
    vectors = unit(np.random.default_rng(4).normal(size=(ROWS, DIMENSIONS)))
    store = _open(tmp_path)
    store.replace_days(["2022-01-15"], rows(vectors, NAMES))
    store.build_index()

    assert _recall(store, vectors, np.arange(ROWS), None) >= 0.99
    assert _recall(store, vectors, np.arange(900), NAMES[:900]) >= 0.99


def test_a_number_that_dwarfs_the_others_hides_nothing(tmp_path: Path) -> None:
    vectors = clustered(ROWS, DIMENSIONS)
    vectors[:, 7] += 3
    vectors = unit(vectors)
    store = _open(tmp_path)
    store.replace_days(["2022-01-15"], rows(vectors, NAMES))

    assert _recall(store, vectors, np.arange(ROWS), None) >= 0.99


def test_exact_search_compares_everything(store: VectorStore, vectors: Vectors) -> None:
    queries = _queries(vectors)

    found = store.exact(queries, HITS, pl.Series(NAMES[1000:3000]))

    for number, query in enumerate(queries):
        names_found = found.filter(pl.col("query") == number)["photo_id"].to_list()
        assert names_found == _best(vectors, query, np.arange(1000, 3000))
