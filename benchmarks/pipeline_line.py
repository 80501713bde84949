"""The line as a user runs it: the real graph on a temporary archive, timed step by step.

Import this module only after `FLUX_ROOT` names the archive: the graph reads its day range then.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from benchmarks.pipeline_bare import decode_seconds, forward_seconds
from flux_assets.execution import ARRIVALS, EVERYTHING, Graph
from flux_resources.clip.embedder import Embedder
from flux_resources.data_root import DataRoot
from flux_resources.resources import ClipResource


@dataclass(frozen=True)
class Round:
    """Seconds for all photographs of a round; `products` holds the steps of the graph."""

    photographs: int
    products: dict[str, float]
    line: float
    bare_decode: float
    bare_forward: float

    @property
    def ratio(self) -> float:
        return self.line / (self.bare_decode + self.bare_forward)


class Line:
    """A temporary archive and the graph that fills it."""

    def __init__(self, root: Path) -> None:
        self._archive = DataRoot.open(root)
        self._archive.paths.inbox.mkdir(parents=True)
        self._graph = Graph(self._archive)
        self._enriched: set[str] = set()
        self.imaging = self._archive.settings.imaging

    @property
    def embedder(self) -> Embedder:
        """The loaded model, the very one that the graph uses."""
        return ClipResource().embedder(self._archive.settings.vision)

    def measure(self, files: Sequence[Path]) -> Round:
        """One round: bare, line, bare. The files are gone afterwards."""
        before = self._bare(files)
        products, seconds = self.take(files)
        after = self._bare(sorted(self._archive.paths.originals.rglob("*.JPG"))[-len(files) :])
        decode, forward = ((a + b) / 2 for a, b in zip(before, after, strict=True))
        return Round(len(files), products, seconds, decode, forward)

    def take(self, files: Sequence[Path]) -> tuple[dict[str, float], float]:
        """Move the files into the inbox, then run everything: seconds per step and in all."""
        for file in files:
            file.rename(self._archive.paths.inbox / file.name)
        known = {run.run_id for run in dg.DagsterInstance.get().get_runs()}
        started = time.perf_counter()
        self._graph.run(ARRIVALS)
        found = set(self._graph.photographs_per_day())
        self._graph.run(set(EVERYTHING) - set(ARRIVALS), sorted(found - self._enriched))
        seconds = time.perf_counter() - started
        self._enriched |= found
        return _seconds_per_step(known), seconds

    def _bare(self, files: Sequence[Path]) -> tuple[float, float]:
        decode = decode_seconds(files, self.imaging)
        return decode * len(files), forward_seconds(self.embedder, len(files)) * len(files)


def _seconds_per_step(known: set[str]) -> dict[str, float]:
    """By Dagster's own records, the steps of all runs that are not `known`."""
    instance = dg.DagsterInstance.get()
    return {
        step.step_key: step.end_time - step.start_time
        for run in instance.get_runs()
        if run.run_id not in known
        for step in instance.get_run_step_stats(run.run_id)
        if step.start_time and step.end_time
    }
