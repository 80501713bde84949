"""Files with the tags that a test asks for, and what is read from them."""

from pathlib import Path
from typing import Any

import polars as pl
from PIL import Image

from flux_assets.metadata.exif import Exif, read_exif
from flux_assets.metadata.exif_fields import exif_fields
from flux_resources.data_root import DataRoot
from flux_resources.exif.tags import read_tags

EXIF_IFD = 0x8769


def fields_of(file: Path) -> dict[str, Any]:
    return exif_fields(read_tags(file))


def rows_of(archive: DataRoot, *files: Path) -> pl.DataFrame:
    """Rows of files, validated as they would be when stored."""
    inputs = pl.DataFrame(
        {"photo_id": [f"{n:04}" for n in range(len(files))], "path": [str(file) for file in files]}
    )
    rows = read_exif(inputs, paths=archive.paths, workers=2)
    assert rows["photo_id"].to_list() == inputs["photo_id"].to_list()
    fingerprint = pl.lit(None, dtype=pl.String).alias("fingerprint")
    Exif.validate(rows.drop("retry").with_columns(fingerprint).select(Exif.column_names()))
    return rows


def written(file: Path, ifd: int | None, **tags: object) -> Path:
    """A JPEG whose EXIF (or GPS) IFD holds exactly these tags; `x8827` names tag 0x8827."""
    exif = Image.Exif()
    target = exif if ifd is None else exif.get_ifd(ifd)
    target.update({int(name[1:], 16): value for name, value in tags.items()})
    Image.new("RGB", (32, 32)).save(file, exif=exif)
    return file
