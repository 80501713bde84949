"""Ctrl-C while the graph runs."""

import signal
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._utils.interrupts import capture_interrupts

from flux_assets import progress
from flux_assets.interrupts import none_lost
from flux_resources.data_root import DataRoot
from flux_tests.graph.conftest import DAYS
from flux_tests.graph.test_cli import flux

_PRODUCTS = "intake_log,photo_index,exif,photos"


def _press_ctrl_c(product: str, _: int) -> None:
    """As soon as the first day of `exif` is done."""
    if product == "exif":
        signal.raise_signal(signal.SIGINT)


def _press_ctrl_c_unheard(product: str, done: int) -> None:
    """As Dagster takes it between two steps: held back, and forgotten at the end of the block."""
    with capture_interrupts():
        _press_ctrl_c(product, done)


@pytest.mark.parametrize("press", [_press_ctrl_c, _press_ctrl_c_unheard])
def test_ctrl_c_ends_materialize_without_a_word_and_the_next_run_goes_on(
    archive: DataRoot, dropped: list[Path], instance: dg.DagsterInstance, press: progress.Listener
) -> None:
    with progress.listening(press):
        ended = flux(archive.paths.root, "materialize", "--select", _PRODUCTS)

    assert ended.exit_code == 128 + signal.SIGINT
    assert ended.stderr == ""
    bars = [line.split()[0] for line in ended.stdout.splitlines() if line]
    assert bars == ["intake_log", "photo_index", "exif"]
    assert archive.tables.days("exif") == [DAYS[0]]
    assert not archive.paths.duckdb.exists()
    assert {run.status for run in instance.get_runs()} <= set(FINISHED_STATUSES)

    again = flux(archive.paths.root, "materialize", "--select", _PRODUCTS)

    assert again.exit_code == 0, again.output
    assert archive.tables.days("exif") == list(DAYS)
    assert archive.paths.duckdb.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_after_the_last_step_of_a_run_is_not_forgotten(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), none_lost(), capture_interrupts():
        signal.raise_signal(number)


def test_a_signal_that_asks_for_no_end_ends_nothing() -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGWINCH, lambda number, _: heard.append(number))
    try:
        with none_lost():
            signal.raise_signal(signal.SIGWINCH)
            progress.advance("exif", 1)
    finally:
        signal.signal(signal.SIGWINCH, before)
    assert heard == [signal.SIGWINCH]


def test_ctrl_c_reaches_no_helper_process_of_the_logs(instance: dg.DagsterInstance) -> None:
    others = psutil.Process().children(recursive=True)
    with instance.compute_log_manager.capture_logs(["run", "step"]):
        helpers = [one for one in psutil.Process().children(recursive=True) if one not in others]
        for helper in helpers:
            helper.send_signal(signal.SIGINT)
        ended, _ = psutil.wait_procs(helpers, timeout=0.5)

    assert helpers
    assert ended == []
    assert psutil.wait_procs(helpers, timeout=5)[1] == []
