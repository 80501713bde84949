"""Sheets of bursts and of duplicates, to look at."""

from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from flux_assets.vision.bursts import find_bursts
from flux_assets.vision.montages import burst_sheet, duplicates_sheet
from flux_resources.settings_sections import BurstSettings
from flux_tests.vision.archive_rows import duplicates_of, photographs
from flux_tests.vision.test_bursts import day


@pytest.fixture
def thumbs(tmp_path: Path) -> Path:
    for number, name in enumerate("abcdefgh"):
        Image.new("RGB", (90, 60), (30 * number, 90, 90)).save(tmp_path / f"{name}.jpg")
    return tmp_path


def test_the_largest_burst_is_shown_and_another_choice_is_another_sheet(thumbs: Path) -> None:
    def sheet(chosen: int) -> Image.Image:
        frames = [(n / 2, {"quality_score": 0.9 if n == chosen else 0.5}) for n in range(3)]
        found = find_bursts(day(*frames, (9, {}), (9.5, {})), settings=BurstSettings())
        shown = burst_sheet(found, lambda photo_id: thumbs / f"{photo_id}.jpg")
        assert shown is not None
        return shown

    first, second = sheet(0), sheet(1)
    assert first.size == second.size
    assert ImageChops.difference(first, second).getbbox() is not None


def test_raw_and_jpeg_are_one_picture_of_the_sheet(thumbs: Path) -> None:
    raw = {"pair_id": "a", "photo_id": "a_DNG"}
    found = find_bursts(day((0, {"pair_id": "a"}), (0.5, {}), (0, raw)), settings=BurstSettings())
    asked: list[str] = []

    def thumb(photo_id: str) -> Path:
        asked.append(photo_id)
        return thumbs / f"{photo_id}.jpg"

    burst_sheet(found, thumb)
    assert asked == ["a", "b"]


def test_of_a_long_burst_the_chosen_frame_is_shown() -> None:
    rows = photographs(
        *(
            {
                "photo_id": f"p{n:02}",
                "resolved_at": datetime(2022, 1, 15, 12, 0, n // 2, n % 2 * 500_000),
                "quality_score": 0.9 if n == 50 else 0.1,
            }
            for n in range(60)
        )
    )
    asked: list[str] = []

    def thumb(photo_id: str) -> Path:
        asked.append(photo_id)
        return Path("nowhere")

    burst_sheet(find_bursts(rows, settings=BurstSettings()), thumb)
    assert asked == [f"p{n:02}" for n in range(36, 60)]


def test_the_largest_groups_stand_one_below_the_other(thumbs: Path) -> None:
    def thumb(photo_id: str) -> Path:
        return thumbs / f"{photo_id}.jpg"

    alike = [{"photo_id": name} for name in "abc"]
    other = [{"photo_id": name, "phash": 2**40 - 1} for name in "de"]
    one = duplicates_sheet(duplicates_of(photographs(*alike)), thumb)
    two = duplicates_sheet(duplicates_of(photographs(*alike, *other)), thumb)

    assert one is not None
    assert two is not None
    assert two.width == one.width
    assert two.height == 2 * one.height


def test_where_there_is_nothing_there_is_no_sheet() -> None:
    assert burst_sheet(find_bursts(day((0, {})), settings=BurstSettings()), Path) is None
    assert duplicates_sheet(duplicates_of(photographs({"photo_id": "a"})), Path) is None
