"""How long the code location takes to load, in fresh processes.

    .venv/bin/python benchmarks/loading.py [--json]

Beside it stands the time to import Dagster alone, which is the floor.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time

_CASES = {
    "python": "pass",
    "dagster alone": "import dagster",
    "code location": "import flux_assets.definitions as d; d.defs.get_repository_def()",
}
_REQUIRED_SECONDS = 3.0


def main() -> None:
    """Print the median of several runs of each case, in seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    medians = {
        name: statistics.median(_seconds(code) for _ in range(options.runs))
        for name, code in _CASES.items()
    }
    if options.json:
        print(json.dumps(medians))
        return
    for name, seconds in medians.items():
        print(f"{name:<16} {seconds:6.2f} s")
    print(f"required of the code location: under {_REQUIRED_SECONDS} s")


def _seconds(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
