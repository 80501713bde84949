"""Products of the whole archive: built or not, older than their inputs or not."""

import os

import pytest

from flux_assets.keepers.matching.keeper_index import KEEPER_INDEX, KeeperIndex
from flux_assets.publishing.coverage.measure import measure_coverage
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_resources.data_root import DataRoot
from flux_tests.publishing.coverage.counted import DAY, gap_rows, indexed, product_row
from flux_tests.publishing.product_rows import write_rows


@pytest.fixture
def bursts(archive: DataRoot) -> DataRoot:
    """An archive with a day of bursts, from which duplicates are made."""
    from flux_assets.vision.bursts import BURSTS

    write_rows(archive, BURSTS, DAY, photo_id=indexed(archive, 1), kind=["none"])
    return archive


def _written(archive: DataRoot, *, seconds_later: float) -> None:
    """Write `duplicates` as if so long after its input."""
    archive.tables.write(DUPLICATES, Duplicates.create_empty(), Duplicates)
    then = archive.tables.written_at("bursts")
    assert then is not None
    at = then.timestamp() + seconds_later
    os.utime(archive.paths.tables / "duplicates.parquet", (at, at))


def test_a_product_that_was_not_built_says_so(bursts: DataRoot) -> None:
    coverage = measure_coverage(bursts)

    (gap,) = gap_rows(coverage, DUPLICATES)
    assert (gap["why"], gap["reason"]) == ("pending", "not materialized")
    assert "duplicates" in gap["command"]
    assert product_row(coverage, DUPLICATES)["written_at"] is None


def test_a_product_older_than_its_inputs_is_stale(bursts: DataRoot) -> None:
    _written(bursts, seconds_later=-60)

    (gap,) = gap_rows(measure_coverage(bursts), DUPLICATES)

    assert (gap["why"], gap["reason"]) == ("stale", "older than bursts")


def test_a_product_newer_than_its_inputs_has_no_gap(bursts: DataRoot) -> None:
    _written(bursts, seconds_later=60)

    assert gap_rows(measure_coverage(bursts), DUPLICATES) == []


def test_without_anything_to_make_it_of_a_product_is_rightly_absent(archive: DataRoot) -> None:
    (gap,) = gap_rows(measure_coverage(archive), "issues")

    assert gap["why"] == "expected"


def test_without_a_photograph_there_is_nothing_to_match_keepers_with(archive: DataRoot) -> None:
    archive.tables.write(KEEPER_INDEX, KeeperIndex.create_empty(), KeeperIndex)

    (gap,) = gap_rows(measure_coverage(archive), "keeper_matches")

    assert (gap["why"], gap["command"]) == ("expected", None)


def test_too_few_keepers_for_a_model_are_no_fault(archive: DataRoot) -> None:
    (gap,) = gap_rows(measure_coverage(archive), "keeper_model")

    assert gap["why"] == "expected"
    assert "keepers" in gap["reason"]
