"""The plots of a model card, as small PNG files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from flux_assets.keepers.taste.evaluation import Evaluation, Flags, Numbers

_SIZE, _DPI = (5.2, 3.2), 80  # inches, dots per inch: about 15 kB each
_BLUE, _GREY = "#2b6cb0", "#9a9a9a"
_POINTS = 500  # of a curve: the first, and as many over all of it
_SHOWN = 15  # bars


def plot_precision_recall(file: Path, scores: Numbers, labels: Flags) -> None:
    """Precision over recall of `scores (n,)`, at each distinct score, and the base rate."""
    order = np.argsort(-scores, kind="stable")
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)  # of equal scores
    found = np.cumsum(labels[order])[last]
    recall, precision = found / found[-1], found / (last + 1)
    middle = np.linspace(0, len(found) - 1, _POINTS).astype(int)
    chosen = np.union1d(np.arange(min(_POINTS, len(found))), middle)
    with _axes(file, "recall: share of keepers found", "precision") as axes:
        axes.plot(recall[chosen], precision[chosen], color=_BLUE)
        axes.axhline(labels.mean(), color=_GREY, linestyle="--", label="random choice")
        axes.set(xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(frameon=False)


def plot_reliability(file: Path, evaluation: Evaluation) -> None:
    """The share of keepers over the score that promised it, in bins."""
    mean, share, _rows = np.array(evaluation.reliability).T
    top = max(0.05, float(mean.max()), float(share.max())) * 1.05
    with _axes(file, "score (mean of the bin)", "share of keepers") as axes:
        axes.plot([0, top], [0, top], color=_GREY, linestyle="--", label="as promised")
        axes.plot(mean, share, marker="o", color=_BLUE)
        axes.set(xlim=(0, top), ylim=(0, top))
        axes.legend(frameon=False)


def plot_years(file: Path, lifts: Mapping[str, float]) -> None:
    """Average precision as a multiple of the base rate, by year."""
    with _axes(file, "year", "times a random choice") as axes:
        axes.bar([*lifts], [*lifts.values()], color=_BLUE, width=0.6)
        axes.axhline(1, color=_GREY, linestyle="--")


def plot_importance(file: Path, shares: Sequence[tuple[str, float]]) -> None:
    """What each feature adds to the differences between scores, the largest on top."""
    names, values = zip(*reversed(shares[:_SHOWN]), strict=True)
    with _axes(file, "share in what moves scores", "") as axes:
        axes.barh(names, values, color=_BLUE)


@contextmanager
def _axes(file: Path, x: str, y: str) -> Iterator[Any]:
    """Axes to draw on, saved as PNG."""
    from matplotlib.figure import Figure

    figure = Figure(_SIZE, _DPI, layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel=x, ylabel=y)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    yield axes
    figure.savefig(file)  # without pyplot, so with Agg: no window, no global state
