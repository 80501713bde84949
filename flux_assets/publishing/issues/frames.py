"""Which photographs the frames of assignment files mean."""

import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from flux_assets.corpus.naming import is_canonical
from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_resources.tables import TableStore

_COLUMNS = ("photo_id", "filename", "original_filename", "sha256", "path", "format", "day")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# From the surest to the least sure: only where one finds nothing the next is asked.
_SURE = ("sha256", "photo_id", "filename")


def photo_locations(tables: TableStore) -> pl.DataFrame:
    """`photo_id, filename, original_filename, sha256, path, format, day` of every photograph."""
    index = tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema)
    return index.select(_COLUMNS).sort("photo_id").collect()


def find_photographs(texts: Iterable[str], index: pl.DataFrame) -> dict[str, list[str]]:
    """The photo_ids that each text may mean, ascending; one where it is clear.

    A text is a sha256, a photo_id or a file name: the name in the archive, or the one the camera
    gave. The case of the ending does not matter, nor how accents are composed. A name of the
    archive's own pattern outranks the same name of a file before it was filed.
    """
    wanted = pl.DataFrame({"text": sorted(set(texts))}, schema={"text": pl.String})
    wanted = wanted.with_columns(_key(pl.col("text")).alias("key"))
    found = {column: _matches(wanted, index, column) for column in (*_SURE, "original_filename")}
    return {text: _meant(text, found) for text in wanted["text"]}


def _meant(text: str, found: Mapping[str, Mapping[str, Sequence[str]]]) -> list[str]:
    for column in _SURE[:2]:
        if text in found[column]:
            return sorted(found[column][text])
    names = found["filename"].get(text, [])
    if names and is_canonical(text.rpartition(".")[0]):
        return sorted(names)
    return sorted({*names, *found["original_filename"].get(text, [])})


def _matches(wanted: pl.DataFrame, index: pl.DataFrame, column: str) -> dict[str, list[str]]:
    """`photo_id`s by text."""
    known = index.select("photo_id", _key(pl.col(column)).alias("key"))
    joined = wanted.join(known, on="key").group_by("text").agg("photo_id")
    return dict(joined.iter_rows())


def _key(name: pl.Expr) -> pl.Expr:
    """What two spellings of one name share: composed accents, and the ending in lower case."""
    composed = name.str.normalize("NFC")
    lower = composed.str.to_lowercase()
    ending = lower.str.extract(r"(\.[^.]*)$").fill_null("")
    return (
        pl.when(lower.str.contains(f"^{_SHA256.pattern}$"))
        .then(lower)
        .otherwise(pl.concat_str(composed.str.replace(r"\.[^.]*$", ""), ending))
    )
