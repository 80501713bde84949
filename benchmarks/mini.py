"""What the bundled model can do, measured: required and found, one line per figure.

    python -m benchmarks.mini --images DIR --captions DIR [--json]

`--images` and `--captions` are the Flickr8k pictures and texts that training/README.md names.
Day and night frames come from `$FLUX_SHARED/photos/day-night` (default `../shared`). A figure
whose material is absent is reported as skipped. `--model` measures another model the same way.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.mini_quality import day_or_night, retrieval
from benchmarks.mini_speed import bare_and_embedded, query_milliseconds, write_proxies
from flux_resources.clip.embedder import Embedder
from flux_resources.clip.loading import load_clip


@dataclass(frozen=True)
class Row:
    """One figure; `holds` is None where nothing is required or nothing could be measured."""

    measure: str
    required: str
    measured: str
    holds: bool | None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--images", type=Path, help="folder of the Flickr8k pictures")
    parser.add_argument("--captions", type=Path, help="folder of the Flickr8k captions and splits")
    parser.add_argument("--model", default="mini")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--precision", default="auto", choices=("auto", "fp32", "bf16", "fp16"))
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


def at_least(measure: str, required: float | None, value: float) -> Row:
    bound = "" if required is None else f">= {required:g}"
    return Row(measure, bound, f"{value:.3f}", None if required is None else value >= required)


def at_most(measure: str, required: float, value: float, unit: str) -> Row:
    return Row(measure, f"< {required:g} {unit}", f"{value:.1f} {unit}", value < required)


def loading(options: argparse.Namespace) -> tuple[Embedder, list[Row]]:
    """Load twice: the first time imports torch and open_clip, which is not the model's doing."""
    wanted = {"precision": options.precision, "checkpoint": options.checkpoint}
    load_clip(options.model, **wanted)
    started = time.monotonic()
    clip = load_clip(options.model, **wanted)
    seconds = time.monotonic() - started
    numbers = f"{clip.device}, {str(clip.dtype).removeprefix('torch.')}"
    return Embedder(clip), [
        Row(f"model ({numbers}, weights {clip.weights_version})", "", clip.name, None),
        at_most("from call to ready, imports aside", 3, seconds, "s"),
    ]


def quality(embedder: Embedder, options: argparse.Namespace) -> Iterator[Row]:
    if options.images and options.captions:
        found, copies = retrieval(embedder, options.images, options.captions)
        for name, values, bound in (
            ("text to image", found["text_to_image"], 0.77),
            ("image to text", found["image_to_text"], 0.82),
        ):
            for cut, value in zip((1, 5, 10), values, strict=True):
                required = bound if cut == 10 else None
                yield at_least(f"Flickr8k test, {name}, R@{cut}", required, value)
        yield at_least("flipped and cropped copy finds its original, R@1", 0.99, copies)
    else:
        yield Row("Flickr8k test", "", "skipped: --images and --captions not given", None)
    frames = Path(os.environ.get("FLUX_SHARED", "../shared")) / "photos" / "day-night"
    if frames.is_dir():
        yield at_least("day or night, zero-shot", 0.93, day_or_night(embedder, frames))
    else:
        yield Row("day or night, zero-shot", ">= 0.93", f"skipped: no {frames}", None)


def speed(embedder: Embedder, options: argparse.Namespace) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        bare, embedded = bare_and_embedded(embedder, write_proxies(Path(folder), options.images))
    yield Row("images per second, bare forward", "", f"{bare:.1f}", None)
    yield Row("images per second, from 1024 px proxies", "", f"{embedded:.1f}", None)
    yield at_least("share of the bare forward", 0.85, embedded / bare)
    yield at_most("a text query, warm, median", 25, query_milliseconds(embedder), "ms")


def main() -> None:
    options = arguments()
    embedder, rows = loading(options)
    rows += quality(embedder, options)
    rows += speed(embedder, options)
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
        return
    verdict = {True: "ok", False: "MISSED", None: ""}
    width = max(len(row.measure) for row in rows)
    print(f"{'measure':{width}}  {'required':>10}  {'measured':>10}")
    for row in rows:
        mark = verdict[row.holds]
        print(f"{row.measure:{width}}  {row.required:>10}  {row.measured:>10}  {mark}".rstrip())


if __name__ == "__main__":
    main()
