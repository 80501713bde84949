"""When an index is built, and what is measured of it, on a real LanceDB."""

import base64
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from flux_assets.vision.vector_index import (
    SHARES,
    IndexReport,
    VectorIndex,
    bring_up_to_date,
    measure,
    queries_of,
    refresh_index,
    tune,
    work_for,
)
from flux_assets.vision.vector_index_plot import plot_index
from flux_resources.settings_sections import SearchSettings
from flux_resources.vectors import IndexState, Vectors, VectorStore
from flux_tests.resources.vector_rows import clustered, names, rows, unit

ROWS, DIMENSIONS = 6_000, 48
SETTINGS = SearchSettings(index_from_rows=5_000, rebuild_share=0.25)
NO_TEXTS = np.empty((0, DIMENSIONS), np.float32)


def _state(rows: int, unindexed: int = 0, segments: int = 1) -> IndexState:
    return IndexState(rows, 4, 2, indexed=rows, unindexed=unindexed, segments=segments)


@pytest.mark.parametrize(
    ("rows", "state", "work"),
    [
        (0, None, "none"),
        (4_999, None, "none"),
        (5_000, None, "build"),
        (5_000, _state(5_000), "keep"),
        (5_001, _state(5_000, unindexed=1), "refresh"),
        (5_000, _state(6_000), "keep"),
        (6_250, _state(5_000, unindexed=1_250), "refresh"),
        (6_251, _state(5_000, unindexed=1_251), "build"),
        (5_000, _state(7_000), "build"),
        (5_000, _state(5_000, segments=40), "build"),
    ],
)
def test_an_index_is_built_refreshed_or_kept(
    rows: int, state: IndexState | None, work: str
) -> None:
    assert work_for(rows, state, SETTINGS) == work


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return clustered(ROWS, DIMENSIONS)


@pytest.fixture
def store(tmp_path: Path, vectors: Vectors) -> VectorStore:
    opened = VectorStore(tmp_path, tmp_path / "locks", "mini")
    opened.replace_days(["2022-01-15"], rows(vectors, names(ROWS)))
    return opened


def test_an_archive_that_grows_keeps_its_index_up_to_date(store: VectorStore) -> None:
    more = clustered(2_000, DIMENSIONS, seed=8)
    assert bring_up_to_date(store, SETTINGS) == "build"
    assert bring_up_to_date(store, SETTINGS) == "keep"

    store.replace_days(
        ["2022-01-16"], rows(more[:100], [f"x{n}" for n in range(100)], "2022-01-16")
    )
    assert bring_up_to_date(store, SETTINGS) == "refresh"
    assert bring_up_to_date(store, SETTINGS) == "keep"

    store.replace_days(["2022-01-17"], rows(more, [f"y{n}" for n in range(2_000)], "2022-01-17"))
    assert bring_up_to_date(store, SETTINGS) == "build"


def test_a_small_archive_is_left_without_an_index(store: VectorStore) -> None:
    assert bring_up_to_date(store, SearchSettings()) == "none"
    assert store.index_state() is None
    assert tune(store, queries_of(store, NO_TEXTS), SearchSettings()).is_empty()


def test_the_fewest_probes_that_reach_the_recall_are_set(store: VectorStore) -> None:
    store.build_index()

    tried = tune(store, queries_of(store, NO_TEXTS), SETTINGS)

    state = store.index_state()
    assert state is not None
    assert state.probes == tried["probes"][-1]
    assert tried["recall_at_12"][-1] >= SETTINGS.recall
    assert (tried["recall_at_12"][:-1] < SETTINGS.recall).all()


def test_vectors_without_clusters_are_looked_for_everywhere(tmp_path: Path) -> None:
    random = unit(np.random.default_rng(3).normal(size=(10_000, DIMENSIONS)))
    store = VectorStore(tmp_path, tmp_path / "locks", "mini")
    store.replace_days(["2022-01-15"], rows(random, names(10_000)))
    store.build_index()

    tune(store, queries_of(store, NO_TEXTS), SETTINGS)

    state = store.index_state()
    assert state is not None
    assert state.probes == state.partitions == 4


@pytest.mark.parametrize("indexed", [False, True])
def test_every_size_of_filter_is_measured(store: VectorStore, indexed: bool) -> None:
    if indexed:
        store.build_index()
    texts = unit(np.random.default_rng(5).normal(size=(7, DIMENSIONS)))
    queries = queries_of(store, texts)

    found = measure(store, queries, pl.Series(names(ROWS)))

    VectorIndex.validate(found.with_columns(fingerprint=pl.lit("")))
    assert found["share"].to_list() == list(SHARES)
    assert found["model"].unique().to_list() == ["mini"]
    assert found["queries"].unique().to_list() == [57]
    assert found["rows"].unique().to_list() == [ROWS]
    assert found["indexed"].unique().to_list() == [ROWS if indexed else 0]
    assert (found["recall_at_12"] >= 0.99).all()
    assert ((found["p50_ms"] > 0) & (found["p95_ms"] >= found["p50_ms"])).all()


def test_recall_falls_when_hits_are_missed(store: VectorStore, vectors: Vectors) -> None:
    class Forgetful(VectorStore):
        def nearest(self, *args: object, **options: object) -> pl.DataFrame:
            found = super().nearest(*args, **options)  # type: ignore[arg-type]
            return found.tail(-3)

    forgetful = Forgetful(store._folder, store._locks, "mini")

    found = measure(forgetful, vectors[:10], pl.Series(names(ROWS)))

    assert found["recall_at_12"][0] == pytest.approx(0.75)


@pytest.mark.parametrize("indexed", [False, True])
def test_the_plot_is_a_small_picture(store: VectorStore, vectors: Vectors, indexed: bool) -> None:
    if indexed:
        store.build_index()
    tried = tune(store, vectors[:5], SETTINGS)
    measured = measure(store, vectors[:5], pl.Series(names(ROWS)))

    markdown = plot_index(tried, measured, wanted=SETTINGS.recall)

    assert markdown.startswith("![vector index](data:image/png;base64,")
    png = base64.b64decode(markdown.split(",", 1)[1].rstrip(")"))
    assert len(png) < 40_000
    assert Image.open(io.BytesIO(png)).width == 560


def _refreshed(
    store: VectorStore,
    before: pl.DataFrame | None = None,
    *,
    words: str = "",
    texts: Callable[[], Vectors] = lambda: NO_TEXTS,
    settings: SearchSettings = SETTINGS,
) -> IndexReport:
    return refresh_index(
        store,
        settings,
        texts=texts,
        words=words,
        photo_ids=pl.Series(names(store.count()), dtype=pl.String),
        before=VectorIndex.create_empty() if before is None else before,
    )


def _unasked() -> Vectors:
    raise AssertionError("no model is needed")


def test_the_whole_work_is_done_and_reported(store: VectorStore) -> None:
    built = _refreshed(store)
    kept = _refreshed(store)

    assert (built.work, kept.work) == ("build", "keep")
    assert (built.tried.height, kept.tried.height) == (1, 0)
    assert (built.rows["recall_at_12"] >= 0.99).all()
    assert kept.rows["probes"].to_list() == built.rows["probes"].to_list()


def test_what_was_measured_holds_until_something_changes(tmp_path: Path) -> None:
    store = VectorStore(tmp_path, tmp_path / "locks", "mini")
    store.replace_days(["2022-01-15"], rows(clustered(50, DIMENSIONS), names(50)))
    measured = _refreshed(store).rows

    again = _refreshed(store, measured, texts=_unasked)
    assert not again.is_new
    assert again.rows.equals(measured)

    assert _refreshed(store, measured, words="umbrella").is_new
    stricter = SETTINGS.model_copy(update={"recall": 1.0})
    assert _refreshed(store, measured, settings=stricter).is_new
    store.replace_days(["2022-01-16"], rows(clustered(1, DIMENSIONS), ["x"], "2022-01-16"))
    assert _refreshed(store, measured).is_new


def test_an_empty_archive_has_nothing_to_measure(tmp_path: Path) -> None:
    nothing = VectorStore(tmp_path, tmp_path / "locks", "mini")

    report = _refreshed(nothing, texts=_unasked)

    assert report.work == "none"
    assert VectorIndex.validate(report.rows).is_empty()
