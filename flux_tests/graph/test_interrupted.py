"""Ctrl-C while the graph runs."""

import signal
from pathlib import Path

import dagster as dg
from dagster._core.storage.dagster_run import FINISHED_STATUSES

from flux_assets import progress
from flux_resources.data_root import DataRoot
from flux_tests.graph.conftest import DAYS
from flux_tests.graph.test_cli import flux

_PRODUCTS = "intake_log,photo_index,exif,photos"


def _press_ctrl_c(product: str, _: int) -> None:
    """As soon as the first day of `exif` is done."""
    if product == "exif":
        signal.raise_signal(signal.SIGINT)


def test_ctrl_c_ends_materialize_without_a_word_and_the_next_run_goes_on(
    archive: DataRoot, dropped: list[Path], instance: dg.DagsterInstance
) -> None:
    with progress.listening(_press_ctrl_c):
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
