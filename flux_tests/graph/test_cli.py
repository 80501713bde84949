"""The `flux` command as a person types it."""

import json
import os
import subprocess
import sys
from html import escape
from pathlib import Path
from shutil import copytree

import pytest
import yaml
from typer.testing import CliRunner, Result

from flux_assets.cli import app
from flux_resources.data_root import DataRoot
from flux_resources.settings import Settings
from flux_resources.settings_sections import ArchiveSettings
from flux_tests.conftest import Photograph

FIELDS = [
    *("photo_id", "score", "folded", "percentile", "why"),
    *("path", "captured_at", "location_city", "location_country", "tags", "found"),
]


def flux(root: Path, *arguments: str) -> Result:
    return CliRunner(env={"FLUX_ROOT": str(root)}).invoke(app, list(arguments))


@pytest.fixture
def root(enriched_root: Path, tmp_path: Path) -> Path:
    return Path(copytree(enriched_root, tmp_path / "copy"))


def test_init_lays_out_a_root_with_the_defaults_and_the_zone_of_the_computer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    result = flux(tmp_path / "new", "init")
    assert result.exit_code == 0
    text = (tmp_path / "new" / "flux.yaml").read_text()
    expected = Settings(archive=ArchiveSettings(time_zone="Asia/Tokyo"))
    assert Settings.model_validate(yaml.safe_load(text)) == expected
    assert (tmp_path / "new" / "FLUX_INBOX").is_dir()


def test_init_leaves_settings_that_are_there(archive: DataRoot) -> None:
    before = (archive.paths.root / "flux.yaml").read_text()
    assert "left as it is" in flux(archive.paths.root, "init").stdout
    assert (archive.paths.root / "flux.yaml").read_text() == before


@pytest.mark.parametrize(("zone", "suggested"), [("Asia/Tokyo", "Asia/Tokyo"), ("", "Europe/Rome")])
def test_init_says_what_to_write_where_settings_name_no_time_zone(
    archive: DataRoot, monkeypatch: pytest.MonkeyPatch, zone: str, suggested: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    file = archive.paths.root / "flux.yaml"
    before = file.read_text()
    told = "archive.time_zone is not set; to set it, write under archive in flux.yaml"

    said = flux(archive.paths.root, "init").stdout.splitlines()
    assert f"{told}: time_zone: {suggested}" in said
    assert file.read_text() == before

    file.write_text(f"{before}archive: {{time_zone: Europe/Rome}}\n")
    assert "time_zone" not in flux(archive.paths.root, "init").stdout


def test_a_mistake_in_the_settings_is_a_sentence_with_key_and_file(archive: DataRoot) -> None:
    (archive.paths.root / "flux.yaml").write_text("vision: {modle: mini}\n")
    result = flux(archive.paths.root, "status")
    assert result.exit_code == 1
    assert "vision.modle: unknown key" in result.stderr
    assert "flux.yaml" in result.stderr
    assert "Traceback" not in result.output


def test_a_mistake_in_the_settings_is_no_stack_trace_in_a_process_of_its_own(
    archive: DataRoot,
) -> None:
    (archive.paths.root / "flux.yaml").write_text("archive: {start: yesterday}\n")
    command = [sys.executable, "-c", "from flux_assets.cli import app; app()", "materialize"]
    environment = os.environ | {"FLUX_ROOT": str(archive.paths.root)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "archive.start" in done.stderr
    assert "Traceback" not in done.stderr


def test_ingest_into_an_unmounted_archive_is_refused_with_a_sentence(
    root: Path, photograph: Photograph, tmp_path: Path
) -> None:
    (root / "FLUX_ARCHIVE" / "ORIGINALS").rename(root / "unplugged")
    result = flux(root, "ingest", str(photograph(tmp_path / "new.jpg", seed=61)))
    assert result.exit_code == 1
    assert "Is the disk mounted?" in result.stderr


def test_keepers_cannot_be_asked_for_before_anybody_named_them(root: Path) -> None:
    result = flux(root, "search", "patches", "--keeper")
    assert result.exit_code == 1
    assert "keepers" in result.stderr


def test_a_photograph_without_a_vector_is_told_apart_from_an_unknown_one(root: Path) -> None:
    broken = flux(root, "similar", "2022-01-16_12-05-00_DanteSisofo_R0001005")
    assert "has no vector" in broken.stderr
    unknown = flux(root, "similar", "nothing-like-it").stderr
    assert "no photograph of the archive is called nothing-like-it; near it: 2022-" in unknown


def test_ingest_copies_and_leaves_the_source(
    archive: DataRoot, photograph: Photograph, tmp_path: Path
) -> None:
    card = photograph(tmp_path / "card" / "R0000001.JPG")
    (tmp_path / "card" / "notes.txt").write_text("hello")
    result = flux(archive.paths.root, "ingest", str(tmp_path / "card"))
    assert result.exit_code == 0
    assert "1 filed" in result.stdout
    assert "rejected" in result.stdout
    assert card.exists()
    assert (tmp_path / "card" / "notes.txt").exists()
    assert len(list(archive.paths.originals.rglob("*.JPG"))) == 1


def test_ingest_of_a_path_that_is_not_there_says_so(archive: DataRoot) -> None:
    result = flux(archive.paths.root, "ingest", "/no/such/folder")
    assert result.exit_code == 1
    assert "/no/such/folder" in result.stderr


def test_materialize_takes_what_lies_in_the_inbox_up_to_search(
    archive: DataRoot, dropped: list[Path]
) -> None:
    result = flux(archive.paths.root, "materialize")
    assert result.exit_code == 0, result.output
    assert "6 photographs on 3 days are up to date" in result.stdout
    found = flux(archive.paths.root, "search", "patches", "--limit", "3", "--json")
    assert len(json.loads(found.stdout)) == 3


def test_materialize_does_only_the_days_and_products_it_is_told(
    archive: DataRoot, dropped: list[Path]
) -> None:
    root = archive.paths.root
    assert flux(root, "materialize", "--select", "intake_log,photo_index,exif").exit_code == 0
    assert archive.tables.days("exif") == ["2022-01-14", "2022-01-15", "2022-01-16"]
    one_day = ("--days", "2022-01-15..2022-01-15", "--select", "proxies")
    assert flux(root, "materialize", *one_day).exit_code == 0
    assert archive.tables.days("proxies") == ["2022-01-15"]
    assert archive.tables.days("embeddings") == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--select", "exfi"], "no such product: exfi"),
        (["--days", "yesterday"], "--days yesterday: write it as"),
    ],
)
def test_materialize_explains_a_mistyped_option(
    archive: DataRoot, arguments: list[str], message: str
) -> None:
    result = flux(archive.paths.root, "materialize", *arguments)
    assert result.exit_code == 1
    assert message in result.stderr


def test_days_without_photographs_are_not_called_up_to_date(root: Path) -> None:
    result = flux(root, "materialize", "--days", "2019-01-01", "--select", "exif")
    assert result.exit_code == 1
    assert "no photograph lies on 2019-01-01; the archive's days are 2022-01-14 to" in result.stderr
    assert "up to date" not in result.stdout


def test_an_archived_original_is_not_like_itself_and_is_corrected_by_its_name(root: Path) -> None:
    first = json.loads(flux(root, "search", "patches", "--limit", "1", "--json").stdout)[0]
    answered = json.loads(flux(root, "similar", first["path"], "--json").stdout)
    assert answered
    assert first["photo_id"] not in [row["photo_id"] for row in answered]

    name = Path(first["path"]).name
    corrected = flux(root, "set", name, "--zone", "Asia/Tokyo", "--dry-run")
    assert "1 photographs would be corrected" in corrected.stdout


def test_a_failed_step_is_told_with_its_reason(root: Path) -> None:
    (root / "FLUX_ARCHIVE" / "ORIGINALS").rename(root / "unplugged")
    result = flux(root, "materialize")
    assert result.exit_code == 1
    assert "Is the disk mounted?" in result.stderr


def test_status_counts_what_is_there_lacking_and_failed(root: Path) -> None:
    products = {
        status["product"]: status
        for status in json.loads(flux(root, "status", "--json").stdout)["products"]
    }
    assert products["places"]["reasons"]["expected"] == {"no GPS": 1}
    assert products["proxies"]["count"] == 5
    assert products["proxies"]["failed"] == 1
    assert "proxies" in flux(root, "status").stdout


def test_status_names_the_days_that_were_never_computed(
    root: Path, photograph: Photograph, tmp_path: Path
) -> None:
    photograph(tmp_path / "new.jpg", seed=60)
    assert flux(root, "ingest", str(tmp_path / "new.jpg")).exit_code == 0
    index = json.loads(flux(root, "status", "--json").stdout)["products"][0]
    assert index["pending"] == 1
    assert index["pending_days"] == ["2022-01-15"]


def test_status_names_the_root_in_its_commands_if_it_was_given_one(
    archive: DataRoot, dropped: list[Path], tmp_path: Path
) -> None:
    assert flux(archive.paths.root, "ingest", *map(str, dropped)).exit_code == 0
    root = archive.paths.root.rename(tmp_path / "my archive")
    page = tmp_path / "report.html"

    given = flux(tmp_path, "--root", str(root), "status", "--html", str(page))

    assert f"   flux --root '{root}' materialize" in given.stdout
    assert escape(f"flux --root '{root}' materialize") in page.read_text()
    assert "   flux materialize" in flux(root, "status").stdout


def test_status_writes_its_page_only_into_a_folder_that_exists(
    archive: DataRoot, tmp_path: Path
) -> None:
    page = tmp_path / "reports" / "report.html"

    refused = flux(archive.paths.root, "status", "--html", str(page))

    assert refused.exit_code == 2
    assert "name a file in a folder that exists" in " ".join(refused.stderr.split())
    assert not page.parent.exists()


def test_search_prints_stable_json(root: Path) -> None:
    found = json.loads(flux(root, "search", "patches", "--city", "Rome", "--json").stdout)
    assert [list(item) for item in found] == [FIELDS] * len(found)
    assert {item["location_city"] for item in found} == {"Rome"}
    assert all(Path(item["path"]).is_file() for item in found)


def test_similar_finds_others_and_writes_a_contact_sheet(root: Path, tmp_path: Path) -> None:
    known = json.loads(flux(root, "search", "patches", "--limit", "1", "--json").stdout)[0]
    sheet = tmp_path / "sheet.jpg"
    result = flux(root, "similar", known["photo_id"], "--sheet", str(sheet))
    assert result.exit_code == 0
    assert known["photo_id"] not in result.stdout
    assert sheet.stat().st_size > 1000


@pytest.mark.parametrize("options", [(), ("--every-frame",), ("--city", "Rome")])
def test_similar_never_answers_with_the_photograph_itself(
    root: Path, options: tuple[str, ...]
) -> None:
    asked = ("--every-frame", "--limit", "9", "--json")
    known = json.loads(flux(root, "search", "patches", *asked).stdout)
    assert len(known) == 5
    for photo in known:
        found = json.loads(flux(root, "similar", photo["photo_id"], *options, "--json").stdout)
        assert found
        assert photo["photo_id"] not in [other["photo_id"] for other in found]


def test_searching_before_anything_is_there_says_what_to_run(archive: DataRoot) -> None:
    result = flux(archive.paths.root, "search", "umbrella")
    assert result.exit_code == 1
    assert "flux materialize" in result.stderr


def test_doctor_reports_a_model_that_is_not_there_and_how_to_get_it(archive: DataRoot) -> None:
    assert flux(archive.paths.root, "doctor").exit_code == 0
    (archive.paths.root / "flux.yaml").write_text("vision: {model: ViT-H-14}\n")
    result = flux(archive.paths.root, "doctor")
    assert result.exit_code == 1
    assert "ViT-H-14" in result.stdout
    assert "checkpoint" in result.stdout
