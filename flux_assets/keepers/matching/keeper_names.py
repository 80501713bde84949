"""What file names say: the camera's own name inside the name of a keeper, and the time in it.

Names are compared without endings, in lower case, their parts joined by `-`: `R0001234-2.jpg`,
`R0001234 copy.JPG` and `2022-01-15_13-22-44_DanteSisofo_R0001234_edit.jpg` all hold `r0001234`.
"""

import re
from collections.abc import Iterator

import polars as pl

# The camera's part of a canonical name, wherever in a name it stands.
_CANONICAL = r"(?i)(\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2})_[a-z0-9-]+_(.+)$"
_TIME = "%Y-%m-%d_%H-%M-%S"
_ENDINGS = r"(\.(jpe?g|png|webp|tiff?|heic|dng|cr2|cr3|nef|arw|orf|rw2))+$"
# r0001234, img-1234, dscf1234, pxl-20220115-132244123, 20220115-132244, 100-1234
_BY_A_CAMERA = re.compile(r"[a-z]{1,5}-?\d{4,}(-\d{4,})?|\d{8}-\d{6,}|\d{3}-\d{4}")
_MOST_PARTS = 3  # of a camera's name


def plain_name(name: pl.Expr) -> pl.Expr:
    """A file name as it is compared. Counters end where letters follow: `r0001234-copy`."""
    return (
        name.str.normalize("NFC")  # Macs take letters and their accents apart
        .str.to_lowercase()
        .str.replace(_ENDINGS, "")
        .str.replace_all(r"(\d{4})(\p{L})", "$1-$2")
        .str.replace_all(r"[^\p{L}\p{N}]+", "-")
        .str.strip_chars("-")
    )


def camera_part(name: pl.Expr) -> pl.Expr:
    """What follows date, time and photographer in a canonical name; another name as it is."""
    return pl.coalesce(name.str.extract(_CANONICAL, 2), name)


def named_second(name: pl.Expr) -> pl.Expr:
    """The time in a canonical name, in seconds since 1970 by the camera's clock; else null."""
    time = name.str.extract(_CANONICAL, 1).str.to_datetime(_TIME, time_unit="ms", strict=False)
    return time.dt.epoch("s")


def keys_of_keepers(keepers: pl.DataFrame) -> pl.DataFrame:
    """`k, key, level`: the names that a keeper's original may bear.

    Level 3 is its whole name, which can be a photo_id, 2 the whole camera's part of it, 1 a part
    that looks like a camera's name.

    Args:
        keepers: `k`, `filename`.
    """
    filename = pl.col("filename")
    plain = keepers.select("k", plain_name(filename), plain_name(camera_part(filename)).alias("of"))
    rows = [(k, key, level) for k, *names in plain.iter_rows() for key, level in _keys(*names)]
    return pl.DataFrame(rows, {"k": plain.schema["k"], "key": str, "level": pl.Int8}, orient="row")


def _keys(whole: str, of_camera: str) -> Iterator[tuple[str, int]]:
    parts = of_camera.split("-")
    runs = {
        "-".join(parts[start : start + length])
        for start in range(len(parts))
        for length in range(1, _MOST_PARTS + 1)
        if start + length <= len(parts)
    }
    levels = {run: 1 for run in runs if _BY_A_CAMERA.fullmatch(run)} | {of_camera: 2, whole: 3}
    yield from levels.items()


def keys_of_originals(originals: pl.DataFrame) -> pl.DataFrame:
    """`o, key`: the camera's name of each photograph, and its photo_id.

    Args:
        originals: `o`, `photo_id`, `sha256`, `original_filename`.
    """
    stem = pl.col("original_filename").str.replace(f"(?i){_ENDINGS}", "")
    digest = pl.concat_str(pl.lit("_"), pl.col("sha256").str.head(8))  # of a contested name
    name = pl.when(stem.str.ends_with(digest)).then(stem.str.head(-9)).otherwise(stem)
    return pl.concat(
        [
            originals.select("o", plain_name(camera_part(name)).alias("key")),
            originals.select("o", plain_name(pl.col("photo_id")).alias("key")),
        ]
    ).unique()
