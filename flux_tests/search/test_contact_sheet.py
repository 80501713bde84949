from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from flux_assets.search.contact_sheet import contact_sheet

RED, BLUE = (200, 0, 0), (0, 0, 200)


@pytest.fixture
def red(tmp_path: Path) -> Path:
    return _picture(tmp_path / "red.jpg", RED)


@pytest.fixture
def blue(tmp_path: Path) -> Path:
    return _picture(tmp_path / "blue.jpg", BLUE)


def _picture(file: Path, colour: tuple[int, int, int]) -> Path:
    Image.new("RGB", (600, 400), colour).save(file)
    return file


def _where(sheet: Image.Image, colour: tuple[int, int, int]) -> tuple[float, float]:
    """Middle of all pixels near a colour, as shares of width and height."""
    near = np.abs(np.asarray(sheet, int) - colour).max(axis=2) < 12
    rows, columns = np.nonzero(near)
    assert rows.size
    return float(columns.mean() / sheet.width), float(rows.mean() / sheet.height)


def test_pictures_stand_in_reading_order(red: Path, blue: Path) -> None:
    sheet = contact_sheet([(red, "one"), (blue, "two")], "fog")
    assert _where(sheet, RED)[0] < 0.5 < _where(sheet, BLUE)[0]

    column = contact_sheet([(red, "one"), (blue, "two")], "fog", columns=1)
    assert _where(column, RED)[1] < _where(column, BLUE)[1]
    assert column.width < sheet.width


def test_a_full_row_starts_a_new_one(red: Path) -> None:
    one, five = (contact_sheet([(red, "x")] * count, "fog") for count in (4, 5))
    assert one.width == five.width
    assert five.height > one.height


def test_missing_and_broken_pictures_leave_grey_fields(tmp_path: Path, blue: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(blue.read_bytes()[:300])
    files = (None, tmp_path / "gone.jpg", broken, blue)
    sheet = contact_sheet([(file, "caption") for file in files], "fog")

    across, _ = _where(sheet, (205, 205, 205))
    assert across == pytest.approx(0.375, abs=0.02)  # the middle of the first three of four
    assert _where(sheet, BLUE)[0] > 0.75


def test_title_and_captions_are_drawn(red: Path) -> None:
    plain, worded = contact_sheet([(red, "")], ""), contact_sheet([(red, "Rome\n2022")], "fog")
    changed = np.asarray(plain, int) != np.asarray(worded, int)
    assert changed[: plain.height // 8].any()
    assert changed[-plain.height // 8 :].any()


def test_nothing_found_gives_a_sheet_with_the_title_alone() -> None:
    assert contact_sheet([], "fog").height < 100
