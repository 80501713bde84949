"""`flux draft`: proposals of issues, and a person's yes to one."""

import shutil
from typing import Annotated

import polars as pl
import typer

from flux_assets.commands.options import Json, Sheet, clear_errors, existing_root
from flux_resources.data_root import DataRoot

app = typer.Typer(help="Drafts of issues: 36 unpublished photographs, in order, with reasons.")

Theme = Annotated[str | None, typer.Option(help='What it is about: "umbrellas in fog".')]
From = Annotated[str | None, typer.Option("--from", help="First day: 2022-01-01")]
To = Annotated[str | None, typer.Option("--to", help="Last day: 2022-12-31")]
DraftId = Annotated[str, typer.Argument(help="As `flux draft list` shows it.")]


@app.callback(invoke_without_command=True)
def draft(
    context: typer.Context,
    theme: Theme = None,
    first: From = None,
    last: To = None,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Drafts of issues; without a further word one is proposed."""
    if context.invoked_subcommand is None:
        propose(theme, first, last, as_json=as_json, sheet=sheet)


@app.command()
def propose(
    theme: Theme = None,
    first: From = None,
    last: To = None,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Propose 36 frames from unpublished keepers and high scores. Nothing is published by it."""
    from flux_assets.publishing.drafts.propose import propose as proposed
    from flux_assets.publishing.drafts.request import Request
    from flux_assets.search import Archive

    with clear_errors():
        archive = DataRoot.open(existing_root())
        request = Request.of(theme, first, last)
        rows = proposed(archive, Archive(archive.paths.root), request)
        _show_draft(archive, rows, as_json=as_json)
        if sheet:
            shutil.copyfile(archive.paths.draft_sheet(rows["draft_id"][0]), sheet)
            typer.echo(f"contact sheet: {sheet}", err=as_json)


@app.command(name="list")
def list_(as_json: Json = False) -> None:
    """The drafts there are, the newest first."""
    from flux_assets.publishing.drafts.issue_drafts import list_drafts

    with clear_errors():
        drafts = list_drafts(DataRoot.open(existing_root()).tables)
        if as_json:
            typer.echo(drafts.select(pl.all().cast(pl.String)).write_json())
            return
        for row in drafts.iter_rows(named=True):
            became = f"accepted as {row['accepted_as']}" if row["accepted_as"] else "not accepted"
            facts = f"{row['keepers']} keepers, {row['places']} places, {became}"
            typer.echo(f"{row['draft_id']}  {row['proposed_at']:%Y-%m-%d}  {row['of']}; {facts}")
        if drafts.is_empty():
            typer.echo("no draft yet; run: flux draft propose")


@app.command()
def show(draft: DraftId, as_json: Json = False) -> None:
    """The frames of a draft, in order, with the reason of each."""
    from flux_assets.publishing.drafts.issue_drafts import one_draft

    with clear_errors():
        archive = DataRoot.open(existing_root())
        _show_draft(archive, one_draft(archive.tables, draft), as_json=as_json)


@app.command()
def accept(
    draft: DraftId,
    issue: Annotated[
        str | None, typer.Option("--as", help="FLUX_020; left out, the next free number.")
    ] = None,
) -> None:
    """Write the assignment file of an issue from a draft, for you to edit."""
    from flux_assets.publishing.drafts.accept import accept as accepted

    with clear_errors():
        archive = DataRoot.open(existing_root())
        name, frames = accepted(archive, draft, issue)
        typer.echo(
            f"{archive.paths.issues / name / 'frames.txt'}: {frames.height} frames of {draft}\n"
            "edit it as you like: order, exchange; it must stay 36 different photographs\n"
            f"nothing is published yet; to publish it: flux issues publish {name}\n"
            "(issues_sensor, where it is on, leaves it alone until its frames are edited)"
        )


def _show_draft(archive: DataRoot, rows: pl.DataFrame, *, as_json: bool) -> None:
    from flux_assets.console import console, place_of
    from flux_assets.publishing.drafts.issue_drafts import as_json as written
    from flux_assets.publishing.drafts.issue_drafts import asked_of

    if as_json:
        typer.echo(written(rows))
        return
    name = rows["draft_id"][0]
    console.print(f"{name}: {asked_of(rows)}", style="bold", markup=False, soft_wrap=True)
    for row in rows.iter_rows(named=True):
        place = place_of(row["location_city"], row["location_country"])
        facts = f"{row['position']:>3}  {row['captured_at']:%Y-%m-%d %H:%M}  {place}"
        console.print(f"{facts}  {row['filename']}", markup=False, soft_wrap=True)
        console.print(f"     {row['reason']}", style="dim", markup=False, soft_wrap=True)
    console.print(f"contact sheet: {archive.paths.draft_sheet(name)}", markup=False, soft_wrap=True)
    became = rows["accepted_as"][0]
    next_step = f"accepted as {became}" if became else f"to take it: flux draft accept {name}"
    console.print(next_step, markup=False, soft_wrap=True)
