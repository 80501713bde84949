"""The Dagster instance of one archive: its configuration, and what dead runs left behind."""

import os
import sqlite3
import time
from pathlib import Path

import dagster as dg
import psutil
import yaml
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from sqlalchemy import event
from sqlalchemy.engine import Engine

from flux_assets.compute_logs import QuietComputeLogs
from flux_assets.dagster_support import DUCKDB_POOL, LANCEDB_POOL
from flux_assets.event_log import OpenEventLog
from flux_resources.data_root import DataRoot
from flux_resources.files import atomic_file

_IN_A_PROCESS = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_FIRST_REPORT_SECONDS = 60  # between the start of a run and the report of its process
_TICK_DAYS = {"skipped": 2, "failure": 30, "success": 30, "started": 30}


@event.listens_for(Engine, "connect")
def _flush_seldom(connection: object, _: object) -> None:
    """Let SQLite flush at checkpoints only: a flush for every event takes most of a run's time.

    A power failure may cost the last events of a run, never the database; tables have flushes of
    their own.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = NORMAL")


def instance_config(home: Path) -> dict[str, object]:
    """The content of `dagster.yaml` for an instance whose files lie in `home`."""
    return {
        "telemetry": {"enabled": False},
        "nux": {"enabled": False},
        "run_storage": {
            "module": "dagster._core.storage.runs",
            "class": "SqliteRunStorage",
            "config": {"base_dir": str(home / "history")},
        },
        "event_log_storage": {
            "module": OpenEventLog.__module__,
            "class": OpenEventLog.__name__,
            "config": {"base_dir": str(home / "history" / "runs")},
        },
        "schedule_storage": {
            "module": "dagster._core.storage.schedules",
            "class": "SqliteScheduleStorage",
            "config": {"base_dir": str(home / "schedules")},
        },
        "compute_logs": {
            "module": QuietComputeLogs.__module__,
            "class": QuietComputeLogs.__name__,
            "config": {"base_dir": str(home / "compute_logs")},
        },
        "local_artifact_storage": {
            "module": "dagster.core.storage.root",
            "class": "LocalArtifactStorage",
            "config": {"base_dir": str(home)},
        },
        "concurrency": {
            "runs": {"max_concurrent_runs": 2},
            "pools": {"granularity": "op", "default_limit": 1},
        },
        "run_monitoring": {
            "enabled": True,
            "poll_interval_seconds": 30,
            "free_slots_after_run_end_seconds": 60,
        },
        "retention": {
            "sensor": {"purge_after_days": _TICK_DAYS},
            "schedule": {"purge_after_days": _TICK_DAYS},
        },
    }


def open_instance(archive: DataRoot) -> dg.DagsterInstance:
    """The archive's instance, with the pool slots of dead runs freed.

    Sets `DAGSTER_HOME` for this process and its children.
    """
    home = archive.paths.dagster.resolve()
    config = yaml.safe_dump(instance_config(home), sort_keys=False)
    file = home / "dagster.yaml"
    if not file.exists() or file.read_text(encoding="utf-8") != config:
        with atomic_file(file) as temporary:
            temporary.write_text(config, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    instance = dg.DagsterInstance.get()
    for pool in (LANCEDB_POOL, DUCKDB_POOL):
        instance.event_log_storage.set_concurrency_slots(pool, 1)
    end_dead_runs(instance)
    return instance


def end_dead_runs(instance: dg.DagsterInstance) -> list[str]:
    """Close runs whose process is gone and free the pool slots they hold; their ids.

    A killed process reports nothing: its run stays `started`, keeps its slots for ever, and the
    next run waits for them.
    """
    storage = instance.event_log_storage
    ended = []
    for run in instance.get_runs(dg.RunsFilter(statuses=_IN_A_PROCESS)):
        if not _is_alive(instance, run.run_id):
            instance.report_run_failed(run, "The process of this run is gone; run it again.")
            ended.append(run.run_id)
    for run_id in storage.get_concurrency_run_ids():
        holder = instance.get_run_by_id(run_id)
        if holder is None or holder.is_finished:
            storage.free_concurrency_slots_for_run(run_id)
    return ended


def is_active(instance: dg.DagsterInstance, job: str) -> bool:
    """Whether a run of the job is queued or running; a second one would only wait for it."""
    end_dead_runs(instance)
    active = [status for status in dg.DagsterRunStatus if status not in FINISHED_STATUSES]
    return bool(instance.get_runs(dg.RunsFilter(job_name=job, statuses=active), limit=1))


def _is_alive(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether the process that last reported for a run exists, and is older than its report."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records
    for record in reversed(records):
        event = record.event_log_entry.dagster_event
        data = event.engine_event_data if event else None
        pid = data.metadata.get("pid") if data else None
        if pid is not None:
            return _runs_since(int(str(pid.value)), record.event_log_entry.timestamp)
    run = instance.get_run_record_by_id(run_id)
    just_now = time.time() - _FIRST_REPORT_SECONDS
    return run is not None and (run.start_time or 0) > just_now


def _runs_since(pid: int, timestamp: float) -> bool:
    try:
        return psutil.Process(pid).create_time() <= timestamp
    except psutil.NoSuchProcess:
        return False
