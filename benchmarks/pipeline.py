"""How fast photographs go from the inbox to search, beside the bare cost of their pixels.

    python benchmarks/pipeline.py --photographs 400 [--rounds 3] [--json]

The line is the real graph in this process: intake (hash, copy, flush, hash again, rename), the
scan of the archive, photo_index, exif, places, proxies (working copy and thumbnail), embeddings,
tags, photos, the checks, and all that Dagster records. It is warmed up with two photographs, so
that the model, the words of the tags and the places are in memory, as in a process that stays.

The bare cost is one draft decode to at least 1024 px with one resize and one JPEG encode, in as
many threads, plus one forward of the same model at the same batch size on ready tensors. It is
measured before the line, between intake and enrichment, and after; its median counts. All files
are in the page cache. Threads of the model that wait do so asleep: on a busy machine spinning
ones would make the bare forward look twice as dear as it is. With several rounds, each takes in
as many new photographs, and the round with the median ratio is shown. Dagster's share is a fixed
number of seconds per run, so that few photographs give a worse ratio than a day of the archive.
"""

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from benchmarks.pipeline_frames import write_frames

if TYPE_CHECKING:
    from benchmarks.pipeline_line import Line, Measured

REQUIRED = 1.4
_WARM_UP = 2  # photographs
_PER_DAY = 200
_FIRST_DAY = datetime(2022, 1, 15, 9)


@dataclass(frozen=True)
class Figures:
    """Milliseconds per photograph, in the order of the graph, and the verdict."""

    products: dict[str, float]
    line: float
    bare_decode: float
    bare_forward: float

    @property
    def ratio(self) -> float:
        return self.line / (self.bare_decode + self.bare_forward)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photographs", type=int, default=400, help="of each round")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--checkpoint", type=Path, help="weights, for other models than mini")
    parser.add_argument("--folder", type=Path, help="where the temporary archive goes")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


def open_line(root: Path, model: str, checkpoint: Path | None) -> "Line":
    """A new archive with its graph; sets `FLUX_ROOT` for this process."""
    root.mkdir()
    settings = {
        "archive": {"start": "2022-01-01", "end": "2022-12-31"},
        "intake": {"settle_seconds": 0},
        "vision": {"model": model, "checkpoint": str(checkpoint.resolve()) if checkpoint else None},
    }
    (root / "flux.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    os.environ["FLUX_ROOT"] = str(root)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # read when torch is imported
    from benchmarks.pipeline_line import Line

    return Line(root)


def run(line: "Line", folder: Path, photographs: int, rounds: int) -> Iterable["Measured"]:
    """A warm-up, then every round on new photographs and new days."""
    threads = line.imaging.workers
    line.take(write_frames(folder / "warm", [_FIRST_DAY], _WARM_UP, threads))
    day = _FIRST_DAY
    for _ in range(rounds):
        days = [day + timedelta(days=1 + n) for n in range(-(-photographs // _PER_DAY))]
        day = days[-1]
        files = write_frames(folder / "drop", days, -(-photographs // len(days)), threads)
        yield line.take(files[:photographs])
        for file in files[photographs:]:
            file.unlink()


def figures(measured: "Measured", photographs: int) -> Figures:
    from flux_assets.execution import EVERYTHING

    steps = measured.steps
    products = {name: steps[name] for name in EVERYTHING}
    checks = sum(steps.values()) - sum(products.values())
    rest = {"checks": checks, "between steps": measured.line - sum(steps.values())}
    return Figures(
        {name: s / photographs * 1000 for name, s in (products | rest).items()},
        measured.line / photographs * 1000,
        statistics.median(bare.decode for bare in measured.bare) * 1000,
        statistics.median(bare.forward for bare in measured.bare) * 1000,
    )


def rows(found: Figures) -> dict[str, float]:
    return {
        **found.products,
        "whole line": found.line,
        "bare decode": found.bare_decode,
        "bare forward": found.bare_forward,
        "bare, both": found.bare_decode + found.bare_forward,
    }


def setting(line: "Line", folder: Path) -> dict[str, object]:
    """What the figures depend on."""
    originals = (folder / "archive" / "FLUX_ARCHIVE").rglob("*.JPG")
    clip = line.embedder.clip
    return {
        "megabytes each": round(statistics.mean(f.stat().st_size for f in originals) / 1e6, 2),
        "threads": line.imaging.workers,
        "model": clip.name,
        "device": clip.device,
        "precision": str(clip.dtype).removeprefix("torch."),
        "batch size": line.embedder.batch_size,
    }


def main() -> None:
    options = arguments()
    count = options.photographs
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="flux-bench-") as name:
        folder = Path(name)
        line = open_line(folder / "archive", options.model, options.checkpoint)
        found = [figures(m, count) for m in run(line, folder, count, options.rounds)]
        facts = {"photographs": count, **setting(line, folder)}
    found.sort(key=lambda each: each.ratio)
    shown, ratios = found[len(found) // 2], [round(each.ratio, 2) for each in found]
    verdict = {"ratio": ratios[len(ratios) // 2], "of rounds": ratios, "required": REQUIRED}
    if options.json:
        each = {name: round(milliseconds, 3) for name, milliseconds in rows(shown).items()}
        print(json.dumps({**facts, "milliseconds per photograph": each, **verdict}, indent=1))
        return
    print(", ".join(f"{key} {value}" for key, value in facts.items()))
    print(f"{'':13}  {'seconds':>8}  {'ms/photograph':>13}  {'photographs/s':>13}")
    for row, cost in rows(shown).items():
        print(f"{row:13}  {cost * count / 1000:8.2f}  {cost:13.2f}  {1000 / cost:13.1f}")
    mark = "ok" if shown.ratio <= REQUIRED else "MISSED"
    print(f"ratio {shown.ratio:.2f} of rounds {ratios}, required <= {REQUIRED}: {mark}")


if __name__ == "__main__":
    main()
