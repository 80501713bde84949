"""Answers of the service are believed whole, or not at all."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openmeteo_sdk.VariableWithValues import VariableWithValues
from openmeteo_sdk.WeatherApiResponse import WeatherApiResponse

from flux_resources.weather.answers import BrokenAnswer, read_answer
from flux_resources.weather.calls import Run
from flux_tests.resources.open_meteo_server import message, variable_with_values

RUN = Run(date(2024, 3, 10), date(2024, 3, 10), 525, 134)
START = datetime(2024, 3, 10, tzinfo=UTC)


def _values(hours: int = 24, **changed: float) -> np.ndarray:
    """float32, hours by weather code, temperature and precipitation."""
    columns = {"code": 3.0, "celsius": 7.5, "mm": 0.2} | changed
    return np.tile(np.array([*columns.values()], dtype=np.float32), (hours, 1))


def _parsed(data: bytes) -> Any:
    return WeatherApiResponse.GetRootAs(data, 4)


def test_messages_are_written_as_the_golden_ones(real_photographs: Path) -> None:
    golden = (real_photographs / "weather" / "sdk-flatbuffers" / "golden_2.bin").read_bytes()
    theirs = VariableWithValues.GetRootAs(golden)
    builder = flatbuffers.Builder()
    builder.Finish(
        variable_with_values(
            builder, theirs.Variable(), theirs.Unit(), theirs.Altitude(), theirs.ValuesAsNumpy()
        )
    )

    ours = VariableWithValues.GetRootAs(bytes(builder.Output()))

    for field in ("Variable", "Unit", "Altitude", "ValuesLength"):
        assert getattr(ours, field)() == getattr(theirs, field)()
    assert (
        ours.ValuesAsNumpy().tolist() == theirs.ValuesAsNumpy().tolist() == [14.5, np.float32(15.6)]
    )


def test_a_longer_answer_is_cut_to_the_days_asked_for() -> None:
    longer = message(52.55, 13.41, datetime(2024, 3, 9, tzinfo=UTC), _values(72))

    hours = read_answer([_parsed(longer)], (RUN,))["hour"]

    assert (hours.min(), hours.max(), len(hours)) == (
        datetime(2024, 3, 10),
        datetime(2024, 3, 10, 23),
        24,
    )


@pytest.mark.parametrize(
    ("build", "why"),
    [
        (lambda: message(51.0, 13.4, START, _values()), "another place"),
        (lambda: message(float("nan"), 13.4, START, _values()), "another place"),
        (lambda: message(52.5, 13.4, START, _values(23)), "too few hours"),
        (lambda: message(52.5, 13.4, datetime(2024, 3, 11, tzinfo=UTC), _values()), "another time"),
        (lambda: message(52.5, 13.4, datetime(2024, 3, 9, tzinfo=UTC), _values()), "too few hours"),
        (
            lambda: message(52.5, 13.4, datetime(2024, 3, 9, 23, 30, tzinfo=UTC), _values(48)),
            "another time",
        ),
        (lambda: message(52.5, 13.4, START, _values(), interval=900), "no hours"),
        (lambda: message(52.5, 13.4, START, _values(code=2.5)), "impossible values"),
        (lambda: message(52.5, 13.4, START, _values(code=-1)), "impossible values"),
        (lambda: message(52.5, 13.4, START, _values(celsius=3e38)), "impossible values"),
        (lambda: message(52.5, 13.4, START, _values(celsius=float("inf"))), "impossible values"),
        (lambda: message(52.5, 13.4, START, _values(mm=-0.1)), "impossible values"),
    ],
)
def test_a_wrong_answer_is_refused(build: Callable[[], bytes], why: str) -> None:
    with pytest.raises(BrokenAnswer, match=why):
        read_answer([_parsed(build())], (RUN,))


@given(st.data())
def test_damage_raises_nothing_else(data: st.DataObject) -> None:
    good = bytearray(message(52.5, 13.4, START, _values()))
    for position in data.draw(st.lists(st.integers(4, len(good) - 1), min_size=1, max_size=20)):
        good[position] = data.draw(st.integers(0, 255))
    damaged = bytes(good[: data.draw(st.integers(8, len(good)))])

    try:
        parsed = _parsed(damaged)
    except Exception:  # the client turns this into an error of its own
        return
    with suppress(BrokenAnswer):
        assert read_answer([parsed], (RUN,)).height == 24
