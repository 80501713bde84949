"""What the pictures of a day cost, beside one bare decode of each.

    .venv/bin/python -m benchmarks.imaging [--photographs 96] [--rounds 3]

Photographs of about 5 MB and 24 megapixels become working copies, thumbnails and light
(`proxies`), and the copies become hashes and quality. The bare cost is one draft decode to at
least 1024 px, one resize and one JPEG encode into memory, in as many threads; it is measured
before and after each round. Beside it stands the work of `proxies` done in threads of this
process, where a broken file could end it, instead of workers. Files are in the page cache.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import polars as pl

from benchmarks.pipeline_bare import decode_seconds
from benchmarks.pipeline_frames import write_frames
from flux_assets.imaging.perceptual_hashes import build_perceptual_hashes
from flux_assets.imaging.proxies import build_proxies
from flux_assets.imaging.quality import build_quality
from flux_assets.imaging.working_copy import Order, make_copies
from flux_resources.data_root import DataRoot

_REQUIRED = 1.5
_DAY = "2022-01-15"


class Day:
    """One day of photographs in an empty archive, and the work on it."""

    def __init__(self, root: Path, photographs: int) -> None:
        self._archive = DataRoot.open(root)
        self.imaging = self._archive.settings.imaging
        folder = self._archive.paths.original_day(_DAY)
        moment = datetime.fromisoformat(_DAY)
        self.files = write_frames(folder, [moment], photographs, self.imaging.workers)
        self._index = pl.DataFrame(
            {
                "photo_id": [file.stem for file in self.files],
                "path": [self._archive.paths.relative(file) for file in self.files],
                "format": "JPEG",
            }
        )

    def steps(self) -> dict[str, Callable[[], object]]:
        """The products of a day's pictures, in order."""
        return {
            "proxies": self._proxies,
            "perceptual_hashes": self._perceptual_hashes,
            "quality": self._quality,
        }

    def _proxies(self) -> None:
        self._copies = build_proxies(
            self._index, day=_DAY, paths=self._archive.paths, settings=self.imaging
        ).with_columns(iso=pl.lit(400))

    def _perceptual_hashes(self) -> None:
        build_perceptual_hashes(
            self._copies, paths=self._archive.paths, workers=self.imaging.workers
        )

    def _quality(self) -> None:
        build_quality(
            self._copies,
            paths=self._archive.paths,
            settings=self._archive.settings.quality,
            workers=self.imaging.workers,
        )

    def in_threads(self) -> None:
        """The work of `proxies` without the protection of worker processes."""
        paths, imaging = self._archive.paths, self.imaging
        orders = [
            Order(
                original=file,
                format="JPEG",
                proxy=paths.proxy(_DAY, file.stem),
                thumb=paths.thumb(file.stem),
                proxy_pixels=imaging.proxy_pixels,
                proxy_quality=imaging.proxy_quality,
                thumb_pixels=imaging.thumb_pixels,
            )
            for file in self.files
        ]
        with ThreadPoolExecutor(imaging.workers) as pool:
            list(pool.map(make_copies, orders))

    def bare(self) -> None:
        decode_seconds(self.files, self.imaging)


def _milliseconds(work: Callable[[], object], photographs: int) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) / photographs * 1000


def main() -> None:
    """Print milliseconds per photograph of every step, and the ratio of all to the bare cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photographs", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="flux-bench-") as folder:
        day = Day(Path(folder), options.photographs)
        size = statistics.mean(file.stat().st_size for file in day.files) / 1e6
        print(f"{options.photographs} photographs of {size:.1f} MB, {day.imaging.workers} threads")
        work = {"bare": day.bare, **day.steps(), "proxies in threads": day.in_threads}
        for step in work.values():
            step()  # workers start, libraries load
        spent: dict[str, list[float]] = {name: [] for name in work}
        for _ in range(options.rounds):
            for name, step in (*work.items(), ("bare", day.bare)):
                spent[name].append(_milliseconds(step, options.photographs))
    cost = {name: statistics.median(times) for name, times in spent.items()}
    line = sum(cost[name] for name in day.steps())
    for name, milliseconds in {**cost, "all products": line}.items():
        print(f"{name:20} {milliseconds:7.2f} ms/photograph {1000 / milliseconds:7.1f} per second")
    ratio = line / cost["bare"]
    mark = "ok" if ratio <= _REQUIRED else "MISSED"
    print(f"ratio {ratio:.2f}, required <= {_REQUIRED}: {mark}")


if __name__ == "__main__":
    main()
