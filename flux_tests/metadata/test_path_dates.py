"""Folder and file names speak of time as far as they are sure, and no further."""

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flux_assets.metadata.date_tokens import FIRST_YEAR
from flux_assets.metadata.path_dates import PathDate, path_date

NOW = datetime(2024, 6, 1)


def _said(path: str) -> PathDate:
    folder, _, name = path.rpartition("/")
    return path_date(folder, name, now=NOW)


def _span(path: str) -> str:
    """`2022`, `2022-01`, `2022-01-15`, `2022-01-15 13:22:44`, from..to, or nothing."""
    span = _said(path).span
    if span is None:
        return ""
    if span.instant:
        return f"{span.instant} UTC"
    length = span.end - span.start
    patterns = {1: "%Y-%m-%d", 28: "%Y-%m", 29: "%Y-%m", 30: "%Y-%m", 31: "%Y-%m"}
    patterns |= {365: "%Y", 366: "%Y"}
    if length < timedelta(days=1):
        return str(span.start)
    pattern = patterns.get(length.days)
    return f"{span.start:{pattern}}" if pattern else f"{span.start:%Y-%m-%d}..{span.end:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("2022/R1.JPG", "2022"),
        ("2022/2022-01/R1.JPG", "2022-01"),
        ("2022/2022-01/2022-01-15 Rome/R1.JPG", "2022-01-15"),
        ("Rome 15.01.2022/R1.JPG", "2022-01-15"),
        ("Rome 01-15-2022/R1.JPG", "2022-01-15"),
        ("Rome 03.04.2022/R1.JPG", "2022"),
        ("Rome 05.05.2022/R1.JPG", "2022-05-05"),
        ("Jan 2022/R1.JPG", "2022-01"),
        ("2022 January/R1.JPG", "2022-01"),
        ("Gennaio 2022/R1.JPG", "2022-01"),
        ("Février 2022/R1.JPG", "2022-02"),
        ("15 January 2022/R1.JPG", "2022-01-15"),
        ("January 15th, 2022/R1.JPG", "2022-01-15"),
        ("2022-Jan-15/R1.JPG", "2022-01-15"),
        ("20220115/R1.JPG", "2022-01-15"),
        ("202201__/R1.JPG", "2022-01"),
        ("2022_1_5/R1.JPG", "2022-01-05"),
        ("2022/01/15/R1.JPG", "2022-01-15"),
        ("2022/03 - March/R1.JPG", "2022-03"),
        ("Rome2022/R1.JPG", "2022"),
        ("2021-2022/R1.JPG", "2021-01-01..2023-01-01"),
        ("2022-01-15 to 2022-01-20/R1.JPG", "2022-01-15..2022-01-21"),
        ("x/IMG-20230115-WA0003.jpg", "2023-01-15"),
        ("x/Screenshot_2023-01-15-13-22-44.png", "2023-01-15 13:22:44"),
        ("x/Screenshot 2023-01-15 at 1.22.44 PM.png", "2023-01-15 13:22:44"),
        ("x/WhatsApp Image 2023-01-15 at 13.22.44.jpeg", "2023-01-15 13:22:44"),
        ("x/IMG_20230115_132244_HDR.jpg", "2023-01-15 13:22:44"),
        ("x/20230115132244.jpg", "2023-01-15 13:22:44"),
        ("x/00100_BURST20171111030039_COVER.jpg", "2017-11-11 03:00:39"),
        ("x/PXL_20230115_132244123.jpg", "2023-01-15 13:22:44.123000 UTC"),
        ("x/FB_IMG_1673788964123.jpg", "2023-01-15 13:22:44.123000 UTC"),
        ("x/1673788964.jpg", "2023-01-15 13:22:44 UTC"),
        ("x/DSC_2022-01-15.JPG", "2022-01-15"),
        ("1850/daguerreotype.tif", "1850"),
    ],
)
def test_dates_are_read(path: str, said: str) -> None:
    assert _span(path) == said


@pytest.mark.parametrize(
    "path",
    [
        "R0001234.JPG",
        "card/R0012022.JPG",
        "card/R2022.JPG",
        "card/IMG_2022.JPG",
        "card/Rome 2022.JPG",
        "card/Rome 2022-01.JPG",
        "card/IMG_19700101.JPG",
        "card/R0020220115.JPG",
        "card/1673788964_2.JPG",
        "card/123456789012.JPG",
        "3020x2010/R1.JPG",
        "2010x3020/R1.JPG",
        "1920 x 1080/R1.JPG",
        "web 2000 px/R1.JPG",
        "ISO 2000/R1.JPG",
        "100_2022/R1.JPG",
        "100RICOH/R1.JPG",
        "EOS2000D/R1.JPG",
        "19700101/R1.JPG",
        "2050/R1.JPG",
        "1800/R1.JPG",
        "",
    ],
)
def test_numbers_that_are_no_dates_are_left_alone(path: str) -> None:
    assert _span(path) == ""


def test_a_deeper_name_refines_and_says_so() -> None:
    date = _said("2022/2022-01-15 Rome/IMG_20220115_132244.jpg")

    assert date.says == "2022 > 2022-01-15 > 20220115_132244"
    assert not date.contradicts


def test_a_deeper_name_that_contradicts_is_believed_and_reported() -> None:
    date = _said("Backup 2023/2022-01-15 Rome/R1.JPG")

    assert (_span("Backup 2023/2022-01-15 Rome/R1.JPG"), date.contradicts) == ("2022-01-15", True)


def test_a_counter_below_a_named_year_is_no_month() -> None:
    assert _span("2022/03 Rome/R1.JPG") == "2022"
    assert _span("Rome 2022/03/R1.JPG") == "2022"


@pytest.mark.parametrize("name", ["R0001234", "IMG-20230115-WA0003"])
def test_of_a_canonical_name_the_original_part_alone_speaks(name: str) -> None:
    filed = f"2022-01-15_13-22-44_DanteSisofo_{name}.JPG"

    assert _span(f"FLUX_INBOX/2022/2022-01/2022-01-15/{filed}") == _span(f"x/{name}.JPG")


def test_another_day_folder_than_the_name_says_was_chosen_by_a_person() -> None:
    filed = "2022-01-15_13-22-44_DanteSisofo_R0001234.JPG"

    assert _span(f"2022/2022-01/2022-01-16/{filed}") == "2022-01-16"


_WORDS = st.sampled_from(
    [
        *("2022", "1826", "2024-06-03", "20220115", "31.02.2022", "132244", "18:61:61"),
        *("1673788964", "9999999999999", "Jan", "May", "ſept 2022", "PXL_", "at", "pm", "²"),
        *("_", "-", " ", "/", "x"),
    ]
)
_PATHS = st.one_of(st.text(), st.lists(_WORDS, max_size=8).map("".join))


@given(_PATHS)
@example("2024-06-05/x")
@example("AUGUſT 2022/x")
@example("1" * 13)
def test_no_path_raises_or_invents_a_date_outside_of_photography(path: str) -> None:
    span = _said(path).span

    if span is not None:
        assert span.start.year >= FIRST_YEAR - 1  # an instant may be the eve in the west
        assert span.start <= NOW + timedelta(days=2)
        assert span.start < span.end
