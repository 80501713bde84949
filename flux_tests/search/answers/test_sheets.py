from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from flux_assets.search.answers.sheets import echoes_sheet, evolution_sheet, motifs_sheet
from flux_assets.search.answers.timeline import periods_between

COLOURS = {
    "red": (200, 0, 0),
    "blue": (0, 0, 200),
    "green": (0, 150, 0),
    "violet": (120, 0, 160),
}


class Thumbs:
    """A plain picture for each name; a name without one has no file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, colour in COLOURS.items():
            Image.new("RGB", (300, 200), colour).save(folder / f"{name}.png")

    def __call__(self, photo_id: str) -> Path | None:
        return self.folder / f"{photo_id}.png" if photo_id in COLOURS else None


@pytest.fixture
def thumb(tmp_path: Path) -> Thumbs:
    return Thumbs(tmp_path)


def middle(sheet: Image.Image, name: str) -> tuple[float, float]:
    """Middle of the picture of that name, in pixels: across and down."""
    near = np.abs(np.asarray(sheet, int) - COLOURS[name]).max(axis=2) < 12
    rows, columns = np.nonzero(near)
    assert rows.size
    return float(columns.mean()), float(rows.mean())


def test_an_echo_stands_beside_what_it_echoes_and_looks_below_each_other(thumb: Thumbs) -> None:
    rows = pl.DataFrame(
        {
            "photo_id": ["violet", "blue"],
            "look": [2, 1],
            "echo_of": ["green", "red"],
            "echo_score": [0.9, 0.8],
        }
    )
    photos = pl.DataFrame(
        {
            "photo_id": list(COLOURS),
            "captured_at": [datetime(2022, 1, 1)] * 4,
            "location_city": ["Rome", None, "Rome", "Tokyo"],
        }
    )
    sheet = echoes_sheet(rows, photos, thumb, "Visual echoes of Rome")

    (red, red_row), (blue, blue_row) = middle(sheet, "red"), middle(sheet, "blue")
    (green, green_row), (violet, violet_row) = middle(sheet, "green"), middle(sheet, "violet")
    assert red < blue and green < violet
    assert red_row == pytest.approx(blue_row) and green_row == pytest.approx(violet_row)
    assert red_row < green_row


def test_each_motif_has_a_row_in_the_order_of_its_years(thumb: Thumbs) -> None:
    rows = pl.DataFrame(
        {
            "motif": [1, 2],
            "photo_ids": [["red", "blue"], ["green", "gone"]],
            "years": [[2022, 2024], [2023, 2025]],
            "why": ["2 photographs that look alike, in 2022, 2024", ""],
        }
    )
    sheet = motifs_sheet(rows, thumb, "Recurring gestures")

    assert middle(sheet, "red")[0] < middle(sheet, "blue")[0]
    assert middle(sheet, "red")[1] == pytest.approx(middle(sheet, "blue")[1])
    assert middle(sheet, "blue")[1] < middle(sheet, "green")[1]
    assert middle(sheet, "green")[0] == pytest.approx(middle(sheet, "red")[0])


def test_the_time_line_runs_down_past_periods_that_have_nothing(thumb: Thumbs) -> None:
    rows = pl.DataFrame(
        {
            "period": ["2022", "2024"],
            "photo_id": ["red", "blue"],
            "captured_at": [datetime(2022, 5, 1), datetime(2024, 5, 1)],
            "score": [0.3, 0.4],
        }
    )
    periods = periods_between(datetime(2022, 1, 1), datetime(2024, 12, 31))
    sheet = evolution_sheet(rows, periods, thumb, "Evolution of layering")
    without = evolution_sheet(rows, [periods[0], periods[2]], thumb, "Evolution of layering")

    assert middle(sheet, "red")[1] < middle(sheet, "blue")[1]
    assert sheet.height > without.height
    left = np.asarray(sheet)[:, :40].astype(int)
    line = (left[..., 0] - left[..., 2] > 60).any(axis=1)
    assert line.mean() > 0.8


def test_nothing_found_still_gives_a_sheet_with_its_whole_title(thumb: Thumbs) -> None:
    rows = pl.DataFrame(
        schema={"motif": pl.Int64, "photo_ids": pl.List(pl.String), "years": pl.List(pl.Int32)}
    )
    short, long = (motifs_sheet(rows, thumb, "gestures " * count) for count in (1, 12))
    assert short.width < long.width
    assert short.height < 100
