"""WMO weather codes (`ww`) in the archive's words and in the words of their source.

Source: "WMO weather interpretation codes" of Open-Meteo, which issues 28 of them; the others that
lie within a range of ours are described as in WMO-No. 306, code table 4677.
"""

import polars as pl

# First code, last code, the archive's word.
_WEATHER = (
    (0, 1, "clear"),
    (2, 2, "partly cloudy"),
    (3, 3, "overcast"),
    (45, 48, "fog"),
    (51, 57, "drizzle"),
    (61, 67, "rain"),
    (71, 77, "snow"),
    (80, 82, "rain"),
    (85, 86, "snow"),
    (95, 99, "thunderstorm"),
)

DESCRIPTIONS = {
    0: "Clear sky",
    1: "Mainly clear",
    2: "Partly cloudy",
    3: "Overcast",
    45: "Fog",
    46: "Fog or ice fog, sky visible, has begun or has become thicker during the preceding hour",
    47: "Fog or ice fog, sky invisible, has begun or has become thicker during the preceding hour",
    48: "Depositing rime fog",
    51: "Drizzle: Light intensity",
    52: "Drizzle, not freezing, intermittent, moderate at time of observation",
    53: "Drizzle: Moderate intensity",
    54: "Drizzle, not freezing, intermittent, heavy (dense) at time of observation",
    55: "Drizzle: Dense intensity",
    56: "Freezing Drizzle: Light intensity",
    57: "Freezing Drizzle: Dense intensity",
    61: "Rain: Slight intensity",
    62: "Rain, not freezing, intermittent, moderate at time of observation",
    63: "Rain: Moderate intensity",
    64: "Rain, not freezing, intermittent, heavy at time of observation",
    65: "Rain: Heavy intensity",
    66: "Freezing Rain: Light intensity",
    67: "Freezing Rain: Heavy intensity",
    71: "Snow fall: Slight intensity",
    72: "Intermittent fall of snowflakes, moderate at time of observation",
    73: "Snow fall: Moderate intensity",
    74: "Intermittent fall of snowflakes, heavy at time of observation",
    75: "Snow fall: Heavy intensity",
    76: "Diamond dust (with or without fog)",
    77: "Snow grains",
    80: "Rain showers: Slight",
    81: "Rain showers: Moderate",
    82: "Rain showers: Violent",
    85: "Snow showers: Slight",
    86: "Snow showers: Heavy",
    95: "Thunderstorm: Slight or moderate",
    96: "Thunderstorm with slight hail",
    97: "Thunderstorm, heavy, without hail, but with rain and/or snow at time of observation",
    98: "Thunderstorm combined with duststorm or sandstorm at time of observation",
    99: "Thunderstorm with heavy hail",
}
_WORDS = {code: word for first, last, word in _WEATHER for code in range(first, last + 1)}


def weather_of(code: pl.Expr) -> pl.Expr:
    """The archive's word for a code; an unknown code stays a number, as text.

    >>> pl.select(weather_of(pl.lit(pl.Series([1, 63, 42])))).to_series().to_list()
    ['clear', 'rain', '42']
    """
    return code.replace_strict(_WORDS, default=code.cast(pl.String), return_dtype=pl.String)


def description_of(code: pl.Expr) -> pl.Expr:
    """The description of a code; null for an unknown one."""
    return code.replace_strict(DESCRIPTIONS, default=None, return_dtype=pl.String)
