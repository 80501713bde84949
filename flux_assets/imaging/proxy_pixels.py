"""Reading the working copies of a day, for every product that is computed from their pixels."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import polars as pl
from PIL import Image

from flux_resources.paths import Paths

Measured = TypeVar("Measured")
# Takes an opened picture that is not decoded yet, and what the row says beside it.
Measure = Callable[..., Measured]


@dataclass(frozen=True)
class Readings(Generic[Measured]):
    """`rows` has `photo_id, error, retry` for every input; `measured` what could be read."""

    rows: pl.DataFrame
    measured: dict[str, Measured]

    def with_values(self, values: pl.DataFrame) -> pl.DataFrame:
        """The rows with the columns of `values` (`photo_id` and more), null where it lacks one."""
        return self.rows.join(values, on="photo_id", how="left", maintain_order="left")


def read_proxies(
    inputs: pl.DataFrame,
    measure: Measure[Measured],
    *,
    stage: str,
    paths: Paths,
    workers: int,
    columns: Sequence[str] = (),
) -> Readings[Measured]:
    """Apply `measure(image, *columns)` to each row's working copy, `workers` at a time.

    `inputs` holds `photo_id`, `proxy_path` and `columns`. A row without a working copy says so
    where it stands in `proxies`: here it has neither a value nor an error. A copy that cannot be
    read gives an error that starts with `stage` and is tried again.
    """

    def read(photo_id: str, stored: str | None, *more: Any) -> tuple[Measured | None, str | None]:
        if stored is None:
            return None, None
        try:
            with Image.open(paths.absolute(stored)) as image:
                return measure(image, *more), None
        except Exception as error:  # decoders raise whatever broken bytes provoke
            remedy = "delete it if it is there, and materialize proxies"
            return None, f"{stage}: cannot read {stored} ({type(error).__name__}); {remedy}"

    photo_ids = inputs["photo_id"].to_list()
    with ThreadPoolExecutor(workers) as pool:
        results = list(pool.map(read, *inputs.select("photo_id", "proxy_path", *columns)))
    errors = pl.Series("error", [error for _, error in results], dtype=pl.String)
    rows = inputs.select("photo_id").with_columns(errors, errors.is_not_null().alias("retry"))
    pairs = zip(photo_ids, results, strict=True)
    return Readings(rows, {key: value for key, (value, _) in pairs if value is not None})
