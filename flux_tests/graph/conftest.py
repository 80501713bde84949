"""A small archive that went through the real graph."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from flux_assets.definitions import build_defs
from flux_assets.execution import ACCEPT_LOSS, DAY_PRODUCTS
from flux_assets.instance import open_instance
from flux_assets.partitions import range_tags
from flux_assets.vision import vector_index
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource
from flux_tests.conftest import Photograph, built_once, empty_archive, write_photograph

Run = Callable[..., dg.ExecuteInProcessResult]
DAYS = ("2022-01-14", "2022-01-15", "2022-01-16")
ROME, PHILADELPHIA = (41.8902, 12.4922), (39.9537, -75.2036)


def drop_photographs(archive: DataRoot, photograph: Photograph) -> list[Path]:
    """Six photographs of three days in the inbox: four with GPS, one without, one truncated."""
    noon = datetime(2022, 1, 14, 12)
    files = []
    for number, gps in enumerate([PHILADELPHIA, PHILADELPHIA, ROME, ROME, None, ROME]):
        file = archive.paths.inbox / "101RICOH" / f"R000{1000 + number}.JPG"
        moment = noon + timedelta(days=number // 2, minutes=number)
        files.append(photograph(file, moment, seed=number, size=(1200, 800), gps=gps))
    broken = files[-1].read_bytes()
    files[-1].write_bytes(broken[: len(broken) // 2])
    return files


def runner(archive: DataRoot, instance: dg.DagsterInstance) -> Run:
    """Materializes assets by name, over a range of days where `first` is given."""
    resources = {"archive": ArchiveResource(root=str(archive.paths.root))}
    job = build_defs(resources=resources).resolve_implicit_global_asset_job_def()

    def execute(
        *names: str, first: str | None = None, last: str | None = None, accept_loss: bool = False
    ) -> dg.ExecuteInProcessResult:
        config = {"config": {"accept_loss": accept_loss}}
        return job.execute_in_process(
            run_config={"ops": {name: config for name in names if name in ACCEPT_LOSS}},
            instance=instance,
            asset_selection=[dg.AssetKey(name) for name in names],
            tags=range_tags(first, last or first) if first else {},
            raise_on_error=False,
        )

    return execute


def start(
    request: dg.RunRequest, job: str, archive: DataRoot, instance: dg.DagsterInstance
) -> bool:
    """Run a job as a sensor or schedule requested it."""
    resources = {"archive": ArchiveResource(root=str(archive.paths.root))}
    definition = build_defs(resources=resources).resolve_job_def(job)
    return definition.execute_in_process(instance=instance, tags=dict(request.tags)).success


@pytest.fixture(autouse=True)
def few_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is measured by a few searches: these tests are about its place in the graph."""
    monkeypatch.setattr(vector_index, "_QUERIES", 3)


@pytest.fixture
def instance(archive: DataRoot) -> dg.DagsterInstance:
    return open_instance(archive)


@pytest.fixture
def run(archive: DataRoot, instance: dg.DagsterInstance) -> Run:
    return runner(archive, instance)


@pytest.fixture
def dropped(archive: DataRoot, photograph: Photograph) -> list[Path]:
    return drop_photographs(archive, photograph)


@pytest.fixture(scope="session")
def enriched_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dropped photographs, through the whole graph, once for all tests."""
    return built_once(tmp_path_factory, "enriched", _enriched)


def _enriched(folder: Path) -> DataRoot:
    archive = empty_archive(folder)
    drop_photographs(archive, write_photograph)
    run = runner(archive, open_instance(archive))
    assert run("intake_log", "archive_scan").success
    assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    assert run("photos").success
    return archive


@pytest.fixture
def enriched(archive: DataRoot, enriched_root: Path) -> DataRoot:
    """A copy of the enriched archive that a test may change, in the place of `archive`."""
    shutil.rmtree(archive.paths.root)
    shutil.copytree(enriched_root, archive.paths.root)
    return archive
