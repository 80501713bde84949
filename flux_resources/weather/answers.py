"""What the weather service answered: FlatBuffers messages to hourly rows, or nothing at all."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any

import numpy as np
import polars as pl

from flux_resources.weather.calls import Call, Run

# As the service names them, in the order of the table's columns.
VARIABLES = ("weather_code", "temperature_2m", "precipitation")
# Values outside are no weather: WMO codes, °C, mm in an hour.
_SANE = {"wmo_code": (0, 32767), "temperature_c": (-100, 70), "precipitation_mm": (0, 1000)}
# The service answers for the centre of its own grid cell, up to 0.5° wide, preferably on land.
_FARTHEST_KM = 100
_HOUR_S = 3600


class BrokenAnswer(Exception):
    """The answer is not what was asked for; nothing of it may be used."""


def read_answer(messages: Sequence[Any], call: Call) -> pl.DataFrame:
    """Hours of every run of a call.

    Returns:
        `cell_lat, cell_lon` (int16), `hour` (ms, UTC), `wmo_code` (int16), `temperature_c`,
        `precipitation_mm` (float64): 24 rows for each cell and day, null where the service has
        no value. All values are as stamped: instants at `hour`, and the precipitation of the hour
        before.

    Raises:
        BrokenAnswer: places, days or values are missing, wrong or nonsense.
    """
    if len(messages) != len(call):
        raise BrokenAnswer(f"{len(messages)} of {len(call)} places")
    try:
        return pl.concat(map(_read_run, messages, call))
    except BrokenAnswer:
        raise
    except Exception as error:  # damaged FlatBuffers fail in every way there is
        raise BrokenAnswer("not readable") from error


def _read_run(message: Any, run: Run) -> pl.DataFrame:
    distance = _distance_km(run, message.Latitude(), message.Longitude())
    if not distance <= _FARTHEST_KM:
        raise BrokenAnswer("another place")
    hourly = message.Hourly()
    if hourly is None or hourly.Interval() != _HOUR_S:
        raise BrokenAnswer("no hours")
    start = int(datetime.combine(run.first, datetime.min.time(), UTC).timestamp())
    skipped, odd = divmod(start - hourly.Time(), _HOUR_S)
    if odd or skipped < 0:
        raise BrokenAnswer("another time")
    hours = 24 * run.days
    columns = {
        name: _sane(name, values[skipped : skipped + hours], hours)
        for name, values in _values(hourly).items()
    }
    return pl.DataFrame(columns).select(
        pl.lit(run.cell_lat, pl.Int16).alias("cell_lat"),
        pl.lit(run.cell_lon, pl.Int16).alias("cell_lon"),
        pl.Series("hour", (start + _HOUR_S * np.arange(hours)) * 1000).cast(pl.Datetime("ms")),
        pl.col("wmo_code").cast(pl.Int16),
        pl.col("temperature_c", "precipitation_mm").cast(pl.Float64).round(2),
    )


def _values(hourly: Any) -> dict[str, np.ndarray]:
    """float32 values of each column, found by what the message says they are."""
    from openmeteo_sdk.Variable import Variable

    if hourly.VariablesLength() != len(VARIABLES):
        raise BrokenAnswer("other variables")
    found = {
        variable.Variable(): np.asarray(variable.ValuesAsNumpy())
        for variable in map(hourly.Variables, range(len(VARIABLES)))
    }
    kinds = (Variable.weather_code, Variable.temperature, Variable.precipitation)
    if set(found) != set(kinds):
        raise BrokenAnswer("other variables")
    return dict(zip(_SANE, map(found.__getitem__, kinds), strict=True))


def _sane(name: str, values: np.ndarray, hours: int) -> pl.Series:
    """A float series with nulls for NaN."""
    known = values[~np.isnan(values)]
    low, high = _SANE[name]
    if values.shape != (hours,):
        raise BrokenAnswer("too few hours")
    whole = name != "wmo_code" or bool((known == np.round(known)).all())
    if not (whole and bool(((known >= low) & (known <= high)).all())):
        raise BrokenAnswer("impossible values")
    return pl.Series(name, values).fill_nan(None)


def _distance_km(run: Run, lat: float, lon: float) -> float:
    """Great-circle distance from the centre of the run's cell."""
    lat_1, lat_2 = radians(run.latitude), radians(lat)
    half = (
        sin((lat_2 - lat_1) / 2) ** 2
        + cos(lat_1) * cos(lat_2) * sin(radians(lon - run.longitude) / 2) ** 2
    )
    return 2 * 6371 * asin(sqrt(half))
