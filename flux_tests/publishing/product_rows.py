"""Rows of products, written as if they had been computed."""

from datetime import datetime
from hashlib import sha256

import polars as pl

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.photo_table import Product
from flux_resources.data_root import DataRoot

A, B = "2022-01-15", "2022-01-16"


def write_rows(archive: DataRoot, product: Product, day: str, **columns: list[object]) -> None:
    """Write a day of a product; columns left out are null."""
    types = {name: column.dtype for name, column in product.schema.columns().items()}
    rows = pl.DataFrame(columns, schema={name: types[name] for name in columns})
    missing = [pl.lit(None, dtype=types[name]).alias(name) for name in types if name not in columns]
    archive.tables.write_day(product.name, day, rows.with_columns(missing), product.schema)


def write_index(archive: DataRoot, day: str, *times: str) -> list[object]:
    """Index photographs of a day by the times of their names."""
    ids: list[object] = [f"{day}_{time}_DanteSisofo_R1" for time in times]
    count = len(ids)
    write_rows(
        archive,
        PHOTO_INDEX,
        day,
        photo_id=ids,
        filename=[f"{photo_id}.JPG" for photo_id in ids],
        original_filename=["R1.JPG"] * count,
        path=[f"FLUX_ARCHIVE/{photo_id}.JPG" for photo_id in ids],
        sha256=[sha256(str(photo_id).encode()).hexdigest() for photo_id in ids],
        bytes=[1] * count,
        format=["JPEG"] * count,
        file_modified_at=[datetime(2022, 1, 15)] * count,
    )
    return ids
