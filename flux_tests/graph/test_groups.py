"""Bursts and duplicates through the real graph, and a person's word on them."""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from flux_assets.checks import groups_are_whole
from flux_assets.cli import app
from flux_assets.execution import DAY_PRODUCTS
from flux_assets.instance import open_instance
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_resources.data_root import DataRoot
from flux_resources.resources import ArchiveResource
from flux_tests.conftest import empty_archive, write_photograph
from flux_tests.graph.conftest import DAYS, Run, runner

NOON, SIZE = datetime(2022, 1, 14, 12), (1200, 800)


def flux(root: Path, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, list(arguments))


@pytest.fixture(scope="module")
def grouped_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four frames of a burst, a picture apart from it, and an edit of that picture a day later."""
    archive = empty_archive(tmp_path_factory.mktemp("grouped"))
    for number in range(4):
        write_photograph(
            archive.paths.inbox / f"R000{1000 + number}.JPG",
            NOON + timedelta(seconds=number * 0.25),
            seed=1,
            size=SIZE,
            subsecond=f"{number * 25:02}",
            quality=70 + number,
        )
    alone = archive.paths.inbox / "R0002000.JPG"
    write_photograph(alone, NOON + timedelta(hours=1), seed=2, size=SIZE)
    edited = write_photograph(archive.paths.inbox / "edited.jpg", NOON + timedelta(days=1), seed=9)
    with Image.open(alone) as image, Image.open(edited) as other:
        image.resize((600, 400)).save(edited, quality=80, exif=other.info["exif"])
    run = runner(archive, open_instance(archive))
    assert run("intake_log", "archive_scan").success
    assert _enrich(run).success
    return archive.paths.root


@pytest.fixture
def grouped(archive: DataRoot, grouped_root: Path) -> DataRoot:
    """A copy that a test may change, in the place of `archive`."""
    shutil.rmtree(archive.paths.root)
    shutil.copytree(grouped_root, archive.paths.root)
    return archive


def _enrich(run: Run) -> dg.ExecuteInProcessResult:
    assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
    return run("duplicates")


def _duplicates(archive: DataRoot) -> pl.DataFrame:
    return archive.tables.read(DUPLICATES, Duplicates)


def test_a_burst_has_one_best_frame_and_a_sheet(grouped: DataRoot) -> None:
    rows = grouped.tables.read_day(BURSTS.name, DAYS[0], BURSTS.schema)

    assert rows["kind"].value_counts(sort=True).rows() == [("burst", 4), ("none", 1)]
    assert rows["is_best"].sum() == 1
    assert grouped.paths.burst_sheet(DAYS[0]).is_file()
    assert not grouped.paths.burst_sheet(DAYS[1]).exists()


def test_an_edit_is_a_duplicate_and_frames_of_a_burst_are_not(grouped: DataRoot) -> None:
    rows = _duplicates(grouped)

    assert rows["relation"].to_list() == ["near", "near"]
    assert rows["keep_reason"].drop_nulls()[0].endswith("megapixels, the next 0.24")
    assert {photo_id[:10] for photo_id in rows["photo_id"]} == {DAYS[0], DAYS[1]}


def test_a_group_that_lost_a_file_fails_its_check(grouped: DataRoot) -> None:
    def passes() -> bool:
        result = groups_are_whole(archive=ArchiveResource(root=str(grouped.paths.root)))
        assert isinstance(result, dg.AssetCheckResult)
        return result.passed

    assert passes()
    grouped.tables.write(DUPLICATES, _duplicates(grouped).head(1), Duplicates)
    assert not passes()


def test_what_a_person_tells_apart_stays_apart(grouped: DataRoot, run: Run) -> None:
    first, second = _duplicates(grouped)["photo_id"]
    said = flux(grouped.paths.root, "duplicates", "--apart", first, "--apart", second)
    assert said.exit_code == 0, said.output

    for _ in range(2):
        assert _enrich(run).success
        assert _duplicates(grouped).is_empty()


def test_what_a_person_keeps_is_best_of_its_burst(grouped: DataRoot, run: Run) -> None:
    rows = grouped.tables.read_day(BURSTS.name, DAYS[0], BURSTS.schema)
    other = rows.filter(~pl.col("is_best"))["photo_id"][-1]
    assert flux(grouped.paths.root, "bursts", "--keep", other).exit_code == 0

    assert _enrich(run).success

    rows = grouped.tables.read_day(BURSTS.name, DAYS[0], BURSTS.schema)
    assert rows.filter("is_best")["photo_id"].to_list() == [other]


def test_the_sheet_is_named_in_the_ui(grouped: DataRoot) -> None:
    records = dg.AssetRecordsFilter(dg.AssetKey(BURSTS.name), asset_partitions=[DAYS[0]])
    (record,) = open_instance(grouped).fetch_materializations(records, limit=1).records
    assert record.asset_materialization is not None
    shown = record.asset_materialization.metadata["largest_burst"].value
    assert str(shown).endswith(f"sheets/bursts/{DAYS[0]}.jpg")


def test_groups_are_listed_as_text_json_and_sheet(grouped: DataRoot, tmp_path: Path) -> None:
    root = grouped.paths.root
    assert "4" in flux(root, "bursts", "--day", DAYS[0]).stdout
    (group,) = json.loads(flux(root, "duplicates", "--json").stdout)
    assert group["files"] == 2
    for command in ("bursts", "duplicates"):
        sheet = tmp_path / f"{command}.jpg"
        assert flux(root, command, "--sheet", str(sheet)).exit_code == 0
        with Image.open(sheet) as image:
            assert image.width > 600


def test_a_name_that_is_no_photograph_is_refused(grouped: DataRoot) -> None:
    result = flux(grouped.paths.root, "duplicates", "--keep", "nothing")
    assert result.exit_code == 1
    assert "no photograph of the archive is called nothing" in result.stderr
