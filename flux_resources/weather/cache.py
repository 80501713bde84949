"""Hours of weather that were once fetched, on disk: one Parquet file a month.

Keyed by cell and date. A day that had settled when it was fetched is kept for good; of a younger
day the archive may yet learn more. A file that cannot be read is as good as none.
"""

from datetime import datetime, timedelta

import dataframely as dy
import polars as pl

from flux_resources.tables import TableStore
from flux_resources.weather.calls import CELL

VALUES = ("wmo_code", "temperature_c", "precipitation_mm")
SETTLING_DAYS = 5  # the archive lags by about so much


class HourlyWeather(dy.Schema):
    """Grain: cell and hour, as the service stamps it. A day has all its 24 hours or none."""

    cell_lat = dy.Int16(primary_key=True, description="Centre of the cell, tenths of a degree.")
    cell_lon = dy.Int16(primary_key=True, description="Centre of the cell, tenths of a degree.")
    hour = dy.Datetime(primary_key=True, time_unit="ms", description="UTC.")
    wmo_code = dy.Int16(nullable=True, description="At this hour.")
    temperature_c = dy.Float64(nullable=True, description="At this hour, °C, 2 m above ground.")
    precipitation_mm = dy.Float64(nullable=True, description="Sum of the hour before this one.")
    fetched_at = dy.Datetime(time_unit="ms", description="UTC.")


class WeatherCache:
    """Reads and adds hours.

    Each file is replaced in one step. Two processes that add to one month at once can lose one
    of the additions, which is then fetched again.
    """

    def __init__(self, tables: TableStore) -> None:
        self._tables = tables

    def read(self, days: pl.DataFrame) -> pl.DataFrame:
        """Hours of the given `cell_lat, cell_lon, day`, with their `day` and whether `settled`."""
        months = days["day"].dt.strftime("%Y-%m").unique().sort()
        hours = pl.concat([HourlyWeather.create_empty(), *map(self._month, months)])
        return _dated(hours).join(days, on=[*CELL, "day"], how="semi")

    def add(self, hours: pl.DataFrame, fetched_at: datetime) -> None:
        """Keep fetched hours; settled days that are there already stay as they are."""
        fetched = hours.with_columns(
            pl.lit(fetched_at, pl.Datetime("ms")).alias("fetched_at"),
            month=pl.col("hour").dt.strftime("%Y-%m"),
        )
        for (month,), new in fetched.partition_by("month", as_dict=True, include_key=False).items():
            old = _dated(self._month(str(month)))
            added = _dated(new).join(old.filter("settled"), on=[*CELL, "day"], how="anti")
            kept = old.join(added, on=[*CELL, "day"], how="anti")
            columns = HourlyWeather.column_names()
            merged = pl.concat([kept.select(columns), added.select(columns)])
            self._tables.write(_file(str(month)), merged.sort(*CELL, "hour"), HourlyWeather)

    def _month(self, month: str) -> pl.DataFrame:
        try:
            return self._tables.read(_file(month), HourlyWeather)
        except (Exception, pl.exceptions.PanicException):  # damaged: fetched and written again
            return HourlyWeather.create_empty()


def _file(month: str) -> str:
    return f"weather_cache/{month}"


def _dated(hours: pl.DataFrame) -> pl.DataFrame:
    """Hours with their `day`, and whether it had `settled` when it was fetched."""
    day = pl.col("hour").dt.date()
    settled = day < pl.col("fetched_at").dt.date() - timedelta(days=SETTLING_DAYS)
    return hours.with_columns(day=day, settled=settled)
