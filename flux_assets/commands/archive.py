"""Commands that build an archive and look after it."""

import json
import os
import sys
from dataclasses import asdict
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from flux_assets.commands.options import (
    Json,
    Page,
    clear_errors,
    existing_root,
    flux_command,
    span,
)
from flux_resources.data_root import DataRoot
from flux_resources.files import atomic_file
from flux_resources.settings import ROOT_VARIABLE, SETTINGS_FILE, data_root, load_settings
from flux_resources.settings_time_zone import time_zone_here


def init(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--print", help="Print flux.yaml, write nothing.")] = False,
) -> None:
    """Lay out a data root and write a commented flux.yaml."""
    template = resources.files("flux_resources").joinpath("settings_template.yaml").read_text()
    settings = template.replace("time_zone: null", f"time_zone: {time_zone_here() or 'null'}")
    if show:
        typer.echo(settings, nl=False)
        return
    root = data_root()
    file = root / SETTINGS_FILE
    with clear_errors():
        _make_root(root)
        if file.exists():
            typer.echo(f"{file} is there already; left as it is")
            _remind_of_time_zone(file)
        else:
            with atomic_file(file) as temporary:
                temporary.write_text(settings, encoding="utf-8")
            typer.echo(f"wrote {file}")
        archive = DataRoot.open(root)
        paths = archive.paths
        for folder in (paths.inbox, paths.originals, paths.keepers, paths.issues, paths.metadata):
            folder.mkdir(parents=True, exist_ok=True)
    typer.echo(
        "before files go in, check in flux.yaml: intake.photographer "
        f"({archive.settings.intake.photographer}), which every file name keeps, and archive.start "
        f"({archive.settings.archive.start}); intake does not believe earlier camera times"
    )
    again = f"{flux_command(context)} materialize"
    typer.echo(f"drop photographs into {paths.inbox}, then run: {again}")


def _make_root(root: Path) -> None:
    """Make the folder of an archive, where it is not there.

    Raises:
        OSError: it cannot be made; the message is a sentence.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(f"{root} is a file, not a folder: name a folder") from error
    except OSError as error:
        raise OSError(f"cannot create {root}: {error.strerror}") from error


def _remind_of_time_zone(file: Path) -> None:
    """Say what to write where settings name no zone."""
    if load_settings(file.parent).archive.time_zone is None:
        zone = time_zone_here() or "Europe/Rome"
        told = "archive.time_zone is not set; to set it, write under archive in flux.yaml"
        typer.echo(f"{told}: time_zone: {zone}")


def ingest(
    sources: Annotated[list[Path], typer.Argument(help="Files or folders; they are copied.")],
) -> None:
    """Copy photographs from anywhere into the archive; the sources stay as they are."""
    from flux_assets.console import graph_bars, show_outcomes
    from flux_assets.corpus.inbox import files_below
    from flux_assets.corpus.intake_log import INTAKE_LOG
    from flux_assets.corpus.take_in import take_in

    with clear_errors():
        archive = DataRoot.open(existing_root())
        missing = [str(path) for path in sources if not path.exists()]
        if missing:
            raise FileNotFoundError(f"no such file or folder: {', '.join(missing)}")
        files = [file for path in sources for file in files_below(path.resolve())]
        with graph_bars({INTAKE_LOG: len(files)}):
            outcomes = take_in(archive, files)
        show_outcomes(outcomes, archive.paths)
        if any(outcome.action in ("failed", "changing") for outcome in outcomes):
            raise typer.Exit(1)


def materialize(
    days: Annotated[
        str | None, typer.Option(help="First and last day: 2022-01-01..2022-03-31")
    ] = None,
    select: Annotated[str | None, typer.Option(help="Products, comma-separated.")] = None,
    accept_loss: Annotated[bool, typer.Option(help="Photographs were deleted on purpose.")] = False,
) -> None:
    """Run the graph in this process: the inbox, then every day, then the published table."""
    with clear_errors():
        from flux_assets.materialize import bring_up_to_date

        bring_up_to_date(
            DataRoot.open(existing_root()),
            products=_listed(select) if select else None,
            span=span(days) if days else None,
            accept_loss=accept_loss,
        )


def status(context: typer.Context, as_json: Json = False, html: Page = None) -> None:
    """For each product: how many photographs have it, lack it, failed, why, and what closes it."""
    from flux_assets.publishing.coverage.html import write_html
    from flux_assets.publishing.coverage.measure import called_by, measure_coverage
    from flux_assets.publishing.coverage.printed import as_json_text, show_status

    with clear_errors():
        archive = DataRoot.open(existing_root())
        coverage = called_by(flux_command(context), measure_coverage(archive))
        if html:
            write_html(coverage, html)
        if as_json:
            typer.echo(as_json_text(coverage, archive.paths.root))
        else:
            show_status(coverage)


def doctor(as_json: Json = False) -> None:
    """Check what is installed, which weights are present, and where data lies."""
    from flux_assets.console import show_findings
    from flux_assets.doctor import examine

    with clear_errors():
        findings = examine(DataRoot.open(existing_root()))
        if as_json:
            typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            show_findings(findings)
        if any(finding.remedy for finding in findings):
            raise typer.Exit(1)


def demo(
    photos: Annotated[Path | None, typer.Option(help="Build it from your own pictures.")] = None,
) -> None:
    """Build a small archive, enrich it, and search it."""
    with clear_errors():
        from flux_assets.demo.show import show_demo

        show_demo(data_root(), photos)


def dev(
    port: Annotated[int, typer.Option(help="Port of the Dagster UI, on this machine only.")] = 3000,
) -> None:
    """Open the Dagster UI with its daemon on this archive."""
    with clear_errors():
        from flux_assets.instance import open_instance

        open_instance(DataRoot.open(existing_root())).dispose()
    os.environ[ROOT_VARIABLE] = str(data_root())
    typer.echo(f"Dagster on http://127.0.0.1:{port} for {data_root()}; Ctrl-C ends it")
    command = ["dagster", "dev", "-w", str(_workspace()), "-h", "127.0.0.1", "-p", str(port)]
    quiet = ("-W", "ignore:Function `dev_command`")  # its successor wants a project folder
    os.execv(sys.executable, [sys.executable, *quiet, "-m", *command])


def _workspace() -> Path:
    """The workspace file: beside the packages in a checkout, inside flux_assets in a wheel."""
    package = Path(__file__).parents[1]
    checkout = package.parent / "workspace.yaml"
    return checkout if checkout.exists() else package / "workspace.yaml"


def _listed(select: str) -> list[str]:
    return [name.strip() for name in select.split(",") if name.strip()]
