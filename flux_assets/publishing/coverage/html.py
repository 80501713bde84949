"""Coverage as one HTML file that needs nothing else: no network, no script, light and dark."""

from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template

import polars as pl

from flux_assets.publishing.coverage.charts import COLORS, calendar_chart, months_chart
from flux_assets.publishing.coverage.measure import ArchiveCoverage
from flux_assets.publishing.coverage.schemas import STATES, WHYS
from flux_assets.publishing.coverage.sections import FACTS, PARTS, facts_of, parts_of, percent
from flux_resources.files import atomic_file

_PAGE = Path(__file__).with_name("report.html")


def write_html(coverage: ArchiveCoverage, file: Path) -> None:
    """Write the report, in one step."""
    with atomic_file(file, durable=False) as temporary:
        temporary.write_text(as_html(coverage), encoding="utf-8")


def as_html(coverage: ArchiveCoverage) -> str:
    """The whole page."""
    of_days = coverage.products.filter(pl.col("grain") == "photograph")
    of_archive = coverage.products.filter(pl.col("grain") == "archive")
    open_gaps = coverage.gaps.filter(pl.col("priority").is_not_null())
    outside = f", {coverage.outside:,} outside the day range" if coverage.outside else ""
    return Template(_PAGE.read_text(encoding="utf-8")).substitute(
        summary=f"{coverage.photographs:,} photographs on {coverage.days.height:,} days{outside}",
        legend="".join(_legend(state) for state in STATES),
        colors="".join(f".{state}{{background:{color}}}" for state, color in COLORS.items()),
        calendar=_image("photographs of each day", calendar_chart(coverage.days)),
        months=_image("photographs of each month", months_chart(coverage.days)),
        products=_rows(of_days.select("product", _bars(of_days), percent("share"), *_counted())),
        gaps="".join(map(_gap, open_gaps.iter_rows(named=True))) or "<p>Nothing is open.</p>",
        archive=_rows(_whole(of_archive, coverage.gaps)),
        parts="".join(
            f"<details{' open' if name == 'year' else ''}><summary>By {name}</summary>"
            f"{_rows(parts_of(coverage, name))}</details>"
            for name in PARTS
        ),
        facts="".join(
            f"<section><h3>{escape(title)}</h3>{_rows(facts_of(coverage, title))}</section>"
            for title in FACTS
        ),
    )


def _counted() -> tuple[str, ...]:
    return ("photographs", "count", "gap", *WHYS)


def _legend(state: str) -> str:
    return f'<span class="key"><i class="{state}"></i>{state}</span>'


def _bars(products: pl.DataFrame) -> pl.Series:
    """A bar of all photographs of a product, in parts by state; HTML."""
    bars = []
    for row in products.rename({"count": "have"}).iter_rows(named=True):
        total = row["photographs"] or 1
        parts = "".join(
            f'<i class="{state}" style="width:{row[state] / total:.4%}" '
            f'title="{row[state]:,} {state}"></i>'
            for state in STATES
            if row[state]
        )
        bars.append(f'<div class="bar">{parts}</div>')
    return pl.Series("", bars, dtype=pl.String)


def _gap(gap: dict[str, object]) -> str:
    """One gap, with its days and photographs folded away."""
    days, ids = gap["days"], gap["photo_ids"]
    assert isinstance(days, list)
    assert isinstance(ids, list)
    span = f" on {len(days)} days from {days[0]} to {days[-1]}" if len(days) > 1 else ""
    span = span or f" on {days[0]}" if days else ""
    count = f"{gap['photographs']:,} photograph{'' if gap['photographs'] == 1 else 's'}"
    more = "".join(
        f"<p class=list>{name}: {escape(', '.join(values))}</p>"
        for name, values in (("days", days), ("photographs, some", ids))
        if values
    )
    return (
        f'<details class="gap"><summary><i class="dot {gap["why"]}"></i>'
        f"<b>{escape(str(gap['product']))}</b> {gap['why']}: {escape(str(gap['reason']))} "
        f"<small>{count}{span}</small></summary>{more}"
        f"<p>{escape(str(gap['note']))}</p></details><pre>{escape(str(gap['command']))}</pre>"
    )


def _whole(products: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    state = pl.format("{}: {}", "why", "reason").alias("state")
    joined = products.select("product", "written_at").join(
        gaps.select("product", state), on="product", how="left", maintain_order="left"
    )
    written = pl.col("written_at").dt.strftime("%Y-%m-%d %H:%M UTC")
    return joined.select("product", pl.col("state").fill_null("up to date"), built=written)


def _rows(rows: pl.DataFrame) -> str:
    """An HTML table; the column without a name holds HTML already."""
    if rows.is_empty():
        return "<p>Nothing.</p>"
    head = "".join(f"<th{_align(rows, name)}>{escape(name)}</th>" for name in rows.columns)
    body = "".join(
        f"<tr>{''.join(_cell(rows, name, row[name]) for name in rows.columns)}</tr>"
        for row in rows.iter_rows(named=True)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(rows: pl.DataFrame, name: str, value: object) -> str:
    shown = "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
    return f"<td{_align(rows, name)}>{shown if name == '' else escape(shown)}</td>"


def _align(rows: pl.DataFrame, name: str) -> str:
    text = rows[name].dtype == pl.String and not rows[name].str.ends_with("%").all()
    return "" if text else " class=n"


def _image(title: str, png: bytes) -> str:
    return f'<img alt="{title}" src="data:image/png;base64,{b64encode(png).decode()}">'
