"""Brackets: sets of exposures, found before bursts, without a best."""

from typing import Any

import polars as pl
import pytest

from flux_assets.vision.bursts import Bursts, find_bursts, list_bursts
from flux_resources.settings_sections import BurstSettings
from flux_tests.vision.test_bursts import UNLIKE, day


def exposed(
    *seconds: float, gap: float = 0.5, subsecond: str | None = "00", **columns: Any
) -> pl.DataFrame:
    """Frames of the given exposure times, one after the other."""
    return day(
        *(
            (n * gap, {"exposure_s": exposure, "subsecond": subsecond} | columns)
            for n, exposure in enumerate(seconds)
        )
    )


def brackets(rows: pl.DataFrame) -> list[str]:
    found = find_bursts(rows, settings=BurstSettings())
    Bursts.validate(found.with_columns(fingerprint=pl.lit("f")), cast=True)
    listed = list_bursts(found).filter(pl.col("kind") == "bracket")
    return sorted("".join(members) for members in listed["photo_ids"])


def test_three_exposures_a_stop_apart_are_a_bracket_without_a_best() -> None:
    rows = exposed(1 / 250, 1 / 500, 1 / 125)
    assert brackets(rows) == ["abc"]

    found = find_bursts(rows, settings=BurstSettings())
    assert found["position"].to_list() == [1, 2, 3]
    assert found["is_best"].null_count() == found["best_reason"].null_count() == 3
    assert found["burst_id"][0].startswith("bracket_")


def test_half_stops_as_cameras_write_them_count_and_thirds_do_not() -> None:
    assert brackets(exposed(1 / 250, 1 / 350, 1 / 500)) == ["abc"]
    assert brackets(exposed(1 / 250, 1 / 320, 1 / 400, 1 / 500)) == []


def test_two_exposures_are_no_bracket() -> None:
    assert brackets(exposed(1 / 250, 1 / 1000)) == []


def test_the_span_must_be_a_stop() -> None:
    wide = BurstSettings(bracket_step_stops=0.3)
    rows = exposed(1 / 250, 1 / 320, 1 / 400)
    assert set(find_bursts(rows, settings=wide)["kind"]) == {"burst"}


def test_pauses_may_last_three_seconds() -> None:
    assert brackets(exposed(1 / 250, 1 / 500, 1 / 125, gap=3)) == ["abc"]
    assert brackets(exposed(1 / 250, 1 / 500, 1 / 125, gap=3.1)) == []


@pytest.mark.parametrize("name", ["aperture", "iso"])
def test_aperture_and_iso_expose_too(name: str) -> None:
    values = {"aperture": ("f/4", "f/5.6", "f/8"), "iso": (200, 400, 800)}[name]
    assert brackets(day(*((n, {name: value}) for n, value in enumerate(values)))) == ["abc"]


def test_settings_that_cancel_out_are_one_exposure() -> None:
    same = ((1 / 250, 400), (1 / 500, 800), (1 / 125, 200))
    rows = day(*((n, {"exposure_s": time, "iso": iso}) for n, (time, iso) in enumerate(same)))
    assert brackets(rows) == []


def test_an_exposure_that_comes_again_begins_the_next_bracket() -> None:
    assert brackets(exposed(*(1 / 250, 1 / 500, 1 / 125) * 2)) == ["abc", "def"]


def test_a_bracket_is_taken_out_of_the_burst_around_it() -> None:
    rows = exposed(1 / 250, 1 / 250, 1 / 250, 1 / 500, 1 / 125)
    found = find_bursts(rows, settings=BurstSettings())
    assert found["kind"].to_list() == ["burst", "burst", "bracket", "bracket", "bracket"]


def test_frames_of_a_bracket_may_look_unlike_and_lack_subseconds() -> None:
    assert brackets(exposed(1, 4, 16, gap=3, subsecond=None, phash=None, vector=None)) == ["abc"]


def test_another_camera_or_place_keeps_brackets_apart() -> None:
    here, there = {"lat": 41.89, "lon": 12.49}, {"lat": 41.89, "lon": 12.50}
    for one, other in (({"serial": "1"}, {"serial": "2"}), (here, there)):
        frames = [
            (n / 10, {"exposure_s": seconds, "phash": UNLIKE * (n % 2)} | (one, other)[n % 2])
            for n, seconds in enumerate((1 / 250, 1 / 250, 1 / 500, 1 / 500, 1 / 125, 1 / 125))
        ]
        assert brackets(day(*frames)) == ["ace", "bdf"]


def test_without_an_exposure_there_is_no_bracket() -> None:
    assert brackets(exposed(1 / 250, 1 / 500, 1 / 125).with_columns(exposure_s=None)) == []
    rows = day(
        (0, {}), (1, {"exposure_s": 0.0}), (2, {"exposure_s": 1.0}), (3, {"exposure_s": 0.5})
    )
    assert brackets(rows) == []
