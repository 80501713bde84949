"""The `flux` command: thin commands over the graph and the read side."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.files import atomic_file
from flux_resources.settings import ROOT_VARIABLE, SETTINGS_FILE, data_root

app = typer.Typer(
    help="FLUX: the intelligence layer of a photographer's archive.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Sheet = Annotated[Path | None, typer.Option(help="Write a contact sheet to this JPEG file.")]
Limit = Annotated[int, typer.Option(min=1, help="How many photographs at most.")]
Year = Annotated[int | None, typer.Option(help="Only photographs of this year.")]
City = Annotated[str | None, typer.Option(help="Only photographs made in this city.")]
Country = Annotated[str | None, typer.Option(help="Only photographs made in this country.")]
Keeper = Annotated[bool | None, typer.Option("--keeper/--no-keeper", help="Keepers, or the rest.")]


@app.callback()
def root(
    data: Annotated[
        Path | None, typer.Option("--root", help="Data root; default $FLUX_ROOT, else ./data.")
    ] = None,
) -> None:
    """Everything below works on one data root."""
    if data is not None:
        os.environ[ROOT_VARIABLE] = str(data)


@app.command()
def init(
    show: Annotated[bool, typer.Option("--print", help="Print flux.yaml, write nothing.")] = False,
) -> None:
    """Lay out a data root and write a commented flux.yaml."""
    template = resources.files("flux_resources").joinpath("settings_template.yaml").read_text()
    if show:
        typer.echo(template, nl=False)
        return
    file = data_root() / SETTINGS_FILE
    if file.exists():
        typer.echo(f"{file} is there already; left as it is")
    else:
        with atomic_file(file) as temporary:
            temporary.write_text(template, encoding="utf-8")
        typer.echo(f"wrote {file}")
    with _clear_errors():
        paths = DataRoot.open(data_root()).paths
    for folder in (paths.inbox, paths.originals, paths.keepers, paths.issues, paths.metadata):
        folder.mkdir(parents=True, exist_ok=True)
    typer.echo(f"drop photographs into {paths.inbox}, then run: flux materialize")


@app.command()
def ingest(
    sources: Annotated[list[Path], typer.Argument(help="Files or folders; they are copied.")],
) -> None:
    """Copy photographs from anywhere into the archive; the sources stay as they are."""
    from flux_assets.console import graph_bars, show_outcomes
    from flux_assets.corpus.inbox import files_below
    from flux_assets.corpus.intake_log import INTAKE_LOG
    from flux_assets.corpus.take_in import take_in

    with _clear_errors():
        missing = [str(path) for path in sources if not path.exists()]
        if missing:
            raise FileNotFoundError(f"no such file or folder: {', '.join(missing)}")
        files = [file for path in sources for file in files_below(path.resolve())]
        with graph_bars({INTAKE_LOG: len(files)}):
            outcomes = take_in(DataRoot.open(data_root()), files)
        show_outcomes(outcomes)
        if any(outcome.action in ("failed", "changing") for outcome in outcomes):
            raise typer.Exit(1)


@app.command()
def materialize(
    days: Annotated[
        str | None, typer.Option(help="First and last day: 2022-01-01..2022-03-31")
    ] = None,
    select: Annotated[str | None, typer.Option(help="Products, comma-separated.")] = None,
    accept_loss: Annotated[bool, typer.Option(help="Photographs were deleted on purpose.")] = False,
) -> None:
    """Run the graph in this process: the inbox, then every day, then the published table."""
    with _clear_errors():
        from flux_assets.materialize import bring_up_to_date

        bring_up_to_date(
            DataRoot.open(data_root()),
            products=_listed(select) if select else None,
            span=_span(days) if days else None,
            accept_loss=accept_loss,
        )


@app.command()
def status(as_json: Json = False) -> None:
    """For each product: how many photographs have it, lack it, failed, and why."""
    from flux_assets.console import show_status
    from flux_assets.publishing.status import archive_status, photographs_by_range

    with _clear_errors():
        archive = DataRoot.open(data_root())
        inside, outside = photographs_by_range(archive)
        statuses = archive_status(archive.tables, inside)
        if as_json:
            found = {"root": str(archive.paths.root), "outside_day_range": outside}
            typer.echo(json.dumps(found | {"products": [asdict(s) for s in statuses]}, indent=2))
        else:
            show_status(statuses, outside)


@app.command()
def search(
    text: str,
    year: Year = None,
    city: City = None,
    country: Country = None,
    keeper: Keeper = None,
    limit: Limit = 12,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Find photographs that look like TEXT describes."""
    from flux_assets.search import Archive

    with _clear_errors():
        found = Archive().search(
            text, limit=limit, year=year, city=city, country=country, keeper=keeper
        )
        _answer(found, f"“{text}”", as_json=as_json, sheet=sheet)


@app.command()
def similar(
    photo: Annotated[str, typer.Argument(help="A photo_id of the archive, or a picture file.")],
    year: Year = None,
    city: City = None,
    country: Country = None,
    keeper: Keeper = None,
    limit: Limit = 12,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Find photographs that look like another one."""
    from flux_assets.search import Archive

    with _clear_errors():
        found = Archive().similar(
            photo, limit=limit, year=year, city=city, country=country, keeper=keeper
        )
        _answer(found, f"like {photo}", as_json=as_json, sheet=sheet)


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check what is installed, which weights are present, and where data lies."""
    from flux_assets.console import show_findings
    from flux_assets.doctor import examine

    with _clear_errors():
        findings = examine(DataRoot.open(data_root()))
        if as_json:
            typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            show_findings(findings)
        if any(finding.remedy for finding in findings):
            raise typer.Exit(1)


@app.command()
def demo(
    photos: Annotated[Path | None, typer.Option(help="Build it from your own pictures.")] = None,
) -> None:
    """Build a small archive, enrich it, and search it."""
    with _clear_errors():
        from flux_assets.demo.show import show_demo

        show_demo(data_root(), photos)


@app.command()
def dev(
    port: Annotated[int, typer.Option(help="Port of the Dagster UI, on this machine only.")] = 3000,
) -> None:
    """Open the Dagster UI with its daemon on this archive."""
    with _clear_errors():
        from flux_assets.instance import open_instance

        open_instance(DataRoot.open(data_root())).dispose()
    os.environ[ROOT_VARIABLE] = str(data_root())
    typer.echo(f"Dagster on http://127.0.0.1:{port} for {data_root()}; Ctrl-C ends it")
    command = ["dagster", "dev", "-w", str(_workspace()), "-h", "127.0.0.1", "-p", str(port)]
    quiet = ("-W", "ignore:Function `dev_command`")  # its successor wants a project folder
    os.execv(sys.executable, [sys.executable, *quiet, "-m", *command])


def _workspace() -> Path:
    """The workspace file: beside the packages in a checkout, inside this one in a wheel."""
    package = Path(__file__).parent
    checkout = package.parent / "workspace.yaml"
    return checkout if checkout.exists() else package / "workspace.yaml"


def _answer(found: pl.DataFrame, title: str, *, as_json: bool, sheet: Path | None) -> None:
    from flux_assets.console import console, show_results, write_sheet

    if as_json:
        typer.echo(json.dumps(_records(found), indent=2, ensure_ascii=False))
    elif found.height:
        show_results(found)
    else:
        console.print("no photograph passes these filters")
    if sheet and found.height:
        write_sheet(found, title, sheet)
        typer.echo(f"contact sheet: {sheet}", err=as_json)


def _records(found: pl.DataFrame) -> list[dict[str, object]]:
    """The documented JSON of `search` and `similar`."""
    columns = ("photo_id", "score", "path", "captured_at")
    places = ("location_city", "location_country", "tags")
    rows = found.select(*columns, *places).with_columns(
        pl.col("captured_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.3f"), pl.col("score").round(4)
    )
    return rows.to_dicts()


def _listed(select: str) -> list[str]:
    return [name.strip() for name in select.split(",") if name.strip()]


def _span(days: str) -> tuple[str, str]:
    """First and last day of `FIRST..LAST`; a single day is both."""
    first, _, last = days.partition("..")
    try:
        return date.fromisoformat(first).isoformat(), date.fromisoformat(last or first).isoformat()
    except ValueError as error:
        raise ValueError(f"--days {days}: write it as 2022-01-01..2022-03-31") from error


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Expected trouble ends the command with a sentence, not with a stack trace."""
    try:
        yield
    except (FluxError, ValueError, OSError, sqlite3.Error) as error:
        typer.echo(f"flux: {error}", err=True)
        raise typer.Exit(1) from error
