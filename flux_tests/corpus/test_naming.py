"""Canonical names and ids."""

from datetime import datetime
from pathlib import PurePath

from hypothesis import example, given
from hypothesis import strategies as st

from flux_assets.corpus.naming import (
    canonical_stem,
    is_canonical,
    photo_id_of,
    press_of,
    with_digest,
)

MOMENT = datetime(2022, 1, 15, 13, 22, 44, 570_000)
moments = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1))
stems = st.text(st.characters(exclude_categories=()), min_size=1)


def test_a_name_holds_date_time_photographer_and_original_name() -> None:
    stem = canonical_stem(MOMENT, "DanteSisofo", "R0001234")

    assert stem == "2022-01-15_13-22-44_DanteSisofo_R0001234"


@given(moments, stems)
@example(MOMENT, "2022-01-15_13-22-44_A_2022-01-15_13-22-44_B_x")
@example(MOMENT, "2022-13-45_99-99-99_A_x")
def test_naming_twice_is_naming_once(moment: datetime, stem: str) -> None:
    once = canonical_stem(moment, "A-b", stem)

    assert canonical_stem(moment, "A-b", once) == once
    assert is_canonical(once)


@given(moments, stems)
@example(MOMENT, "../../etc/passwd\x00")
@example(MOMENT, "..")
@example(MOMENT, "caf\udce9")
@example(MOMENT, "ß" * 200)
def test_a_name_is_one_plain_path_component(moment: datetime, stem: str) -> None:
    name = canonical_stem(moment, "A-b", stem) + ".JPG"

    assert PurePath(name).name == name
    assert not set('\x00/\\:*?"<>|\n ') & set(name)
    assert len(name.encode()) < 250
    assert name.startswith(f"{moment:%Y-%m-%d_%H-%M-%S}_A-b_")


def test_a_date_that_does_not_exist_is_no_canonical_name() -> None:
    assert not is_canonical("2022-13-45_99-99-99_A_x")
    assert not is_canonical("0000-00-00_00-00-00_A_x")
    assert not is_canonical("R0001234")


def test_raw_and_jpeg_of_one_press_differ_by_the_format_alone() -> None:
    stem = canonical_stem(MOMENT, "A", "R1")

    assert photo_id_of(stem, "JPEG") == stem
    assert photo_id_of(stem, "DNG") == f"{stem}_DNG"
    assert press_of(f"{stem}_DNG", "DNG") == press_of(stem, "JPEG") == stem


def test_a_second_content_bears_eight_digits_of_its_digest() -> None:
    assert with_digest("stem", "0123456789abcdef") == "stem_01234567"
