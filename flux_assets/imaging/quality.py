"""`quality`: technical faults of a picture. Phase 4.

Source: the working copy, the ISO speed, and how coarsely the original was compressed.

Not taste: much of what is worth keeping is blurred, dark or noisy on purpose.

Everything but compression is measured at the size of the working copy, 1024 px. A smaller original
is judged by the pixels it has: it looks sharper, and noisier, than it would beside larger ones.
"""

import dataframely as dy
import numpy as np
import polars as pl
from PIL import Image

from flux_assets.imaging.detail import measure_detail
from flux_assets.imaging.proxy_pixels import read_proxies
from flux_assets.imaging.tones import measure_tones
from flux_assets.photo_table import PhotoTable, Product
from flux_resources.paths import Paths
from flux_resources.settings_sections import QualitySettings

QUALITY_VERSION = "3"
_SHARP = 0.3  # fine over coarse detail at a sharpness of 1 - 1/e
_COARSE, _COARSEST = 10, 160  # steps of JPEG: up to here no fault, from here nothing is left
_NOISE_LEVELS = 16  # noise that halves the mark for it; little is no fault
_SOFT, _NOISY, _FLAT, _CLIPPED, _DARK, _COMPRESSED = 0.45, 2.0, 0.6, 0.1, 0.5, 0.85


class Quality(PhotoTable):
    """Grain: photograph.

    A picture that is blurred, compressed, darkened or brightened scores no higher than before, but
    for a hundredth now and then: benchmarks/quality.py measures how often, and how much. Of
    compression only JPEG says how coarse it is, and a copy counts by the steps it was saved with.
    """

    sharpness = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        description="Fine over coarse detail of the sharpest tiles, 3 % of all, less noise.",
    )
    exposure = dy.Float64(
        nullable=True, min=0, max=1, description="1 where no tones are lost at either end."
    )
    clipped_shadows = dy.Float64(
        nullable=True, min=0, max=1, description="Share at the picture's own darkest tone."
    )
    clipped_highlights = dy.Float64(
        nullable=True, min=0, max=1, description="Share at the picture's own brightest tone."
    )
    spread = dy.Float64(
        nullable=True, min=0, max=1, description="From 1st to 99th percentile, of full scale."
    )
    noise = dy.Float64(nullable=True, min=0, description="Standard deviation, levels of 255.")
    contrast = dy.Float64(
        nullable=True, min=0, max=1, description="1 where light is twice dark, or more."
    )
    compression = dy.Float64(
        nullable=True, min=0, max=1, description="1 unless a JPEG is rounded to 10 levels or more."
    )
    quality_score = dy.Float64(
        nullable=True, min=0, max=1, description="Weighted mean of the five, 1 is faultless."
    )
    explanation = dy.String(nullable=True, description="The faults in words.")


QUALITY = Product("quality", Quality, value="quality_score", gap="no working copy")


def quality_version(settings: QualitySettings) -> str:
    """What a row depends on beside its row of `proxies` and the ISO speed."""
    return f"{QUALITY_VERSION}|{settings.model_dump_json()}"


def quality_inputs(proxies: pl.DataFrame, exif: pl.DataFrame) -> pl.DataFrame:
    """`photo_id, proxy_path, quantization_step, iso, fingerprint`, from rows of one day.

    Of EXIF only the ISO speed enters the fingerprint.
    """
    joined = proxies.select("photo_id", "proxy_path", "quantization_step", "fingerprint").join(
        exif.select("photo_id", "iso"), on="photo_id", how="left"
    )
    both = pl.concat_str(
        pl.col("fingerprint").fill_null("none"),
        pl.col("iso").cast(pl.String).fill_null("none"),
        separator="|",
    )
    return joined.with_columns(both.alias("fingerprint"))


def build_quality(
    inputs: pl.DataFrame, *, paths: Paths, settings: QualitySettings, workers: int
) -> pl.DataFrame:
    """Quality rows for `quality_inputs`; see `read_proxies`."""

    def measure(image: Image.Image, iso: int | None, step: float | None) -> dict[str, object]:
        return measure_quality(image, iso=iso, quantization_step=step, settings=settings)

    readings = read_proxies(
        inputs,
        measure,
        stage=QUALITY.name,
        paths=paths,
        workers=workers,
        columns=("iso", "quantization_step"),
    )
    values = [{"photo_id": key, **value} for key, value in readings.measured.items()]
    own = [name for name in Quality.column_names() if name not in PhotoTable.column_names()]
    schema = {name: Quality.columns()[name].dtype for name in ("photo_id", *own)}
    return readings.with_values(pl.DataFrame(values, schema=schema))


def measure_quality(
    image: Image.Image,
    *,
    iso: int | None,
    quantization_step: float | None,
    settings: QualitySettings,
) -> dict[str, object]:
    """The columns of `Quality` for an sRGB picture of any mode.

    `quantization_step` is that of the original. A JPEG that is not decoded yet is read without
    its colours, which is quicker.
    """
    image.draft("L", image.size)
    grey = image.convert("L")
    histogram = np.asarray(grey.histogram(), dtype=np.float64)
    histogram /= histogram.sum()
    tones = measure_tones(histogram)
    detail = measure_detail(grey, tones.log_range, iso)
    sharpness = 1 - float(np.exp(-detail.fine / _SHARP))
    marks = {
        "sharpness": sharpness,
        "exposure": tones.exposure,
        "contrast": tones.contrast,
        "noise": 1 / (1 + (detail.noise / _NOISE_LEVELS) ** 4),
        "compression": _compression(quantization_step),
    }
    weights = settings.model_dump()
    score = sum(weights[name] * mark for name, mark in marks.items()) / sum(weights.values())
    row = {
        "sharpness": sharpness,
        "exposure": tones.exposure,
        "clipped_shadows": tones.clipped_shadows,
        "clipped_highlights": tones.clipped_highlights,
        "spread": tones.spread,
        "noise": detail.noise,
        "contrast": tones.contrast,
        "compression": marks["compression"],
        "quality_score": score,
    }
    return {**row, "explanation": explain(row, white=tones.white)}


def _compression(step: float | None) -> float:
    """1 for fine steps and for what is no JPEG, falling by the same for every doubling."""
    coarseness = max(step or 0, _COARSE) / _COARSE
    return max(0.0, 1 - float(np.log(coarseness) / np.log(_COARSEST / _COARSE)))


def explain(row: dict[str, float], *, white: float) -> str:
    """The faults of a row in words; `white` is the brightest tone, of full scale."""
    words = [f"{'soft' if row['sharpness'] < _SOFT else 'sharp'} ({row['sharpness']:.2f})"]
    for name in ("highlights", "shadows"):
        share = row[f"clipped_{name}"]
        if share >= _CLIPPED:
            words.append(f"{name} clipped {share:.0%}".replace("%", " %"))
    if white < _DARK:
        words.append(f"dark (nothing above {white:.0%} of full scale)".replace("%", " %"))
    if row["contrast"] < _FLAT:
        words.append(f"low contrast ({row['contrast']:.2f})")
    if row["noise"] >= _NOISY:
        words.append(f"noisy ({row['noise']:.1f} levels)")
    if row["compression"] < _COMPRESSED:
        words.append(f"compressed ({row['compression']:.2f})")
    return ", ".join(words)
