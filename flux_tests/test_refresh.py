"""A refresh computes what changed, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest

from flux_assets import progress
from flux_assets.photo_table import PhotoTable, Product
from flux_assets.refresh import DayReport, combine_fingerprints, refresh_day
from flux_resources.tables import TableStore

DAY = "2022-01-15"


class Lengths(PhotoTable):
    """Grain: photograph."""

    length = dy.Int64(nullable=True)


class WiderLengths(Lengths):
    """A later shape of the same product."""

    width = dy.Int64(nullable=True)


LENGTHS = Product("lengths", Lengths, value="length")


class Bench:
    """A product that measures words, and remembers which photographs it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.tables = TableStore(folder)
        self.asked: list[str] = []
        self.errors: dict[str, str] = {}
        self.retry: set[str] = set()

    def run(
        self,
        words: dict[str, str],
        *,
        version: str = "1",
        product: Product = LENGTHS,
        still_valid: Callable[[pl.DataFrame], pl.Series] | None = None,
    ) -> DayReport:
        """Refresh the day with photographs and the words (fingerprints) they have."""
        self.asked = []
        inputs = pl.DataFrame(
            {"photo_id": list(words), "fingerprint": list(words.values())},
            schema={"photo_id": pl.String, "fingerprint": pl.String},
        )
        return refresh_day(
            self.tables,
            product,
            DAY,
            inputs=inputs,
            version=version,
            compute=self._compute,
            still_valid=still_valid,
        )

    def _compute(self, todo: pl.DataFrame) -> pl.DataFrame:
        self.asked = todo["photo_id"].to_list()
        rows = [
            {
                "photo_id": photo_id,
                "length": None if photo_id in self.errors else len(word),
                "width": 1,
                "error": self.errors.get(photo_id),
                "retry": photo_id in self.retry,
            }
            for photo_id, word in todo.select("photo_id", "fingerprint").iter_rows()
        ]
        return pl.DataFrame(rows, schema_overrides={"error": pl.String, "length": pl.Int64})

    def rows(self) -> dict[str, int | None]:
        return dict(self._stored().select("photo_id", "length").iter_rows())

    def fingerprints(self) -> dict[str, str | None]:
        return dict(self._stored().select("photo_id", "fingerprint").iter_rows())

    def _stored(self) -> pl.DataFrame:
        return self.tables.read_day("lengths", DAY, Lengths)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_first_run_computes_all_and_the_second_nothing(bench: Bench) -> None:
    first = bench.run({"a": "x", "b": "xyz"})
    file = bench.tables.base / "lengths" / f"day={DAY}.parquet"
    written = file.stat().st_mtime_ns

    second = bench.run({"a": "x", "b": "xyz"})

    assert (first.photographs, first.computed) == (2, 2)
    assert (second.photographs, second.computed, bench.asked) == (2, 0, [])
    assert bench.rows() == {"a": 1, "b": 3}
    assert file.stat().st_mtime_ns == written


def test_a_changed_upstream_row_is_computed_alone(bench: Bench) -> None:
    bench.run({"a": "x", "b": "xyz", "c": "xy"})

    report = bench.run({"a": "x", "b": "long word", "c": "xy"})

    assert (report.computed, bench.asked) == (1, ["b"])
    assert bench.rows() == {"a": 1, "b": 9, "c": 2}


def test_new_rows_are_computed_and_removed_rows_vanish(bench: Bench) -> None:
    bench.run({"a": "x", "b": "xy"})

    report = bench.run({"b": "xy", "c": "xyz"})

    assert (bench.asked, report.removed) == (["c"], ("a",))
    assert bench.rows() == {"b": 2, "c": 3}


def test_a_mere_removal_is_written_without_computing(bench: Bench) -> None:
    bench.run({"a": "x", "b": "xy"})

    report = bench.run({"b": "xy"})

    assert (report.computed, report.removed, bench.asked) == (0, ("a",), [])
    assert bench.rows() == {"b": 2}


def test_a_new_version_computes_all(bench: Bench) -> None:
    bench.run({"a": "x", "b": "xy"})

    assert bench.run({"a": "x", "b": "xy"}, version="2").computed == 2


def test_a_new_shape_of_the_table_computes_all(bench: Bench) -> None:
    bench.run({"a": "x"})

    report = bench.run({"a": "x"}, product=Product("lengths", WiderLengths, value="length"))

    assert report.computed == 1
    assert bench.tables.read_day("lengths", DAY, WiderLengths)["width"].to_list() == [1]


def test_rows_to_retry_bear_no_fingerprint_and_are_tried_again(bench: Bench) -> None:
    bench.errors, bench.retry = {"b": "weather: offline"}, {"b"}
    bench.run({"a": "x", "b": "xy"})
    assert bench.fingerprints()["b"] is None

    bench.errors, bench.retry = {}, set()
    report = bench.run({"a": "x", "b": "xy"})

    assert (report.computed, report.failed, bench.asked) == (1, 0, ["b"])
    assert bench.rows() == {"a": 1, "b": 2}


def test_error_rows_are_kept_until_their_input_changes(bench: Bench) -> None:
    bench.errors = {"b": "lengths: broken"}
    first = bench.run({"a": "x", "b": "xy"})

    second = bench.run({"a": "x", "b": "xy"})
    bench.errors = {}
    third = bench.run({"a": "x", "b": "mended"})

    assert (first.failed, second.failed, third.failed) == (1, 1, 0)
    assert (second.computed, third.computed) == (0, 1)


def test_rows_that_speak_of_something_vanished_are_computed_again(bench: Bench) -> None:
    bench.run({"a": "x", "b": "xy"})

    bench.run({"a": "x", "b": "xy"}, still_valid=lambda rows: rows["photo_id"] != "a")

    assert bench.asked == ["a"]


def test_an_upstream_row_without_fingerprint_is_never_done(bench: Bench) -> None:
    inputs = {"a": "x"}
    bench.run(inputs)
    pending = pl.DataFrame({"photo_id": ["a"], "fingerprint": [None]}).cast(pl.String)
    for _ in range(2):
        report = refresh_day(
            bench.tables, LENGTHS, DAY, inputs=pending, version="1", compute=_no_length
        )
        assert report.computed == 1


def _no_length(todo: pl.DataFrame) -> pl.DataFrame:
    return todo.select("photo_id", length=pl.lit(0), error=pl.lit(None, dtype=pl.String))


def test_an_empty_day_is_written_once_and_typed(bench: Bench) -> None:
    report = bench.run({})

    assert report.photographs == 0
    assert bench.tables.has_day("lengths", DAY)


def test_a_day_that_fails_to_compute_keeps_what_it_had(bench: Bench) -> None:
    bench.run({"a": "x"})

    def fail(_: pl.DataFrame) -> pl.DataFrame:
        raise MemoryError

    changed = pl.DataFrame({"photo_id": ["a"], "fingerprint": ["y"]})
    with pytest.raises(MemoryError):
        refresh_day(bench.tables, LENGTHS, DAY, inputs=changed, version="1", compute=fail)

    assert bench.rows() == {"a": 1}


def test_fingerprints_of_several_products_change_with_each_of_them() -> None:
    rows = pl.DataFrame({"x": ["1", "1", None, "12"], "y": ["2", "3", "2", None]})

    combined = rows.select(combine_fingerprints("x", "y"))["fingerprint"]

    assert combined.n_unique() == 4
    assert combined.null_count() == 0


def test_listeners_hear_of_all_photographs_of_a_day(bench: Bench) -> None:
    heard: list[tuple[str, int]] = []
    with progress.listening(lambda product, n: heard.append((product, n))):
        bench.run({"a": "x", "b": "xy"})
        bench.run({"a": "x", "b": "xy"})
    bench.run({"a": "x"})

    assert heard == [("lengths", 2), ("lengths", 2)]
