"""The camera's own name inside file names, whatever people and programs added to it."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.keepers.matching.keeper_names import (
    keys_of_keepers,
    keys_of_originals,
    named_second,
    plain_name,
)

CAMERAS = ("R0001234", "IMG_0012", "_DSC1234", "DSCF1234", "100_0456", "PXL_20220115_132244123")


def keys(filename: str) -> dict[str, int]:
    rows = keys_of_keepers(pl.DataFrame({"k": [0], "filename": [filename]}))
    return dict(rows.select("key", "level").iter_rows())


def plain(name: str) -> str:
    return str(pl.select(plain_name(pl.lit(name))).item())


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize(
    "filename",
    [
        *("{}.JPG", "{}-2.jpg", "{} copy.JPG", "{}copy.jpg", "{} (1).jpeg", "{}_DxO.tif"),
        *("best of {}.jpg", "{}.DNG.jpg", "2022-01-15_13-22-44_DanteSisofo_{}_edit.jpg"),
    ],
)
def test_decorated_names_hold_the_cameras(camera: str, filename: str) -> None:
    assert plain(camera) in keys(filename.format(camera))


def test_how_much_of_the_name_agrees_is_said() -> None:
    whole = "2022-01-15_13-22-44_DanteSisofo_R0001234_edit.jpg"
    assert keys(whole) == {
        "2022-01-15-13-22-44-dantesisofo-r0001234-edit": 3,
        "r0001234-edit": 2,
        "r0001234": 1,
    }


def test_letters_and_accents_taken_apart_are_the_same_letters() -> None:
    assert plain("cafe\u0301.jpg") == plain("café.JPG")


def test_words_and_short_numbers_are_no_cameras_names() -> None:
    assert keys("best of May no 5.jpg") == {"best-of-may-no-5": 3}
    assert keys("1234.jpg") == {"1234": 3}


def test_the_time_in_a_canonical_name_is_read() -> None:
    names = [
        "best 2022-01-15_13-22-44_DanteSisofo_R1.jpg",
        "2022-13-15_13-22-44_D_R1.jpg",
        "R1.jpg",
    ]
    seconds = pl.DataFrame({"name": names}).select(named_second(pl.col("name"))).to_series()
    assert seconds.to_list() == [1642252964, None, None]


def test_a_photograph_is_found_by_its_cameras_name_and_its_id() -> None:
    stem = "2022-01-15_13-22-44_DanteSisofo_R0001234"
    rows = keys_of_originals(
        pl.DataFrame(
            {
                "o": [0, 1],
                "photo_id": [stem, f"{stem}_0a1b2c3d"],
                "sha256": ["f" * 64, "0a1b2c3d" + "0" * 56],
                "original_filename": ["R0001234.JPG", f"{stem}_0a1b2c3d.JPG"],
            }
        )
    )
    assert set(rows.iter_rows()) == {
        *((0, "r0001234"), (0, plain(stem))),
        *((1, "r0001234"), (1, plain(f"{stem}_0a1b2c3d"))),
    }


@given(st.text(max_size=60))
def test_any_name_gives_keys_and_a_plain_name_stays_plain(name: str) -> None:
    found = keys(name)
    assert plain(name) in found
    assert all(key == plain(key) for key in found)


@given(st.sampled_from(CAMERAS), st.from_regex(r"[a-zA-Z ]{0,12}", fullmatch=True))
def test_words_around_it_do_not_hide_a_cameras_name(camera: str, word: str) -> None:
    assert plain(camera) in keys(f"{word} {camera} {word}.jpg")
