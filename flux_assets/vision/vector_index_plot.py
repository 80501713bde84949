"""The plot of an index: what recall costs, and what filters do to it."""

import io
from base64 import b64encode

import polars as pl

_SIZE, _DPI = (7.0, 2.6), 80  # inches, dots per inch
_BLUE, _GREY = "#2b6cb0", "#9a9a9a"


def plot_index(tried: pl.DataFrame, measured: pl.DataFrame, *, wanted: float) -> str:
    """Markdown that holds a PNG.

    Args:
        tried: `probes, recall_at_12` as `tune` gives them; without rows the panel says why.
        measured: `VectorIndex` rows of one model.
        wanted: the recall that was aimed at.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(_SIZE, _DPI, layout="constrained")
    left, right = figure.subplots(1, 2)
    left.set(xlabel="partitions looked into", ylabel="recall@12")
    left.axhline(wanted, color=_GREY, linestyle="--")
    if tried.height:
        left.set_xscale("log", base=2)
        left.plot(tried["probes"], tried["recall_at_12"], marker="o", color=_BLUE)
    else:
        said = "kept as it was" if measured["indexed"].sum() else "exact search, no index"
        left.text(0.5, 0.5, said, ha="center", transform=left.transAxes)
    shares = [f"{share:.1%}" for share in measured["share"]]
    right.set(xlabel="photographs that pass the filter", ylabel="milliseconds")
    right.plot(shares, measured["p95_ms"], marker="o", color=_BLUE, label="95th percentile")
    right.plot(shares, measured["p50_ms"], marker="o", color=_GREY, label="median")
    right.set_ylim(bottom=0)
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
    png = io.BytesIO()
    FigureCanvasAgg(figure)
    figure.savefig(png, format="png")
    return f"![vector index](data:image/png;base64,{b64encode(png.getvalue()).decode()})"
