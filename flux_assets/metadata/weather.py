"""`weather`: the sky at the hour of capture. Phase 4; source: place, time and Open-Meteo.

The hour of capture begins at the last full hour, UTC, which is `observed_at`. Weather code and
temperature are as stamped at its beginning: both are instants, though a code speaks of rain also
where it fell in the hour before. The service stamps precipitation with the end of the hour in
which it fell; so that of the hour of capture is found at the next full hour.

The service is asked about the 0.1° cell of a photograph, never about its exact position.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import dataframely as dy
import polars as pl

from flux_assets import progress
from flux_assets.metadata.wmo_codes import description_of, weather_of
from flux_assets.photo_table import Product, WaitingTable
from flux_assets.refresh import RETRY, DayReport, Plan, plan_day, write_day
from flux_resources.tables import TableStore
from flux_resources.weather.cache import VALUES
from flux_resources.weather.calls import CELL, cell_of
from flux_resources.weather.source import WeatherAnswer, WeatherSource

WEATHER_VERSION = "1"
_INPUTS = pl.Schema(
    {
        "day": pl.String(),
        "photo_id": pl.String(),
        "lat": pl.Float64(),
        "lon": pl.Float64(),
        "resolved_at_utc": pl.Datetime("ms"),
    }
)
_HOUR = timedelta(hours=1)


class Weather(WaitingTable):
    """Grain: photograph."""

    weather = dy.String(nullable=True, description="`clear`, `rain`, ...; an unknown code as is.")
    wmo_code = dy.Int16(nullable=True, description="WMO weather code at `observed_at`.")
    wmo_description = dy.String(nullable=True, description="What the code stands for.")
    temperature_c = dy.Float64(nullable=True, description="°C, 2 m above ground, `observed_at`.")
    precipitation_mm = dy.Float64(
        nullable=True, min=0, description="Rain and melted snow, mm, the hour from `observed_at`."
    )
    observed_at = dy.Datetime(
        nullable=True, time_unit="ms", description="Beginning of the hour of capture, UTC."
    )


WEATHER = Product("weather", Weather, value="weather", gap="no position or no time")


def weather_version(*, enabled: bool) -> str:
    """What a row depends on beside its inputs and the answers of the service."""
    return f"{WEATHER_VERSION}|{'on' if enabled else 'off'}"


@dataclass(frozen=True)
class WeatherDayReport(DayReport):
    """A day's report.

    Attributes:
        pending: photographs whose weather may yet come.
        requests: requests in which this day had a part; days of one run can share a request.
        hours_from_cache: hours of its cells that were known already.
    """

    pending: int
    requests: int
    hours_from_cache: int


class WeatherRange:
    """Brings the weather of a range of days up to date; all days share their requests.

    Args:
        source: None where weather is turned off: rows are empty and done, until it is turned on.
    """

    def __init__(self, tables: TableStore, source: WeatherSource | None) -> None:
        self._tables = tables
        self._source = source
        self._version = weather_version(enabled=source is not None)

    def refresh(
        self, days: Sequence[str], inputs: Callable[[str], pl.DataFrame]
    ) -> Iterator[WeatherDayReport]:
        """Work through the days in order.

        `inputs(day)` gives `photo_id, lat, lon, resolved_at_utc, fingerprint` of its photographs:
        degrees, measured or estimated, and a time in UTC, each null where unknown.
        """
        plans = [(day, *self._plan(day, inputs(day))) for day in days]
        todo = pl.concat(
            [
                plan.todo.with_columns(day=pl.lit(day)).select(list(_INPUTS)).cast(_INPUTS)
                for day, plan, _ in plans
            ]
        )
        needed = needed_hours(todo)
        answer = self._source.ask(needed) if self._source else WeatherAnswer.nothing()
        counts = _counts(needed, answer)
        rows = weather_rows(todo, answer).partition_by("day", as_dict=True, include_key=False)
        for day, plan, started in plans:
            computed = rows.get((day,))
            report = write_day(self._tables, WEATHER, day, plan, computed, started)
            progress.advance(WEATHER.name, report.photographs)
            requests, hours_from_cache = counts.get(day, (0, 0))
            yield WeatherDayReport(
                **vars(report),
                pending=0 if computed is None else computed["pending"].count(),
                requests=requests,
                hours_from_cache=hours_from_cache,
            )

    def _plan(self, day: str, inputs: pl.DataFrame) -> tuple[Plan, float]:
        started = time.perf_counter()
        return plan_day(self._tables, WEATHER, day, inputs=inputs, version=self._version), started


def needed_hours(photographs: pl.DataFrame) -> pl.DataFrame:
    """The `day, cell_lat, cell_lon, hour` (ms, UTC) from which rows are made.

    `photographs` have `day, lat, lon, resolved_at_utc`; those without position or time need none.
    """
    first = _placed(photographs).select("day", *CELL, "hour").drop_nulls()
    return pl.concat([first, first.with_columns(pl.col("hour") + _HOUR)]).unique()


def weather_rows(photographs: pl.DataFrame, answer: WeatherAnswer) -> pl.DataFrame:
    """One row per photograph, with its `day`, and `retry` where its weather may yet come.

    `photographs` have `day, photo_id, lat, lon, resolved_at_utc`.
    """
    moment = answer.hours.drop("precipitation_mm")
    fallen = answer.hours.select(*CELL, pl.col("hour") - _HOUR, "precipitation_mm")
    reasons = answer.days.select(*CELL, "day", "reason")
    unknown = pl.any_horizontal(pl.col("wmo_code", "temperature_c").is_null())
    known = pl.any_horizontal(pl.col(VALUES).is_not_null())
    rows = (
        _placed(photographs)
        .join(moment, on=[*CELL, "hour"], how="left")
        .join(fallen, on=[*CELL, "hour"], how="left")
        .with_columns(on=pl.col("hour").dt.date(), until=(pl.col("hour") + _HOUR).dt.date())
        .join(reasons, left_on=[*CELL, "on"], right_on=[*CELL, "day"], how="left")
        .join(reasons, left_on=[*CELL, "until"], right_on=[*CELL, "day"], how="left", suffix="_2")
        .with_columns(
            weather_of(pl.col("wmo_code")).alias("weather"),
            description_of(pl.col("wmo_code")).alias("wmo_description"),
            pl.when(known).then("hour").alias("observed_at"),
            pl.coalesce(
                pl.when(unknown).then("reason"),
                pl.when(pl.col("precipitation_mm").is_null()).then("reason_2"),
            ).alias("pending"),
            pl.lit(None, pl.String).alias("error"),
        )
    )
    columns = [name for name in Weather.column_names() if name != "fingerprint"]
    return rows.select("day", *columns, pl.col("pending").is_not_null().alias(RETRY))


def _placed(photographs: pl.DataFrame) -> pl.DataFrame:
    """Photographs with their cell and the hour of capture."""
    return photographs.with_columns(
        *cell_of(pl.col("lat"), pl.col("lon")),
        hour=pl.col("resolved_at_utc").dt.truncate("1h"),
    )


def _counts(needed: pl.DataFrame, answer: WeatherAnswer) -> dict[str, tuple[int, int]]:
    """Requests and cached hours of each day."""
    return {
        day: (requests, cached)
        for day, requests, cached in needed.with_columns(on=pl.col("hour").dt.date())
        .join(answer.days, left_on=[*CELL, "on"], right_on=[*CELL, "day"])
        .group_by("day")
        .agg(pl.col("call").drop_nulls().n_unique(), pl.col("cached").sum())
        .iter_rows()
    }
