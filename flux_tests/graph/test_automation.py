"""Sensors: a dropped photograph becomes searchable with no further command."""

import os
import time
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import EngineEventData

from flux_assets import automation
from flux_assets.automation import changed_days_sensor, inbox_sensor
from flux_assets.definitions import build_defs
from flux_assets.instance import open_instance
from flux_assets.search import Archive
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource
from flux_tests.conftest import Photograph
from flux_tests.graph.conftest import DAYS, Run, start

_NO_PROCESS = 2**22 + 1  # above every process id that Linux gives


def evaluate(
    sensor: dg.SensorDefinition, archive: DataRoot, cursor: str | None = None
) -> dg.SensorResult:
    resource = ArchiveResource(root=str(archive.paths.root))
    context = dg.build_sensor_context(
        cursor=cursor,
        instance=open_instance(archive),
        resources={"archive": resource},
        definitions=build_defs(),
    )
    data = sensor.evaluate_tick(context)
    return dg.SensorResult(
        run_requests=list(data.run_requests or []),
        skip_reason=data.skip_message,
        cursor=data.cursor,
    )


def test_an_empty_inbox_requests_nothing(archive: DataRoot) -> None:
    assert not evaluate(inbox_sensor, archive).run_requests


def test_the_same_files_are_requested_once_and_new_ones_again(
    archive: DataRoot, dropped: list[Path], photograph: Photograph
) -> None:
    first = evaluate(inbox_sensor, archive)
    assert len(first.run_requests or []) == 1
    assert not evaluate(inbox_sensor, archive, first.cursor).run_requests
    photograph(archive.paths.inbox / "late.jpg", seed=77)
    assert evaluate(inbox_sensor, archive, first.cursor).run_requests


def test_a_file_that_vanishes_once_it_is_listed_is_left_out_of_the_request(
    archive: DataRoot, dropped: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped[0].unlink()
    with monkeypatch.context() as patch:
        patch.setattr(automation, "settled_files", lambda *_: dropped)
        first = evaluate(inbox_sensor, archive)
        patch.setattr(automation, "settled_files", lambda *_: dropped[:1])
        assert not evaluate(inbox_sensor, archive).run_requests
    assert len(first.run_requests or []) == 1
    assert not evaluate(inbox_sensor, archive, first.cursor).run_requests


def test_a_dropped_photograph_becomes_searchable_by_sensors_alone(
    archive: DataRoot, dropped: list[Path], instance: dg.DagsterInstance
) -> None:
    (intake,) = evaluate(inbox_sensor, archive).run_requests or []
    assert start(intake, "intake", archive, instance)
    (enrich,) = evaluate(changed_days_sensor, archive).run_requests or []
    assert enrich.tags["dagster/asset_partition_range_start"] == DAYS[0]
    assert enrich.tags["dagster/asset_partition_range_end"] == DAYS[-1]
    assert start(enrich, "enrich", archive, instance)
    assert Archive(archive.paths.root).search("patches").height == 5
    assert not evaluate(changed_days_sensor, archive).run_requests


def test_a_photograph_put_into_a_day_folder_by_hand_is_noticed(
    enriched: DataRoot, photograph: Photograph, instance: dg.DagsterInstance
) -> None:
    for request in evaluate(changed_days_sensor, enriched).run_requests or []:
        assert start(request, "enrich", enriched, instance)  # a copied folder has new times
    assert not evaluate(changed_days_sensor, enriched).run_requests
    time.sleep(0.01)
    photograph(enriched.paths.original_day(DAYS[1]) / "by-hand.jpg", seed=50)
    (request,) = evaluate(changed_days_sensor, enriched).run_requests or []
    assert request.tags["dagster/asset_partition_range_start"] == DAYS[0]  # a neighbour in time
    assert request.tags["dagster/asset_partition_range_end"] == DAYS[2]


def test_nothing_is_requested_while_an_earlier_run_is_active(
    archive: DataRoot, dropped: list[Path], instance: dg.DagsterInstance
) -> None:
    (intake,) = evaluate(inbox_sensor, archive).run_requests or []
    assert start(intake, "intake", archive, instance)
    active = instance.create_run_for_job(
        build_defs().resolve_job_def("enrich"),
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": DAYS[0]},
    )
    instance.report_engine_event("here", active, EngineEventData.in_process(os.getpid()))
    assert not evaluate(changed_days_sensor, archive).run_requests
    instance.report_engine_event("gone", active, EngineEventData.in_process(_NO_PROCESS))
    assert evaluate(changed_days_sensor, archive).run_requests  # a dead worker blocks nothing


def test_days_outside_the_range_are_not_requested(
    archive: DataRoot, photograph: Photograph, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = archive.paths.original_day("2019-05-05") / "old.jpg"
    photograph(file, seed=1)
    result = evaluate(changed_days_sensor, archive)
    assert not result.run_requests
    assert "1 changed days lie outside" in str(result.skip_reason)
