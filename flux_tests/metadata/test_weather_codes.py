"""WMO codes in the archive's words."""

import polars as pl
import pytest

from flux_assets.metadata.wmo_codes import DESCRIPTIONS, description_of, weather_of


def _words(*codes: int | None) -> list[tuple[str | None, str | None]]:
    frame = pl.DataFrame({"code": pl.Series(codes, dtype=pl.Int16)})
    return frame.select(
        weather_of(pl.col("code")).alias("weather"),
        description_of(pl.col("code")).alias("description"),
    ).rows()


@pytest.mark.parametrize(
    ("codes", "word"),
    [
        ((0, 1), "clear"),
        ((2,), "partly cloudy"),
        ((3,), "overcast"),
        ((45, 48), "fog"),
        ((51, 53, 55, 56, 57), "drizzle"),
        ((61, 63, 65, 66, 67, 80, 81, 82), "rain"),
        ((71, 73, 75, 77, 85, 86), "snow"),
        ((95, 96, 97, 98, 99), "thunderstorm"),
    ],
)
def test_codes_have_the_words_of_the_wiki(codes: tuple[int, ...], word: str) -> None:
    assert [weather for weather, _ in _words(*codes)] == [word] * len(codes)


def test_descriptions_are_exact() -> None:
    assert [description for _, description in _words(1, 48, 57, 82)] == [
        "Mainly clear",
        "Depositing rime fog",
        "Freezing Drizzle: Dense intensity",
        "Rain showers: Violent",
    ]


def test_every_code_with_a_word_has_a_description() -> None:
    named = [code for code in range(100) if not str(_words(code)[0][0]).isdecimal()]

    assert named == sorted(DESCRIPTIONS)


def test_an_unknown_code_stays_a_number() -> None:
    assert _words(4, 42, 100, 300) == [("4", None), ("42", None), ("100", None), ("300", None)]


def test_no_code_is_no_weather() -> None:
    assert _words(None) == [(None, None)]
