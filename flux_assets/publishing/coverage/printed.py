"""What `flux status` prints: the coverage table, and what to close first."""

import json
from pathlib import Path

import polars as pl
from rich.markup import escape
from rich.table import Table

from flux_assets.console import bar, console
from flux_assets.publishing.coverage.failures import to_close
from flux_assets.publishing.coverage.measure import ArchiveCoverage
from flux_assets.publishing.coverage.schemas import CLOSABLE, WHYS

_BAR, _REMEDIES = 12, 5
_BARS_FROM = 80  # columns of the terminal; narrower, the reasons need the room
_COLORS = {"failed": "red", "waiting": "yellow", "pending": "cyan", "stale": "magenta"}


def show_status(coverage: ArchiveCoverage) -> None:
    """A bar for each product, the counts, why the rest is missing, and what closes it."""
    table = Table(box=None, pad_edge=False)
    for heading in ("product", "coverage"):
        table.add_column(heading, no_wrap=True)
    for heading in ("count", "of"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("why not all", overflow="fold")
    said = _reasons(coverage.gaps)
    for row in coverage.products.iter_rows(named=True):
        why = "; ".join(said.get(row["product"], ()))
        if row["grain"] == "photograph":
            share = row["share"] or 0.0
            drawn = f"{bar(share, _BAR)} " if console.width >= _BARS_FROM else ""
            shown = f"{drawn}{share:6.1%}"
            table.add_row(row["product"], shown, str(row["count"]), str(row["photographs"]), why)
        else:
            built = "built" if row["written_at"] else "not built"
            table.add_row(row["product"], built, "", "", why)
    console.print(table)
    if coverage.outside:
        console.print(
            f"{coverage.outside} photographs lie outside archive.start..archive.end; widen the "
            "range in flux.yaml to enrich them"
        )
    _show_remedies(to_close(coverage.gaps), coverage.failures)


def _reasons(gaps: pl.DataFrame) -> dict[str, list[str]]:
    """By product, a phrase for each of its gaps."""
    said: dict[str, list[str]] = {}
    for gap in gaps.sort("why").iter_rows(named=True):
        days, count = gap["days"], f"{gap['photographs']} " if gap["days"] else ""
        span = f"{len(days)} days from {days[0]} to {days[-1]}" if len(days) > 1 else "".join(days)
        reason = span if gap["why"] == "pending" and span else gap["reason"]
        phrase = f"{count}{gap['why']}: {reason}"
        color = _COLORS.get(gap["why"])
        phrase = f"[{color}]{escape(phrase)}[/]" if color else escape(phrase)
        said.setdefault(gap["product"], []).append(phrase)
    return said


def _show_remedies(gaps: pl.DataFrame, failures: pl.DataFrame) -> None:
    """The first gaps, and the first of the failed ones wherever they rank."""
    if gaps.height:
        console.print("\nWhat to close first", style="bold")
    failed = pl.col("why") == "failed"
    first = pl.int_range(pl.len()) < _REMEDIES
    shown = gaps.filter(first | (failed & (failed.cum_sum() <= _REMEDIES)))
    for number, gap in enumerate(shown.iter_rows(named=True), start=1):
        told = f"{number}. {gap['product']}, {gap['why']} ({gap['reason']}): {gap['note']}"
        console.print(escape(told), soft_wrap=True)
        of_gap = failures.filter(product=gap["product"], why=gap["why"], reason=gap["reason"])
        for path, error in of_gap.select("path", "error").iter_rows():
            console.print(escape(f"   {path}: {error}"), soft_wrap=True)
        console.print(f"   {escape(gap['command'])}", style="dim", soft_wrap=True)


def as_json_text(coverage: ArchiveCoverage, root: Path) -> str:
    """The numbers of `show_status` and all tables of the report."""
    gaps = coverage.gaps.to_dicts()
    products = []
    for row in coverage.products.drop("written_at").iter_rows(named=True):
        own = [gap for gap in gaps if gap["product"] == row["product"]]
        reasons = {
            why: {gap["reason"]: gap["photographs"] for gap in own if gap["why"] == why}
            for why in WHYS
        }
        days = sorted({day for gap in own if gap["why"] == "pending" for day in gap["days"]})
        products.append({**row, "reasons": reasons, "pending_days": days})
    found = {
        "root": str(root),
        "photographs": coverage.photographs,
        "outside_day_range": coverage.outside,
        "products": products,
        "gaps": [gap for gap in gaps if gap["why"] in CLOSABLE],
        "failures": coverage.failures.to_dicts(),
        "by": coverage.by.to_dicts(),
    }
    return json.dumps(found, indent=2)
