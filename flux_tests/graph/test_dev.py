"""`flux dev` as a person uses it: a backfill launched from the UI, through the UI's own API."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError

import dagster as dg
import pytest

from flux_assets.execution import DAY_PRODUCTS
from flux_assets.instance import open_instance
from flux_resources.data_root import DataRoot
from flux_tests.conftest import SETTINGS
from flux_tests.graph.conftest import DAYS

_PATIENCE = 180
_LAUNCH = """
mutation ($asked: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $asked) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}"""
_STATUS = """
query ($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill { runs(limit: 100) { status } }
  }
}"""


class DagsterUI:
    """The GraphQL API that the Dagster UI itself talks to."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: object) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self._url, body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            data: dict[str, Any] = json.load(answer)["data"]
        return data

    def wait_until_loaded(self) -> None:
        query = "{ workspaceOrError { ... on Workspace { locationEntries { loadStatus } } } }"
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                if "LOADED" in str(self.ask(query)):
                    return
            except (URLError, ConnectionError):
                pass
            time.sleep(0.5)
        raise TimeoutError("the UI did not come up")

    def backfill(self) -> set[str]:
        """Launches all days of all products, and waits; the final status of its runs."""
        assets = [{"path": [name]} for name in DAY_PRODUCTS]
        asked = {"assetSelection": assets, "allPartitions": True}
        launched = self.ask(_LAUNCH, asked=asked)["launchPartitionBackfill"]
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            backfill = self.ask(_STATUS, id=launched["backfillId"])["partitionBackfillOrError"]
            statuses = {run["status"] for run in backfill["runs"]}
            if statuses and statuses <= {"SUCCESS", "FAILURE", "CANCELED"}:
                return statuses
            time.sleep(0.5)
        raise TimeoutError("the backfill did not end")


@pytest.fixture
def ui(archive: DataRoot, dropped: list[Path]) -> Iterator[DagsterUI]:
    """A running `flux dev` on an archive of ten days, three with photographs."""
    (archive.paths.root / "flux.yaml").write_text(
        "archive: {start: 2022-01-10, end: 2022-01-19}\n" + SETTINGS
    )
    flux = [sys.executable, "-c", "from flux_assets.cli import app; app()"]
    flux += ["--root", str(archive.paths.root)]
    subprocess.run([*flux, "materialize", "--select", "intake_log"], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (archive.paths.root / "dev.log").open("wb") as log:
        process = subprocess.Popen(
            [*flux, "dev", "--port", str(port)], stdout=log, stderr=log, start_new_session=True
        )
    try:
        running = DagsterUI(port)
        running.wait_until_loaded()
        yield running
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def computed(instance: dg.DagsterInstance) -> Counter[str]:
    """Photographs computed by the latest materialization of every product and day."""
    counts: Counter[str] = Counter()
    for name in DAY_PRODUCTS:
        for day in DAYS:
            records = dg.AssetRecordsFilter(asset_key=dg.AssetKey(name), asset_partitions=[day])
            latest = instance.fetch_materializations(records, limit=1).records[0]
            metadata = latest.asset_materialization.metadata  # type: ignore[union-attr]
            counts[name] += int(str(metadata["computed"].value))
    return counts


def test_a_backfill_of_all_days_succeeds_and_again_computes_nothing(
    archive: DataRoot, ui: DagsterUI
) -> None:
    assert ui.backfill() == {"SUCCESS"}
    instance = open_instance(archive)
    assert computed(instance) == dict.fromkeys(DAY_PRODUCTS, 6)

    assert ui.backfill() == {"SUCCESS"}
    assert computed(instance).total() == 0
