"""What the `flux` command prints: tables, bars and plain sentences, on standard output."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flux_assets import progress
from flux_assets.corpus.intake_log import INTAKE_LOG
from flux_assets.corpus.outcome import Outcome
from flux_assets.doctor import Finding
from flux_assets.search.contact_sheet import contact_sheet
from flux_resources.files import legible
from flux_resources.paths import Paths

_BAR = 8  # cells
console = Console(highlight=False)  # texts from files are escaped: brackets are markup here
remarks = Console(highlight=False, stderr=True)  # what is said beside JSON


class Advance(Protocol):
    """Moves the bar `name` by `done`, and sets its total when that is only known now."""

    def __call__(self, name: str, done: int, total: int | None = None) -> None: ...


@contextmanager
def bars(totals: Mapping[str, int]) -> Iterator[Advance]:
    """Progress bars by name, in the order given; names that have no bar are passed over."""
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as drawn:
        tasks = {name: drawn.add_task(name, total=total) for name, total in totals.items()}

        def advance(name: str, done: int, total: int | None = None) -> None:
            if name in tasks:
                drawn.update(tasks[name], advance=done, total=total)

        yield advance


@contextmanager
def graph_bars(totals: Mapping[str, int]) -> Iterator[None]:
    """Bars for products, moved by what the graph reports while the block runs."""
    with bars(totals) as advance, progress.listening(advance):
        yield


def show_outcomes(outcomes: Sequence[Outcome], paths: Paths) -> None:
    """Counts of an intake, every file that was not taken and why, and warnings by their reason."""
    counts = Counter(outcome.action for outcome in outcomes)
    summary = ", ".join(f"{n} {action}" for action, n in counts.items())
    console.print(summary or "nothing to take in")
    for line in (*_refusals(outcomes), *_growing(outcomes), *_warnings(outcomes)):
        console.print(escape(f"  {line}"), soft_wrap=True)
    rejected = [outcome.source for outcome in outcomes if outcome.action == "rejected"]
    if not all(source.is_relative_to(paths.inbox) for source in rejected):
        console.print("  rejected files outside the inbox were left where they are")
    if rejected or any(outcome.warning for outcome in outcomes):
        log = paths.tables / f"{INTAKE_LOG}.parquet"
        told = f"  intake log: {log} (view {INTAKE_LOG} in flux.duckdb once materialized)"
        console.print(escape(told), soft_wrap=True)


def _refusals(outcomes: Sequence[Outcome]) -> list[str]:
    return [
        f"{outcome.action}: {legible(outcome.source)}: {outcome.reason}"
        for outcome in outcomes
        if outcome.action in ("rejected", "failed")
    ]


def _growing(outcomes: Sequence[Outcome]) -> list[str]:
    growing = (outcome.source for outcome in outcomes if outcome.action == "changing")
    return [f"still changing, left for later: {legible(source)}" for source in growing]


def _warnings(outcomes: Sequence[Outcome]) -> list[str]:
    """A line for each reason; what a warning says in brackets is of one photograph alone."""
    warnings = (outcome.warning for outcome in outcomes if outcome.warning)
    reasons = Counter(warning.partition(" (")[0] for warning in warnings)
    return [f"{n} filed with a warning: {reason}" for reason, n in reasons.most_common()]


def bar(share: float, cells: int = _BAR) -> str:
    """A bar of so many cells, filled to a share from 0 to 1; what lies outside is cut."""
    filled = round(min(max(share, 0.0), 1.0) * cells)
    return f"[green]{'█' * filled}[/][dim]{'░' * (cells - filled)}[/]"


def show_groups(groups: pl.DataFrame) -> None:
    """Groups of photographs: a line of facts, and the members below it."""
    for group in groups.iter_rows(named=True):
        lists = {name: value for name, value in group.items() if isinstance(value, list)}
        facts = [f"{name} {value}" for name, value in group.items() if name not in lists and value]
        console.print(escape("  ".join(facts)), style="bold", soft_wrap=True)
        for name, members in lists.items():
            for member in members:
                console.print(escape(f"       {name}: {member}"), style="dim", soft_wrap=True)


def show_results(found: pl.DataFrame) -> None:
    """Search results: score, time, place and tags, and below them the path and the reason.

    The bar of the highest score is full.
    """
    best = found.select(pl.col("score").cast(pl.Float64).max()).item() or 1.0
    for row in found.iter_rows(named=True):
        score = row["score"]
        facts = [
            " " * (_BAR + 6) if score is None else f"{bar(score / best)} [bold]{score:.3f}[/]",
            f"{row['captured_at']:%Y-%m-%d %H:%M}",
            place_of(row["location_city"], row["location_country"]),
            f"[cyan]{', '.join(row['tags'] or [])}[/]",
        ]
        console.print("  ".join(facts), soft_wrap=True)
        console.print(f"       {escape(row['path'])}", style="dim", soft_wrap=True)
        if why := row.get("why"):
            console.print(f"       {escape(why)}", style="dim", soft_wrap=True)


def show_motifs(motifs: pl.DataFrame) -> None:
    """Recurring motifs, a typical photograph of each year below."""
    for row in motifs.iter_rows(named=True):
        console.print(f"[bold]{row['motif']}. {row['score']:.3f}[/]  {row['why']}", soft_wrap=True)
        for year, photo_id in zip(row["years"], row["photo_ids"], strict=True):
            console.print(escape(f"       {year}: {photo_id}"), style="dim", soft_wrap=True)


def write_sheet(found: pl.DataFrame, title: str, file: Path) -> None:
    """A contact sheet of search results, as JPEG."""
    contact_sheet(sheet_cells(found), title).save(file, "JPEG", quality=90)


def sheet_cells(found: pl.DataFrame, heading: str = "") -> list[tuple[Path | None, str]]:
    """Thumbnail and caption of each search result; the caption names the heading or the place."""
    return [
        (
            Path(row["thumb_path"]) if row["thumb_path"] else None,
            f"{_score(row['score'])}{row['captured_at']:%Y-%m-%d %H:%M}\n"
            f"{heading or place_of(row['location_city'], row['location_country'])}",
        )
        for row in found.iter_rows(named=True)
    ]


def _score(score: float | None) -> str:
    return "" if score is None else f"{score:.3f}  "


def place_of(city: str | None, country: str | None) -> str:
    """`Rome, Italy`, or what is known of it."""
    return ", ".join(part for part in (city, country) if part) or "–"


def show_findings(findings: Sequence[Finding]) -> None:
    """What `flux doctor` saw; remedies below the line they belong to."""
    for finding in findings:
        mark = "[red]✗[/]" if finding.remedy else "[green]✓[/]"
        console.print(f"{mark} {escape(f'{finding.subject}: {finding.state}')}", soft_wrap=True)
        if finding.remedy:
            console.print(escape(f"  → {finding.remedy}"), soft_wrap=True)
