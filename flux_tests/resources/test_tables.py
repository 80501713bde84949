"""Product tables in Parquet."""

import re
from pathlib import Path
from uuid import uuid4

import dataframely as dy
import polars as pl
import pytest

from flux_resources.tables import TableDamaged, TableStore

DAYS = ("2022-01-15", "2022-01-16")


class Before(dy.Schema):
    """A table as an older version wrote it."""

    photo_id = dy.String(primary_key=True)
    size = dy.Int64(min=0)


class Now(Before):
    """The same table with one more column."""

    colour = dy.String(nullable=True)


@pytest.fixture(params=["local", "odd name", "local URL", "memory"])
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> TableStore:
    """A store in a folder, in one with an unlucky name, behind a URL, and in no folder at all."""
    folders = {
        "local": str(tmp_path / "tables"),
        "odd name": str(tmp_path / "photos [2022] {a,b}?*"),
        "local URL": f"file://{tmp_path}/tables",
        "memory": f"memory://{uuid4().hex}/tables",
    }
    return TableStore(folders[request.param])


def _rows(*ids: str, **more: pl.Expr) -> pl.DataFrame:
    sizes = list(range(len(ids)))
    return pl.DataFrame({"photo_id": list(ids), "size": sizes}).with_columns(**more)


def test_a_day_reads_back_as_it_was_written(tables: TableStore) -> None:
    tables.write_day("sizes", DAYS[0], _rows("a", "b"), Before)

    assert tables.read_day("sizes", DAYS[0], Before).equals(_rows("a", "b"))
    assert tables.has_day("sizes", DAYS[0])
    assert not tables.has_day("sizes", DAYS[1])
    assert tables.days("sizes") == [DAYS[0]]


def test_writing_a_day_replaces_it_alone(tables: TableStore) -> None:
    for day in DAYS:
        tables.write_day("sizes", day, _rows("a", "b"), Before)
    tables.write_day("sizes", DAYS[0], _rows("c"), Before)

    assert tables.read_day("sizes", DAYS[0], Before)["photo_id"].to_list() == ["c"]
    assert tables.read_day("sizes", DAYS[1], Before)["photo_id"].to_list() == ["a", "b"]


def test_what_was_never_written_reads_as_typed_emptiness(tables: TableStore) -> None:
    empty = Before.create_empty()

    assert tables.read_day("sizes", DAYS[0], Before).schema == empty.schema
    assert tables.read("sizes", Before).schema == empty.schema
    scanned = tables.scan("sizes", Before).collect()
    assert scanned.schema == {"day": pl.String, **empty.schema}
    assert tables.days("sizes") == []


def test_a_scan_joins_all_days_and_names_them(tables: TableStore) -> None:
    for day in DAYS:
        tables.write_day("sizes", day, _rows(f"a {day}"), Before)

    found = tables.scan("sizes", Before).sort("day").collect()

    assert found.columns == ["day", "photo_id", "size"]
    assert found["day"].to_list() == list(DAYS)
    assert found["photo_id"].to_list() == [f"a {day}" for day in DAYS]


def test_columns_that_older_files_lack_read_as_null(tables: TableStore) -> None:
    tables.write_day("sizes", DAYS[0], _rows("a"), Before)
    tables.write_day("sizes", DAYS[1], _rows("b", colour=pl.lit("red")), Now)
    tables.write("sizes", _rows("a"), Before)

    assert tables.read_day("sizes", DAYS[0], Now)["colour"].to_list() == [None]
    assert tables.read("sizes", Now)["colour"].to_list() == [None]
    scanned = tables.scan("sizes", Now).sort("day").collect()
    assert scanned["colour"].to_list() == [None, "red"]


def test_columns_that_newer_files_have_are_left_out(tables: TableStore) -> None:
    tables.write_day("sizes", DAYS[0], _rows("b", colour=pl.lit("red")), Now)

    assert tables.read_day("sizes", DAYS[0], Before).columns == ["photo_id", "size"]
    assert tables.scan("sizes", Before).collect().columns == ["day", "photo_id", "size"]


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (_rows("a", "a"), dy.exc.ValidationError),
        (_rows("a").with_columns(size=-pl.col("size") - 1), dy.exc.ValidationError),
        (_rows("a").drop("size"), dy.exc.SchemaError),
        (_rows("a").cast({"size": pl.String}), dy.exc.SchemaError),
        (_rows("a", colour=pl.lit("red")), ValueError),
    ],
    ids=["key twice", "out of bounds", "column missing", "wrong type", "surplus column"],
)
def test_rows_that_break_the_schema_are_refused_and_the_old_ones_stay(
    tables: TableStore, rows: pl.DataFrame, error: type[Exception]
) -> None:
    tables.write_day("sizes", DAYS[0], _rows("old"), Before)

    with pytest.raises(error):
        tables.write_day("sizes", DAYS[0], rows, Before)

    assert tables.read_day("sizes", DAYS[0], Before)["photo_id"].to_list() == ["old"]


def test_a_surplus_column_is_named(tables: TableStore) -> None:
    with pytest.raises(ValueError, match=r"sizes\.parquet: columns not in the schema: colour"):
        tables.write("sizes", _rows("a", colour=pl.lit("red")), Before)


def test_a_write_that_is_killed_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = TableStore(tmp_path)
    tables.write_day("sizes", DAYS[0], _rows("old"), Before)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    for step in ("os.fsync", "shutil.copyfileobj", "pathlib.Path.replace"):
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(step, die)
            tables.write_day("sizes", DAYS[0], _rows("new"), Before)

    assert [path.name for path in (tmp_path / "sizes").iterdir()] == [f"day={DAYS[0]}.parquet"]
    assert tables.read_day("sizes", DAYS[0], Before)["photo_id"].to_list() == ["old"]


def test_a_leftover_of_a_killed_process_is_no_day(tmp_path: Path) -> None:
    tables = TableStore(tmp_path)
    tables.write_day("sizes", DAYS[0], _rows("a"), Before)
    (tmp_path / "sizes" / f".day={DAYS[1]}.parquet.77.tmp").write_bytes(b"half")

    assert tables.days("sizes") == [DAYS[0]]
    assert tables.scan("sizes", Before).collect().height == 1


@pytest.mark.parametrize("left", [0, 3, 300])
def test_a_damaged_day_is_named_with_the_remedy(tmp_path: Path, left: int) -> None:
    tables = TableStore(tmp_path)
    for day in DAYS:
        tables.write_day("sizes", day, _rows("a"), Before)
    file = tmp_path / "sizes" / f"day={DAYS[1]}.parquet"
    file.write_bytes(file.read_bytes()[:left])
    said = f"{re.escape(str(file))} is damaged; remove it, then: flux materialize"

    with pytest.raises(TableDamaged, match=said):
        tables.read_day("sizes", DAYS[1], Before)
    with pytest.raises(TableDamaged, match=said):
        tables.scan("sizes", Before).collect()
    assert tables.scan("sizes", Before, only=DAYS[:1]).collect().height == 1
