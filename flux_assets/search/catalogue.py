"""`photos` as it is published now, opened for one question."""

from typing import Any

import duckdb
import polars as pl

from flux_assets.search.conditions import Condition, every, merit
from flux_assets.search.language.plan import Facts
from flux_resources.paths import Paths

_SHOWN = (
    "photo_id, path, captured_at, location_city, location_country, tags, thumb_path, proxy_path"
)
_NAMED = "photo_id IN (SELECT unnest(?))"
_AS_LIST = pl.col("tags").str.json_decode(pl.List(pl.String))
_CHOICES = {
    "year": "year(captured_at)",
    "city": "location_city",
    "country": "location_country",
    "weather": "weather",
    "camera": "camera_model",
}


class Catalogue:
    """Reads `photos`. A condition also demands that a photograph is searchable."""

    def __init__(self, database: "duckdb.DuckDBPyConnection", paths: Paths) -> None:
        self._database = database
        self._paths = paths

    def passing(self, condition: Condition) -> pl.Series:
        """photo_ids that meet a condition."""
        found = self._query("SELECT photo_id FROM photos WHERE searchable AND", condition)
        return found["photo_id"]

    def count(self, condition: Condition) -> int:
        """How many photographs meet a condition."""
        found = self._query("SELECT count(*) AS n FROM photos WHERE searchable AND", condition)
        return int(found["n"].item())

    def known(self, photo_ids: pl.Series, condition: Condition) -> pl.DataFrame:
        """`photo_id, captured_at, fold, place` of those of `photo_ids` that meet a condition."""
        asked = every([Condition(_NAMED, [photo_ids.to_list()]), condition])
        columns = "photo_id, captured_at, fold, fold_place AS place"
        return self._query(f"SELECT {columns} FROM photos WHERE searchable AND", asked)

    def folded(self, folds: pl.Series, condition: Condition) -> pl.DataFrame:
        """`photo_id, fold, place` of all frames of some folds that meet a condition."""
        named = Condition("fold IN (SELECT unnest(?))", [folds.to_list()])
        columns = "photo_id, fold, fold_place AS place"
        return self._query(
            f"SELECT {columns} FROM photos WHERE searchable AND", every([named, condition])
        )

    def merits(self, photo_ids: pl.Series, wishes: Facts) -> pl.DataFrame:
        """`photo_id, merit`: which share of the wishes each photograph meets."""
        wish = merit(wishes)
        named = Condition(_NAMED, [photo_ids.to_list()])
        values = [*wish.values, *named.values]
        query = f"SELECT photo_id, {wish.sql} AS merit FROM photos WHERE {named.sql}"
        return self._read(query, values)

    def details(self, photo_ids: pl.Series) -> pl.DataFrame:
        """What is shown of photographs: paths are absolute, tags a list."""
        named = Condition(_NAMED, [photo_ids.to_list()])
        found = self._query(f"SELECT {_SHOWN} FROM photos WHERE", named)
        return found.with_columns(
            *(self._absolute(name) for name in ("path", "thumb_path", "proxy_path")),
            _AS_LIST,
        )

    def press(self, photo_id: str) -> list[str] | None:
        """A photograph and what shares its shutter press; None if there is no such photograph."""
        own = Condition("photo_id = ?", [photo_id])
        found = self._query("SELECT pair_id FROM photos WHERE", own)
        if found.is_empty():
            return None
        pair = Condition("pair_id = ?", [found["pair_id"].item()])
        return [photo_id, *self._query("SELECT photo_id FROM photos WHERE", pair)["photo_id"]]

    def photo(self, photo_id: str) -> dict[str, Any] | None:
        """Everything that `photos` knows of a photograph, tags as a list; None if there is none."""
        rows = self._query("SELECT * FROM photos WHERE", Condition("photo_id = ?", [photo_id]))
        if rows.is_empty():
            return None
        return rows.with_columns(_AS_LIST).row(0, named=True)

    def choices(self) -> dict[str, list[Any]]:
        """What filters can be set to: the values of each, the most frequent first."""
        return {
            name: self._query(
                f"SELECT {column} AS value FROM photos WHERE {column} IS NOT NULL AND",
                Condition("true GROUP BY 1 ORDER BY count(*) DESC, value", []),
            )["value"].to_list()
            for name, column in _CHOICES.items()
        }

    def has_keepers(self) -> bool:
        """Whether any photograph is a keeper."""
        return self._query("SELECT 1 FROM photos WHERE keeper = 1 AND", _ALWAYS).height > 0

    def span(self, condition: Condition) -> tuple[object, object]:
        """The first and last `captured_at` that meet a condition; None, None if none does."""
        bounds = "min(captured_at) AS first, max(captured_at) AS last"
        found = self._query(f"SELECT {bounds} FROM photos WHERE searchable AND", condition)
        first, last = found.row(0)
        return first, last

    def _query(self, beginning: str, condition: Condition) -> pl.DataFrame:
        return self._read(f"{beginning} {condition.sql}", condition.values)

    def _read(self, query: str, values: list[object]) -> pl.DataFrame:
        return pl.DataFrame(self._database.sql(query, params=values).to_arrow_table())

    def _absolute(self, column: str) -> pl.Expr:
        stored = pl.col(column)
        below_root = pl.concat_str(pl.lit(f"{self._paths.root}/"), stored)
        return pl.when(stored.str.starts_with("/")).then(stored).otherwise(below_root).alias(column)


_ALWAYS = Condition("true", [])
