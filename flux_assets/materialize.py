"""`flux materialize`: the graph in this process, with a bar for each product."""

from collections.abc import Collection

from flux_assets.console import console, graph_bars
from flux_assets.corpus.inbox import settled_files
from flux_assets.corpus.intake_log import INTAKE_LOG
from flux_assets.execution import ARRIVALS, DAY_PRODUCTS, EVERYTHING, Graph
from flux_resources.data_root import DataRoot


def bring_up_to_date(
    archive: DataRoot,
    *,
    products: Collection[str] | None = None,
    span: tuple[str, str] | None = None,
    accept_loss: bool = False,
) -> None:
    """Take in what lies in the inbox, enrich the days, publish.

    Args:
        archive: the data root.
        products: only these assets; None means all.
        span: only days from the first to the last of these; None means all.
        accept_loss: photographs that vanished were deleted on purpose.

    Raises:
        ValueError: a product does not exist, or no photograph lies on these days.
        flux_assets.execution.RunFailed: a step failed; what was written before stays.
    """
    chosen = EVERYTHING if products is None else products
    if unknown := sorted(set(chosen) - set(EVERYTHING)):
        raise ValueError(
            f"no such product: {', '.join(unknown)}; there are {', '.join(EVERYTHING)}"
        )
    graph = Graph(archive, accept_loss=accept_loss)
    waiting = settled_files(archive.paths, archive.settings.intake.settle_seconds)
    if growing := len(settled_files(archive.paths, 0)) - len(waiting):
        console.print(f"{growing} files in the inbox are still changing; they are left for later")
    with graph_bars({INTAKE_LOG: len(waiting)} if INTAKE_LOG in chosen and waiting else {}):
        graph.run([name for name in ARRIVALS if name in chosen])
    first, last = span or ("", "9999")
    known = graph.photographs_per_day()
    counts = {day: n for day, n in known.items() if first <= day <= last}
    if span and not counts:
        graph.require_success()
        raise ValueError(_none_on(span, [day for day, count in known.items() if count]))
    total = sum(counts.values())
    with graph_bars({name: total for name in DAY_PRODUCTS if name in chosen}):
        graph.run([name for name in chosen if name not in ARRIVALS], list(counts))
    graph.require_success()
    console.print(f"{total} photographs on {len(counts)} days are up to date")


def _none_on(span: tuple[str, str], known: list[str]) -> str:
    """That a span has no photograph, and what days of the archive, in order, have one."""
    there = f"the archive's days are {known[0]} to {known[-1]}" if known else "the archive has none"
    return f"no photograph lies on {' to '.join(dict.fromkeys(span))}; {there}"
