"""How often, and how far, the quality score of a picture rises although the picture got worse.

    python -m benchmarks.quality [--pictures 0] [--pixels 1024]

Every picture, `--pixels` on its long side or less, is graded in steps (blur, compression,
exposure, gain, gamma), made a working copy, and judged. A step counts as risen when its score lies
above that of the step before.
Pictures: those of `$FLUX_SHARED/photos` (default `../shared`) and of scikit-image, at most
`--pictures` of them where that is not 0. The last line is the time per working copy, in one
thread, decoding included.
"""

import argparse
import io
import os
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

import skimage.data
from PIL import Image

from flux_assets.imaging.quality import measure_quality
from flux_resources.settings_sections import QualitySettings
from flux_tests.imaging.gradings import LADDERS, picture, score

_SHARED = ("odm-seneca-seq", "exif-orientation", "imagededup/base_images", "pdq/*", "day-night/*")
_PACKAGED = ("astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "brick.png",
             "grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "moon.png",
             "motorcycle_left.png", "retina.jpg", "rocket.jpg")  # fmt: skip


def files() -> Iterator[Path]:
    folder = Path(os.environ.get("FLUX_SHARED", "../shared")) / "photos"
    for pattern in _SHARED:
        yield from sorted(folder.glob(f"{pattern}/*.jpg"))[::3]
    packaged = Path(skimage.data.__file__).parent
    yield from (packaged / name for name in _PACKAGED if (packaged / name).exists())


def scores(file: Path, pixels: int) -> dict[str, list[float]]:
    """Per ladder: the score of the picture itself, and of its steps."""
    image = picture(file, pixels)
    first = score(image)
    return {
        name: [first, *(score(grade(image)) for grade in ladder)]
        for name, ladder in LADDERS.items()
    }


def seconds_per_copy(file: Path) -> float:
    buffer = io.BytesIO()
    picture(file).resize((1024, 683)).save(buffer, "JPEG", quality=90)
    times = []
    for _ in range(30):
        started = time.perf_counter()
        with Image.open(buffer) as image:
            measure_quality(image, iso=None, quantization_step=None, settings=QualitySettings())
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pictures", type=int, default=0)
    parser.add_argument("--pixels", type=int, default=1024)
    options = parser.parse_args()
    chosen = [*files()][: options.pictures or None]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [*pool.map(partial(scores, pixels=options.pixels), chosen)]
    print(f"{len(chosen)} pictures, scores {_range([one['JPEG'][0] for one in found])}")
    print(
        f"{'grading':<14} {'steps':>6} {'>0.001':>8} {'>0.01':>7} {'>0.02':>7} "
        f"{'most':>7} {'fall':>6}"
    )
    for name in LADDERS:
        rises = [after - before for one in found for before, after in pairwise(one[name])]
        shares = [sum(rise > bound for rise in rises) / len(rises) for bound in (1e-3, 0.01, 0.02)]
        fall = statistics.median(one[name][0] - one[name][-1] for one in found)
        print(
            f"{name:<14} {len(rises):6} {shares[0]:8.1%} {shares[1]:7.1%} {shares[2]:7.1%} "
            f"{max(rises):7.3f} {fall:6.2f}"
        )
    print(f"{seconds_per_copy(chosen[0]) * 1000:.1f} ms per working copy of 1024 by 683 px")


def _range(values: list[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}, median {statistics.median(values):.2f}"


if __name__ == "__main__":
    main()
