"""Behaviours of Dagster that the design leans on. A failure here means: read its release notes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import dagster as dg
import pytest

from flux_assets.partitions import range_tags

days = dg.DailyPartitionsDefinition(start_date="2022-01-01", end_date="2022-02-01")
daily = partial(dg.asset, partitions_def=days, backfill_policy=dg.BackfillPolicy.multi_run(10))
RANGE = range_tags("2022-01-01", "2022-01-03")
KEYS = ["2022-01-01", "2022-01-02", "2022-01-03"]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def materialized(instance: dg.DagsterInstance, name: str) -> set[str]:
    return set(instance.get_materialized_partitions(dg.AssetKey(name)))


def test_a_range_run_calls_an_asset_once_and_materializes_every_key(
    instance: dg.DagsterInstance,
) -> None:
    calls = []

    @daily()
    def product(context: dg.AssetExecutionContext) -> None:
        calls.append(list(context.partition_keys))

    dg.materialize([product], tags=RANGE, instance=instance)
    assert calls == [KEYS]
    assert materialized(instance, "product") == set(KEYS)


def test_metadata_can_be_attached_to_single_keys_of_a_range(instance: dg.DagsterInstance) -> None:
    @daily()
    def product(context: dg.AssetExecutionContext) -> None:
        for number, day in enumerate(context.partition_keys):
            context.add_asset_metadata({"n": number}, partition_key=day)

    result = dg.materialize([product], tags=RANGE, instance=instance)
    events = result.get_asset_materialization_events()
    numbers = {
        event.partition: event.step_materialization_data.materialization.metadata["n"].value
        for event in events
    }
    assert numbers == dict(zip(KEYS, range(3), strict=True))


def test_a_range_run_that_dies_records_nothing(instance: dg.DagsterInstance) -> None:
    @daily()
    def product(context: dg.AssetExecutionContext) -> None:
        for day in context.partition_keys:
            if day == KEYS[-1]:
                raise RuntimeError("dies on the last day")

    dg.materialize([product], tags=RANGE, instance=instance, raise_on_error=False)
    assert materialized(instance, "product") == set()


def test_a_check_in_a_range_run_reports_once_and_knows_the_days(
    instance: dg.DagsterInstance,
) -> None:
    seen = []

    @daily()
    def product() -> None: ...

    @dg.asset_check(asset=product)
    def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        assert context.has_partition_key_range
        seen.append(list(context.partition_keys))
        return dg.AssetCheckResult(passed=True)

    result = dg.materialize([product, check], tags=RANGE, instance=instance)
    assert seen == [KEYS]
    assert len(result.get_asset_check_evaluations()) == 1


def test_a_failing_blocking_check_stops_what_lies_downstream(instance: dg.DagsterInstance) -> None:
    @daily()
    def upstream() -> None: ...

    @dg.asset_check(asset=upstream, blocking=True)
    def check() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False)

    @daily(deps=[upstream])
    def downstream() -> None: ...

    dg.materialize(
        [upstream, check, downstream], tags=RANGE, instance=instance, raise_on_error=False
    )
    assert materialized(instance, "upstream") == set(KEYS)
    assert materialized(instance, "downstream") == set()


def test_a_range_run_may_end_in_an_unpartitioned_asset(instance: dg.DagsterInstance) -> None:
    @daily()
    def product() -> None: ...

    @dg.asset(deps=[product])
    def whole() -> None: ...

    assert dg.materialize([product, whole], tags=RANGE, instance=instance).success
    assert instance.get_latest_materialization_event(dg.AssetKey("whole")) is not None


def test_the_day_partitions_of_an_open_archive_include_today() -> None:
    open_ended = dg.DailyPartitionsDefinition(start_date="2022-01-01", end_offset=1)
    now = datetime(2022, 1, 3, 12, tzinfo=UTC)
    assert open_ended.get_partition_keys(current_time=now) == KEYS
