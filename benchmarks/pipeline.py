"""How fast photographs go from the inbox to search, beside the bare cost of their pixels.

    python benchmarks/pipeline.py --photographs 192 [--rounds 3] [--json]

The line is the real graph in this process, warmed up with two photographs: intake (hash, copy,
flush, hash again, rename), the scan of the archive, photo_index, exif, places, proxies (working
copy and thumbnail), embeddings, tags and photos, with all that Dagster records about them. The
bare cost is one draft decode to at least 1024 px with one resize and one JPEG encode, in as many
threads, plus one forward of the same model at the same batch size on ready tensors. Each round
takes in one new day of photographs, in the page cache for both; the bare cost is measured before
and after it, so that a machine that slows down slows both. The figures are medians over rounds.
"""

import argparse
import json
import os
import statistics
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from benchmarks.pipeline_frames import write_frames

if TYPE_CHECKING:
    from benchmarks.pipeline_line import Round

REQUIRED = 1.4
_WARM_UP = 2  # photographs
_DAY = datetime(2022, 1, 15, 9)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photographs", type=int, default=192, help="in all rounds together")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--checkpoint", type=Path, help="weights, for other models than mini")
    parser.add_argument("--model-config", type=Path, help="an architecture file for open_clip")
    parser.add_argument("--folder", type=Path, help="where the temporary archive goes")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


def settings_of(options: argparse.Namespace) -> str:
    checkpoint = str(options.checkpoint.resolve()) if options.checkpoint else None
    return yaml.safe_dump(
        {
            "archive": {"start": "2022-01-01", "end": "2022-12-31"},
            "intake": {"settle_seconds": 0},
            "vision": {"model": options.model, "checkpoint": checkpoint},
        }
    )


def run(options: argparse.Namespace, folder: Path) -> tuple[list["Round"], dict[str, object]]:
    """Every round, and what was measured on."""
    root = folder / "archive"
    root.mkdir()
    (root / "flux.yaml").write_text(settings_of(options), encoding="utf-8")
    os.environ["FLUX_ROOT"] = str(root)
    if options.model_config:
        import open_clip

        open_clip.add_model_config(options.model_config)
    from benchmarks.pipeline_line import Line

    line = Line(root)
    threads = line.imaging.workers
    line.take(write_frames(folder / "warm", [_DAY - timedelta(days=1)], _WARM_UP, threads))
    rounds, sizes = [], []
    for number in range(options.rounds):
        count = options.photographs // options.rounds
        files = write_frames(folder / "drop", [_DAY + timedelta(days=number)], count, threads)
        sizes += [file.stat().st_size for file in files]
        rounds.append(line.measure(files))
    clip = line.embedder.clip
    return rounds, {
        "model": clip.name,
        "device": clip.device,
        "precision": str(clip.dtype).removeprefix("torch."),
        "batch_size": line.embedder.batch_size,
        "threads": threads,
        "photographs_per_round": rounds[0].photographs,
        "mean_file_mb": round(statistics.mean(sizes) / 1e6, 2),
    }


def figures(rounds: list["Round"]) -> dict[str, float]:
    """Milliseconds per photograph, by row of the table, in the order of the graph."""

    def per_photograph(seconds: list[float]) -> float:
        each = [s / r.photographs * 1000 for s, r in zip(seconds, rounds, strict=True)]
        return round(statistics.median(each), 2)

    steps = {name: per_photograph([r.products[name] for r in rounds]) for name in _order(rounds)}
    return steps | {
        "between steps": per_photograph([r.line - sum(r.products.values()) for r in rounds]),
        "whole line": per_photograph([r.line for r in rounds]),
        "bare decode": per_photograph([r.bare_decode for r in rounds]),
        "bare forward": per_photograph([r.bare_forward for r in rounds]),
        "bare": per_photograph([r.bare_decode + r.bare_forward for r in rounds]),
    }


def _order(rounds: list["Round"]) -> list[str]:
    from flux_assets.execution import EVERYTHING

    return [name for name in EVERYTHING if name in rounds[0].products]


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="flux-bench-") as folder:
        rounds, setting = run(options, Path(folder))
    rows = figures(rounds)
    ratios = [round(item.ratio, 2) for item in rounds]
    ratio = statistics.median(ratios)
    seconds = {f"{name} seconds": [item.products[name] for item in rounds] for name in ()}
    result = setting | {
        "milliseconds_per_photograph": rows,
        "photographs_per_second": round(1000 / rows["whole line"], 2),
        "ratio": ratio,
        "ratio_of_each_round": ratios,
        "required": REQUIRED,
        "holds": ratio <= REQUIRED,
    } | seconds
    if options.json:
        print(json.dumps(result, indent=1))
        return
    print(", ".join(f"{key.replace('_', ' ')} {value}" for key, value in setting.items()))
    print(f"{'':15}  {'ms/photo':>9}  {'photos/s':>9}  {'s/round':>8}")
    for name, milliseconds in rows.items():
        rate = f"{1000 / milliseconds:9.1f}" if milliseconds > 0 else " " * 9
        total = milliseconds * rounds[0].photographs / 1000
        print(f"{name:15}  {milliseconds:9.2f}  {rate}  {total:8.2f}")
    verdict = "ok" if ratio <= REQUIRED else "MISSED"
    print(f"ratio {ratio:.2f} (rounds: {ratios}), required <= {REQUIRED}: {verdict}")


if __name__ == "__main__":
    main()
