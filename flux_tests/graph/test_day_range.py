"""Photographs outside the day range, as separate processes see them: the range is read anew."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph


def flux(root: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", "from flux_assets.cli import app; app()", "--root", str(root)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def set_start(archive: DataRoot, day: str) -> None:
    (archive.paths.root / "flux.yaml").write_text(
        f"archive: {{start: {day}}}\nintake: {{settle_seconds: 0}}\n"
    )


def test_photographs_outside_the_range_are_filed_and_reported_and_enriched_once_it_is_widened(
    archive: DataRoot, photograph: Photograph
) -> None:
    root, products = archive.paths.root, ("--select", "intake_log,archive_scan,photo_index,exif")
    set_start(archive, "2022-02-01")
    january = datetime(2022, 1, 15, 13, 22, 44)
    photograph(archive.paths.inbox / "R0000001.JPG", january)
    flux(root, "materialize", *products)
    assert len(list(archive.paths.original_day("2022-01-15").glob("*.JPG"))) == 1
    assert json.loads(flux(root, "status", "--json"))["outside_day_range"] == 1
    assert archive.tables.days("exif") == []

    set_start(archive, "2022-01-01")
    flux(root, "materialize", *products)
    assert archive.tables.days("exif") == ["2022-01-15"]
    assert json.loads(flux(root, "status", "--json"))["outside_day_range"] == 0
