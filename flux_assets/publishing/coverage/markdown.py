"""Coverage as Markdown, charts inside: what the Dagster UI shows."""

from base64 import b64encode

import polars as pl

from flux_assets.publishing.coverage.charts import calendar_chart, months_chart
from flux_assets.publishing.coverage.failures import to_close
from flux_assets.publishing.coverage.measure import ArchiveCoverage
from flux_assets.publishing.coverage.schemas import WHYS
from flux_assets.publishing.coverage.sections import FACTS, PARTS, facts_of, parts_of, percent

_GAPS = 20


def as_markdown(coverage: ArchiveCoverage) -> str:
    """The whole report; days and photographs of gaps stay in the tables."""
    parts = [
        f"{coverage.photographs:,} photographs; {coverage.outside:,} outside the day range",
        _chart("days", calendar_chart(coverage.days)),
        _chart("months", months_chart(coverage.days)),
        _table(_products(coverage.products)),
        "### What to close first",
        _table(_gaps(coverage)),
    ]
    for dimension in PARTS:
        parts += [f"### By {dimension}", _table(parts_of(coverage, dimension))]
    for title in FACTS:
        parts += [f"### {title}", _table(facts_of(coverage, title))]
    return "\n\n".join(parts)


def _products(products: pl.DataFrame) -> pl.DataFrame:
    shown = ("photographs", "count", "gap", *WHYS)
    of_days = products.filter(pl.col("grain") == "photograph")
    return of_days.select("product", percent("share"), *shown)


def _gaps(coverage: ArchiveCoverage) -> pl.DataFrame:
    """What to close first; `files` are those that failed, with their errors."""
    key = ["product", "why", "reason"]
    told = pl.format("{}: {}", "path", "error").str.join("; ").alias("files")
    files = coverage.failures.group_by(key).agg(told)
    number = pl.int_range(1, pl.len() + 1).alias("priority")
    names = ("product", "why", "reason", "photographs")
    days = pl.col("days").list.len().alias("days")
    command = pl.format("`{}`", "command").alias("command")
    gaps = to_close(coverage.gaps).head(_GAPS)
    gaps = gaps.join(files, on=key, how="left", maintain_order="left")
    return gaps.select(number, *names, days, "files", "note", command)


def _table(rows: pl.DataFrame) -> str:
    if rows.is_empty():
        return "nothing"
    lines = [rows.columns, ["---"] * rows.width, *rows.iter_rows()]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def _chart(title: str, png: bytes) -> str:
    return f"![{title}](data:image/png;base64,{b64encode(png).decode()})"
