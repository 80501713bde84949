"""The line as a user runs it: the real graph on a temporary archive, timed step by step.

Import this module only after `FLUX_ROOT` names the archive: the graph reads its day range then.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import dagster as dg

from benchmarks.pipeline_bare import decode_seconds, forward_seconds
from flux_assets.execution import ARRIVALS, EVERYTHING, Graph
from flux_resources.clip.embedder import Embedder
from flux_resources.data_root import DataRoot
from flux_resources.resources import ClipResource

_SAMPLE = 32  # photographs at least, unless there are fewer


@dataclass(frozen=True)
class Bare:
    """Seconds per photograph of the two things that cannot be left out."""

    decode: float
    forward: float


@dataclass(frozen=True)
class Measured:
    """`steps` holds seconds of each step of the graph, `line` seconds from drop to search."""

    steps: dict[str, float]
    line: float
    bare: list[Bare]


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

    def take(self, files: Sequence[Path]) -> Measured:
        """Move the files into the inbox, take them in, enrich and publish.

        The bare cost is measured before, after intake and at the end, outside the line's time.
        """
        sample = files[: max(_SAMPLE, len(files) // 4)]
        bare = [self._bare(sample)]
        for file in files:
            file.rename(self._archive.paths.inbox / file.name)
        known = {run.run_id for run in dg.DagsterInstance.get().get_runs()}
        line = self._timed(ARRIVALS, [])
        days = set(self._graph.photographs_per_day()) - self._enriched
        originals = [
            file
            for day in sorted(days)
            for file in sorted(self._archive.paths.original_day(day).iterdir())
        ]
        bare.append(self._bare(originals[: len(sample)]))
        line += self._timed(set(EVERYTHING) - set(ARRIVALS), sorted(days))
        bare.append(self._bare(originals[-len(sample) :]))
        self._enriched |= days
        return Measured(_seconds_per_step(known), line, bare)

    def _timed(self, products: Collection[str], days: Sequence[str]) -> float:
        started = time.perf_counter()
        self._graph.run(products, days)
        return time.perf_counter() - started

    def _bare(self, files: Sequence[Path]) -> Bare:
        decode = decode_seconds(files, self.imaging)
        return Bare(decode, forward_seconds(self.embedder, len(files)))


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
