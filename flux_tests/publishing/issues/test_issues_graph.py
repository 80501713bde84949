"""Issues in the graph: partitions, runs that refuse some, and the sensor that asks for them."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest
from dagster._core.events import EngineEventData
from pypdf import PdfReader

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.instance import open_instance
from flux_assets.publishing.assets import photos
from flux_assets.publishing.coverage.assets import coverage
from flux_assets.publishing.drafts.accept import accept
from flux_assets.publishing.drafts.assets import issue_drafts
from flux_assets.publishing.drafts.issue_drafts import ISSUE_DRAFTS, IssueDrafts
from flux_assets.publishing.export.assets import flux_db
from flux_assets.publishing.issues.assets import (
    catalog_entries,
    issue_manifests,
    issue_pdfs,
    issues,
)
from flux_assets.publishing.issues.automation import (
    PER_ARCHIVE,
    add_issues,
    generate_issue_metadata,
    issue_stretches,
    issues_sensor,
    run_issues,
)
from flux_assets.publishing.issues.catalog import read_catalog_entries
from flux_assets.publishing.issues.issues import read_issues
from flux_assets.publishing.photos import join_photos, publish_photos
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource
from flux_tests.publishing.issues.conftest import Assign

Rows = list[dict[str, str]]
ASSETS = [
    *(issue_manifests, issue_pdfs, issues, catalog_entries),
    *(photos, flux_db, issue_drafts, coverage),
]
Start = Callable[[dg.RunRequest], dg.ExecuteInProcessResult]
Later = Callable[[DataRoot, pytest.MonkeyPatch], None]


@pytest.fixture
def instance(archive: DataRoot, photographs: Rows) -> dg.DagsterInstance:
    return open_instance(archive)


def definitions(archive: DataRoot) -> dg.Definitions:
    return dg.Definitions(
        assets=ASSETS,
        jobs=[generate_issue_metadata],
        resources={"archive": ArchiveResource(root=str(archive.paths.root))},
    )


@pytest.fixture
def job(archive: DataRoot) -> dg.JobDefinition:
    return definitions(archive).resolve_job_def(generate_issue_metadata.name)


@pytest.fixture
def start(job: dg.JobDefinition, instance: dg.DagsterInstance) -> Start:
    """Runs what the sensor requested."""

    def execute(request: dg.RunRequest) -> dg.ExecuteInProcessResult:
        return job.execute_in_process(
            instance=instance,
            tags=dict(request.tags),
            asset_selection=list(request.asset_selection or []) or None,
            raise_on_error=False,
        )

    return execute


def names(photographs: Rows, first: int = 0, last: int = 36) -> list[str]:
    return [row["filename"] for row in photographs[first:last]]


def tick(
    archive: DataRoot, instance: dg.DagsterInstance, cursor: str | None = None
) -> tuple[list[dg.RunRequest], str | None]:
    context = dg.build_sensor_context(
        cursor=cursor,
        instance=instance,
        resources={"archive": ArchiveResource(root=str(archive.paths.root))},
        definitions=definitions(archive),
    )
    data = issues_sensor.evaluate_tick(context)
    return list(data.run_requests or []), data.cursor


def follow(archive: DataRoot, instance: dg.DagsterInstance, start: Start) -> Iterator[list[str]]:
    """What the sensor asks for, tick by tick, until it asks for nothing; runs are made."""
    cursor = None
    while True:
        requests, cursor = tick(archive, instance, cursor)
        if not requests:
            return
        for request in requests:
            start(request)
            yield [key.to_user_string() for key in request.asset_selection or []]


def idle(
    archive: DataRoot, instance: dg.DagsterInstance, start: Start, cursor: str | None
) -> str | None:
    """Where the sensor stands when it asks for nothing any more."""
    while True:
        requests, cursor = tick(archive, instance, cursor)
        for request in requests:
            start(request)
        if not requests:
            return cursor


def published_issues(archive: DataRoot) -> dict[str, int]:
    with duckdb.connect(str(archive.paths.duckdb), read_only=True) as database:
        query = "SELECT issue_id, count(*) FROM photos WHERE issue_id IS NOT NULL GROUP BY ALL"
        return dict(database.sql(query).fetchall())


def test_a_dropped_assignment_becomes_an_issue_by_the_sensor_alone(
    archive: DataRoot, photographs: Rows, assign: Assign, instance: dg.DagsterInstance, start: Start
) -> None:
    assign(names(photographs))
    asked = list(follow(archive, instance, start))
    assert asked == [["issue_manifests", "issue_pdfs", *PER_ARCHIVE]]
    (row,) = read_issues(archive.tables).to_dicts()
    assert (row["issue_id"], row["frame_count"]) == ("FLUX_001", 36)
    manifest = json.loads(archive.paths.absolute(row["manifest_path"]).read_text())
    assert manifest["generated_at"] == row["generated_at"]
    assert len(PdfReader(archive.paths.absolute(row["pdf_path"])).pages) == 43
    assert published_issues(archive) == {"FLUX_001": 36}


def test_a_refused_issue_fails_its_partition_and_keeps_no_other_from_being_made(
    archive: DataRoot, photographs: Rows, assign: Assign, instance: dg.DagsterInstance, start: Start
) -> None:
    assign(names(photographs))
    file = assign(["nowhere.JPG"], "FLUX_002")
    assign(names(photographs, 36, 72), "FLUX_003")
    asked = list(follow(archive, instance, start))
    pdfs, tables = ["issue_pdfs"], [*PER_ARCHIVE]
    assert asked[1:] == [pdfs, pdfs, tables]  # FLUX_002 lies between the two
    assert published_issues(archive) == {"FLUX_001": 36, "FLUX_003": 36}
    assert read_issues(archive.tables)["pdf_path"].null_count() == 0
    assert instance.get_materialized_partitions(issue_manifests.key) == {"FLUX_001", "FLUX_003"}
    (run,) = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    (failure,) = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    assert f"{file}, line 1: nowhere.JPG" in str(failure.dagster_event)


def test_all_issues_are_one_run(photographs: Rows, instance: dg.DagsterInstance) -> None:
    wanted = [f"FLUX_{n:03}" for n in range(1, 424)]
    known = add_issues(instance, wanted)
    assert issue_stretches(known, wanted) == [("FLUX_001", "FLUX_423")]
    assert add_issues(instance, ["FLUX_000"])[-1] == "FLUX_000"
    assert issue_manifests.backfill_policy == dg.BackfillPolicy.single_run()


def test_a_file_that_is_gone_takes_nothing_back(
    archive: DataRoot, photographs: Rows, assign: Assign, instance: dg.DagsterInstance, start: Start
) -> None:
    file = assign(names(photographs))
    list(follow(archive, instance, start))
    _, cursor = tick(archive, instance)
    file.unlink()
    assert not tick(archive, instance, cursor)[0]
    assert instance.get_dynamic_partitions("issue_id") == ["FLUX_001"]
    assert file.with_name("manifest.json").exists()
    assert read_issues(archive.tables).height == 1


def test_the_same_file_is_asked_for_once_and_a_changed_one_again(
    archive: DataRoot, photographs: Rows, assign: Assign, instance: dg.DagsterInstance
) -> None:
    assign(["nowhere"])
    requests, cursor = tick(archive, instance)
    assert len(requests) == 1
    assert not tick(archive, instance, cursor)[0]
    assign(["elsewhere"])
    assert len(tick(archive, instance, cursor)[0]) == 1


def touch_index(archive: DataRoot, _: pytest.MonkeyPatch) -> None:
    for file in (archive.paths.tables / PHOTO_INDEX.name).iterdir():
        os.utime(file, (2e9, 2e9))


def next_day(_: DataRoot, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("flux_assets.publishing.issues.automation._today", lambda: "2099-01-01")


@pytest.mark.parametrize("later", [touch_index, next_day])
def test_what_failed_is_asked_for_again_when_photographs_came_and_once_a_day(
    archive: DataRoot, photographs: Rows, assign: Assign, instance: dg.DagsterInstance,
    start: Start, monkeypatch: pytest.MonkeyPatch, later: Later,
) -> None:  # fmt: skip
    original = archive.paths.absolute(photographs[0]["path"])
    away = original.rename(original.with_name("away"))
    assign(names(photographs))
    (request,), cursor = tick(archive, instance)
    assert not start(request).success
    cursor = idle(archive, instance, start, cursor)
    away.rename(original)
    later(archive, monkeypatch)

    (request,), cursor = tick(archive, instance, cursor)
    assert start(request).success
    assert published_issues(archive) == {"FLUX_001": 36}
    cursor = idle(archive, instance, start, cursor)
    os.utime(next((archive.paths.tables / PHOTO_INDEX.name).iterdir()), (3e9, 3e9))
    assert not tick(archive, instance, cursor)[0]


def test_an_accepted_draft_is_published_once_it_is_edited_and_not_before(
    archive: DataRoot, photographs: Rows, instance: dg.DagsterInstance
) -> None:
    accepted = accepted_draft(archive, photographs)
    requests, cursor = tick(archive, instance)
    assert not requests
    accepted.write_text(f"# a remark alone\n{accepted.read_text()}")
    requests, cursor = tick(archive, instance, cursor)
    assert not requests
    listed = [row["photo_id"] for row in photographs[:36]]
    accepted.write_text("\n".join(reversed(listed)))
    assert len(tick(archive, instance, cursor)[0]) == 1


def accepted_draft(archive: DataRoot, photographs: Rows) -> Path:
    """The assignment file of a draft of the first 36 photographs, accepted as FLUX_001."""
    publish_photos(join_photos(archive.tables), archive.paths)
    columns = {name: column.dtype for name, column in IssueDrafts.columns().items()}
    told = {
        **{"draft_id": "fog", "reason": "", "keeper": True},
        **{"captured_at": datetime(2022, 1, 15), "proposed_at": datetime(2026, 1, 1)},
    }
    frames = [
        {**told, "position": number, "photo_id": row["photo_id"], "filename": row["filename"]}
        for number, row in enumerate(photographs[:36], 1)
    ]
    archive.tables.write(ISSUE_DRAFTS, pl.DataFrame(frames, schema=columns), IssueDrafts)
    issue, _ = accept(archive, "fog")
    return archive.paths.issues / issue / "frames.txt"


def test_nothing_is_asked_for_while_issues_are_published(
    archive: DataRoot, photographs: Rows, assign: Assign, instance: dg.DagsterInstance,
    job: dg.JobDefinition,
) -> None:  # fmt: skip
    assign(names(photographs))
    add_issues(instance, ["FLUX_001"])
    active = instance.create_run_for_job(
        job, status=dg.DagsterRunStatus.STARTED, tags={"dagster/partition": "FLUX_001"}
    )
    instance.report_engine_event("here", active, EngineEventData.in_process(os.getpid()))
    assert not tick(archive, instance)[0]
    instance.report_run_canceled(active)
    assert tick(archive, instance)[0]


def test_a_catalog_alone_is_published(
    archive: DataRoot, photographs: Rows, instance: dg.DagsterInstance, start: Start
) -> None:
    archive.paths.issues.mkdir(exist_ok=True)
    header = "catalog_id,photographer,title,submitted_at,pdf_path,s3_key"
    (archive.paths.issues / "catalog.csv").write_text(f"{header}\nCAT_007,,,,,\n")
    asked = list(follow(archive, instance, start))
    assert asked == [[*PER_ARCHIVE]]
    assert read_catalog_entries(archive.tables)["catalog_id"].to_list() == ["CAT_007"]


def test_issues_are_published_in_stages_so_that_a_refusal_stops_nothing(
    archive: DataRoot, photographs: Rows, assign: Assign, instance: dg.DagsterInstance, start: Start
) -> None:
    assign(names(photographs))
    assign(["nowhere"], "FLUX_002")
    failed = []

    def execute(assets: Sequence[str], tags: dict[str, str]) -> None:
        request = dg.RunRequest(asset_selection=[dg.AssetKey(name) for name in assets], tags=tags)
        if not start(request).success:
            failed.append(assets)

    run_issues(archive, instance, execute, ["FLUX_001", "FLUX_002"])
    assert failed == [["issue_manifests"]]
    assert read_issues(archive.tables)["pdf_path"].null_count() == 0
