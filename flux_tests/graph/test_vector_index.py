"""The index over the vectors through the real graph."""

from pathlib import Path

import dagster as dg
import numpy as np
import polars as pl
import pytest

from flux_assets.search import Archive
from flux_assets.search.answers.background import background_version, read_background
from flux_assets.vision.vector_index import SHARES, VECTOR_INDEX, VectorIndex
from flux_resources.data_root import DataRoot
from flux_resources.vectors import VectorStore, active_vectors
from flux_tests.conftest import SETTINGS
from flux_tests.graph.conftest import Run

CHECK = "recall_is_high"


def _metadata(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    assert result.success
    (made,) = result.asset_materializations_for_node(VECTOR_INDEX)
    return {name: value.value for name, value in made.metadata.items()}


def _check(result: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    (found,) = [done for done in result.get_asset_check_evaluations() if done.check_name == CHECK]
    return found


def _rows(archive: DataRoot) -> pl.DataFrame:
    return archive.tables.read(VECTOR_INDEX, VectorIndex)


def _add_day(store: VectorStore, day: str, rows: int) -> None:
    """So many more photographs of the model that is active, made up."""
    width = len(store.sample(1)["vector"][0])
    vectors = np.random.default_rng(rows).standard_normal((rows, width)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    names = [f"{day}_{number:05}" for number in range(rows)]
    frame = pl.DataFrame({"day": [day] * rows, "photo_id": names, "sha256": names})
    store.replace_days([day], frame.with_columns(pl.Series("vector", vectors.tolist())))


def test_a_small_archive_is_searched_exactly_and_that_is_recorded(
    enriched: DataRoot, run: Run
) -> None:
    result = run(VECTOR_INDEX)

    said = _metadata(result)
    assert (said["work"], said["vectors"], said["recall_at_12"]) == ("none", 5, 1.0)
    assert float(str(said["p95_ms"])) > 0
    assert str(said["plot"]).startswith("![vector index](data:image/png;base64,")
    rows = _rows(enriched)
    assert sorted(rows["share"], reverse=True) == [*SHARES]
    assert rows["indexed"].to_list() == [0] * len(SHARES)
    assert _check(result).passed


def test_what_unrelated_words_find_is_kept_beside_the_vectors(enriched: DataRoot, run: Run) -> None:
    assert run(VECTOR_INDEX).success

    background = read_background(enriched.paths.background("mini"), background_version("mini"))
    assert background is not None
    assert background.photographs == len(background.sample) == 5
    assert Archive(enriched.paths.root).search("patches")["why"].str.contains("cosine").all()


def test_an_archive_without_vectors_has_nothing_to_index(archive: DataRoot, run: Run) -> None:
    result = run(VECTOR_INDEX)
    assert _metadata(result) == {"vectors": 0}
    assert _check(result).passed


@pytest.fixture
def indexed(enriched: DataRoot) -> DataRoot:
    """The enriched archive, with settings that index it from a few vectors on."""
    settings = enriched.paths.root / "flux.yaml"
    settings.write_text(SETTINGS + "search: {index_from_rows: 200, exact_rows: 0}\n")
    archive = DataRoot.open(enriched.paths.root)
    _add_day(active_vectors(archive), "2022-03-01", 400)
    return archive


def test_an_index_is_built_then_kept_then_refreshed_then_rebuilt(
    indexed: DataRoot, run: Run
) -> None:
    works = [_metadata(run(VECTOR_INDEX))["work"]]
    measured = _rows(indexed)
    works.append(_metadata(run(VECTOR_INDEX))["work"])
    assert _rows(indexed).equals(measured)
    _add_day(active_vectors(indexed), "2022-03-02", 40)
    works.append(_metadata(run(VECTOR_INDEX))["work"])
    assert _rows(indexed)["indexed"].unique().to_list() == [445]
    _add_day(active_vectors(indexed), "2022-03-03", 400)
    works.append(_metadata(run(VECTOR_INDEX))["work"])
    assert works == ["build", "keep", "refresh", "build"]


def test_poor_recall_is_a_warning(indexed: DataRoot, run: Run) -> None:
    assert run(VECTOR_INDEX).success
    rows = _rows(indexed).with_columns(recall_at_12=pl.lit(0.97))
    indexed.tables.write(VECTOR_INDEX, rows, VectorIndex)

    resources = {"archive": _resource(indexed.paths.root)}
    from flux_assets.checks import recall_is_high

    found = recall_is_high(**resources)
    assert isinstance(found, dg.AssetCheckResult)
    assert not found.passed
    assert found.severity is dg.AssetCheckSeverity.WARN


def _resource(root: Path) -> object:
    from flux_resources.resources import ArchiveResource

    return ArchiveResource(root=str(root))
