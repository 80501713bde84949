"""What a person says of date, zone and place outranks what was computed, and stays."""

from pathlib import Path
from typing import Any

import polars as pl
from typer.testing import CliRunner, Result

from flux_assets.cli import app
from flux_assets.execution import DAY_PRODUCTS
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.corrections import choose_photographs, decide, zone_of
from flux_assets.search import Archive
from flux_resources.data_root import DataRoot
from flux_tests.graph.conftest import DAYS, Run


def flux(root: Path, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, list(arguments))


def test_a_day_and_a_camera_narrow_each_other(enriched: DataRoot) -> None:
    def count(**conditions: Any) -> int:
        everything = {"photo_id": None, "span": None, "camera": None}
        return choose_photographs(enriched.tables, **{**everything, **conditions}).height

    assert count(camera="gr iii") == 6
    assert count(camera="RICOH GR III", span=(DAYS[1], DAYS[1])) == 2


def test_a_decision_is_made_for_each_photograph_and_correction(enriched: DataRoot) -> None:
    chosen = choose_photographs(
        enriched.tables, photo_id=None, span=(DAYS[0], DAYS[1]), camera=None
    )

    made = decide(chosen, [zone_of("Asia/Tokyo"), ("time", None)])

    assert len(made) == 8
    assert {decision.sha256 for decision in made} == set(chosen["sha256"])


def test_what_a_person_says_outranks_the_camera_and_stays(enriched: DataRoot, run: Run) -> None:
    root = enriched.paths.root
    first = _photos(enriched)["photo_id"][0]
    said = flux(root, "set", first, "--shift", "+1:00", "--zone", "Asia/Tokyo", "--place", "Kyoto")
    assert said.exit_code == 0, said.output
    assert "flux materialize --days 2022-01-14..2022-01-14" in said.output

    for _ in range(2):
        assert run(*DAY_PRODUCTS, first=DAYS[0], last=DAYS[-1]).success
        assert run("photos").success

        photo = _photos(enriched).row(0, named=True)
        assert str(photo["captured_at"]) == "2022-01-14 13:00:00"
        assert photo["trust"] == 1
        assert (photo["location_city"], photo["location_source"]) == ("Kyoto", "manual")
        row = _times(enriched).row(0, named=True)
        assert row["utc_offset_minutes"] == 9 * 60
        assert "manual" in row["flags"]


def test_a_correction_concerns_no_other_row_and_can_be_taken_back(
    enriched: DataRoot, run: Run
) -> None:
    before = _times(enriched)
    assert flux(enriched.paths.root, "set", "--days", DAYS[1], "--shift", "-0:30").exit_code == 0
    assert run("capture_times", first=DAYS[0], last=DAYS[-1]).success
    shifted = _times(enriched)
    moved = (before["resolved_at"] - shifted["resolved_at"]).dt.total_minutes().to_list()
    assert moved == [0, 0, 30, 30, 0, 0]

    assert flux(enriched.paths.root, "set", "--days", DAYS[1], "--forget", "time").exit_code == 0
    assert run("capture_times", first=DAYS[0], last=DAYS[-1]).success
    assert _times(enriched).equals(before)


def test_a_time_is_set_for_one_photograph_only(enriched: DataRoot) -> None:
    result = flux(enriched.paths.root, "set", "--days", DAYS[0], "--time", "2022-01-14 10:00")
    assert result.exit_code == 1
    assert "use --shift" in result.stderr
    assert enriched.decisions.history() == []


def test_a_dry_run_keeps_nothing(enriched: DataRoot) -> None:
    result = flux(
        enriched.paths.root, "set", "--camera", "gr iii", "--zone", "Asia/Tokyo", "--dry-run"
    )
    assert "6 photographs would be corrected" in result.output
    assert "zone: Asia/Tokyo" in result.output
    assert enriched.decisions.history() == []


def _photos(archive: DataRoot) -> pl.DataFrame:
    return Archive(archive.paths.root).photos().sort("photo_id")


def _times(archive: DataRoot) -> pl.DataFrame:
    scanned = archive.tables.scan(CAPTURE_TIMES.name, CAPTURE_TIMES.schema)
    return scanned.sort("photo_id").collect()
