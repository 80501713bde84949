"""Dagster's event log with databases that stay open."""

import threading
from pathlib import Path

import dagster as dg
import psutil
import pytest

from flux_assets.event_log import OpenEventLog
from flux_assets.instance import open_instance
from flux_resources.data_root import DataRoot


@dg.op
def greet(context: dg.OpExecutionContext) -> None:
    context.log.info("hello")


@dg.job
def greetings() -> None:
    greet()


@pytest.fixture
def instance(archive: DataRoot) -> dg.DagsterInstance:
    return open_instance(archive)


def _messages(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    return [entry.user_message for entry in instance.all_logs(run_id)]


def _open_databases(archive: DataRoot) -> list[str]:
    files = [Path(file.path) for file in psutil.Process().open_files()]
    return [f.name for f in files if f.suffix == ".db" and f.is_relative_to(archive.paths.root)]


def test_every_run_stays_readable_while_few_databases_are_open(
    archive: DataRoot, instance: dg.DagsterInstance
) -> None:
    runs = [greetings.execute_in_process(instance=instance).run_id for _ in range(6)]

    assert all("hello" in _messages(instance, run) for run in runs)
    assert len(_open_databases(archive)) == 4
    assert all("hello" in _messages(open_instance(archive), run) for run in runs)


def test_who_watches_a_run_sees_each_event_while_it_goes_on(
    archive: DataRoot, instance: dg.DagsterInstance
) -> None:
    watcher = open_instance(archive)
    heard = threading.Event()

    def listen(entry: dg.EventLogEntry, _: str) -> None:
        if entry.user_message == "listening?":
            heard.set()

    @dg.op
    def ask(context: dg.OpExecutionContext) -> None:
        watcher.watch_event_logs(context.run_id, None, listen)
        context.log.info("listening?")
        assert heard.wait(30)
        watcher.end_watch_event_logs(context.run_id, listen)

    @dg.job
    def asking() -> None:
        ask()

    try:
        assert asking.execute_in_process(instance=instance).success
    finally:
        watcher.dispose()


def test_a_wiped_log_is_empty_and_usable(instance: dg.DagsterInstance) -> None:
    before = greetings.execute_in_process(instance=instance).run_id
    instance.event_log_storage.wipe()
    assert _messages(instance, before) == []

    after = greetings.execute_in_process(instance=instance).run_id
    assert "hello" in _messages(instance, after)


def test_a_closed_instance_holds_no_database_open(
    archive: DataRoot, instance: dg.DagsterInstance
) -> None:
    assert isinstance(instance.event_log_storage, OpenEventLog)
    greetings.execute_in_process(instance=instance)
    instance.dispose()

    assert _open_databases(archive) == []
