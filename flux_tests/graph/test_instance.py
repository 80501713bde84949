"""The Dagster instance: configuration, and what killed runs leave behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg

from flux_assets.dagster_support import LANCEDB_POOL
from flux_assets.instance import end_dead_runs, open_instance
from flux_resources.data_root import DataRoot

HOLDER = """
import sys, time
from pathlib import Path
import dagster as dg
from flux_assets.instance import open_instance
from flux_resources.data_root import DataRoot

@dg.asset(pool="lancedb_writer")
def holder() -> None:
    Path(sys.argv[2]).touch()
    time.sleep(60)

dg.materialize([holder], instance=open_instance(DataRoot.open(Path(sys.argv[1]))))
"""


def start_holder(archive: DataRoot, flag: Path) -> subprocess.Popen[bytes]:
    """A process whose run sits in the pool until it is killed."""
    command = [sys.executable, "-c", HOLDER, str(archive.paths.root), str(flag)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not flag.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process


def claimed(instance: dg.DagsterInstance) -> int:
    info = instance.event_log_storage.get_concurrency_info(LANCEDB_POOL)
    return info.active_slot_count


def test_a_killed_run_is_ended_and_its_pool_slot_is_free_at_the_next_start(
    archive: DataRoot, tmp_path: Path
) -> None:
    process = start_holder(archive, tmp_path / "flag")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    instance = open_instance(archive)
    assert claimed(instance) == 0
    (run,) = instance.get_runs()
    assert run.status == dg.DagsterRunStatus.FAILURE


def test_a_living_run_keeps_its_slot(archive: DataRoot, tmp_path: Path) -> None:
    process = start_holder(archive, tmp_path / "flag")
    try:
        instance = open_instance(archive)
        assert claimed(instance) == 1
        assert end_dead_runs(instance) == []
    finally:
        process.kill()
        process.wait()


def test_nothing_is_sent_anywhere_and_everything_lies_in_the_data_root(archive: DataRoot) -> None:
    instance = open_instance(archive)
    assert not instance.telemetry_enabled
    assert Path(instance.root_directory).is_relative_to(archive.paths.root)
    assert list(archive.paths.dagster.rglob("*.db"))
