"""`flux backup`: make backups of the archive, prove them, bring them back."""

import json
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.markup import escape
from rich.table import Table

from flux_assets.commands.options import Json, clear_errors, existing_root
from flux_assets.publishing.backups.shelf import Backup, Shelf
from flux_resources.data_root import DataRoot

app = typer.Typer(
    help="Backups of all but photographs: make, prove, restore.", no_args_is_help=True
)


@app.command()
def create(as_json: Json = False) -> None:
    """Make a backup now; only what changed since the last one takes space."""
    from flux_assets.publishing.backups.create import create_backup

    with clear_errors():
        made = create_backup(DataRoot.open(existing_root()))
        if as_json:
            _print_json({**_facts(made.backup), "removed": made.removed, "warnings": made.warnings})
            return
        backup = made.backup
        typer.echo(
            f"{backup.name}: {len(backup.entries)} files of {decimal(backup.bytes)}, of which "
            f"{decimal(backup.new_bytes)} were new, in {backup.seconds} s"
        )
        for name in made.removed:
            typer.echo(f"rotated out: {name}")
        for warning in made.warnings:
            typer.echo(f"warning: {warning}", err=True)


@app.command(name="list")
def list_backups(as_json: Json = False) -> None:
    """All backups, the oldest first, and the space they take together."""
    with clear_errors():
        shelf = Shelf(DataRoot.open(existing_root()).paths.backups)
        backups, damaged = shelf.all()
        if as_json:
            listed = {"backups": [_facts(backup) for backup in backups], "damaged": damaged}
            _print_json({**listed, "stored_bytes": shelf.pool.bytes()})
        elif backups:
            _show_table(
                ("backup", "files", "size", "new", "vectors", "seconds"), map(_cells, backups)
            )
            typer.echo(f"{decimal(shelf.pool.bytes())} in {shelf.folder}")
        else:
            typer.echo(f"no backup in {shelf.folder}; to make one: flux backup create")
        _fail_if(damaged)


@app.command()
def verify(
    name: Annotated[str | None, typer.Argument(help="A backup; default the newest.")] = None,
    as_json: Json = False,
) -> None:
    """Prove a backup: restore it into a scratch folder, compare counts and hashes."""
    from flux_assets.console import graph_bars
    from flux_assets.publishing.backups.restore import RESTORE
    from flux_assets.publishing.backups.verify import verify_backup

    with clear_errors():
        shelf = Shelf(DataRoot.open(existing_root()).paths.backups)
        backup = shelf.read(name)
        with nullcontext() if as_json else graph_bars({RESTORE: len(backup.entries)}):
            verdict = verify_backup(shelf, backup)
        if as_json:
            _print_json({"whole": verdict.whole, **asdict(verdict)})
        else:
            headings = ("part", "files", "size", "rows backed up", "rows restored")
            _show_table(
                headings,
                (
                    (
                        part.name,
                        str(part.files),
                        decimal(part.bytes),
                        f"{part.rows_backed_up}",
                        f"{part.rows_restored}",
                    )
                    for part in verdict.parts
                ),
            )
            typer.echo(f"{verdict.name} is {'whole' if verdict.whole else 'not whole'}")
            if not verdict.whole:
                typer.echo(
                    "remove damaged objects, then: flux backup create. It stores again what the "
                    "archive still holds"
                )
        _fail_if([problem for part in verdict.parts for problem in part.problems])


@app.command()
def restore(
    name: Annotated[str, typer.Argument(help="A backup.")],
    to: Annotated[Path, typer.Option(help="The data root to restore into; made if need be.")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace files there that are others.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring a backup back into a folder; what differs there is replaced only with --overwrite."""
    from flux_assets.console import graph_bars
    from flux_assets.publishing.backups.restore import RESTORE, restore_backup

    with clear_errors():
        shelf = Shelf(DataRoot.open(existing_root()).paths.backups)
        backup = shelf.read(name)
        with nullcontext() if as_json else graph_bars({RESTORE: len(backup.entries)}):
            back = restore_backup(shelf, backup, to.resolve(), overwrite=overwrite)
        facts = {name: value for name, value in vars(back).items() if name != "backup"}
        if as_json:
            _print_json({"name": backup.name, "to": str(to), **facts})
        else:
            typer.echo(f"{back.restored} files restored to {to}, {back.unchanged} were there")
            for remark in back.remarks:
                typer.echo(remark)
            typer.echo(
                "photographs, proxies and thumbnails are in no backup; then run: flux doctor"
            )
        _fail_if([f"{path}: {reason}" for path, reason in back.problems.items()])


def _fail_if(problems: list[str]) -> None:
    for problem in problems:
        typer.echo(f"flux: {problem}", err=True)
    if problems:
        raise typer.Exit(1)


def _facts(backup: Backup) -> dict[str, object]:
    return {
        "name": backup.name,
        "files": len(backup.entries),
        "bytes": backup.bytes,
        "new_bytes": backup.new_bytes,
        "vectors": sum(backup.vectors.values()),
        "seconds": backup.seconds,
    }


def _cells(backup: Backup) -> tuple[str, ...]:
    sizes = decimal(backup.bytes), decimal(backup.new_bytes)
    vectors = sum(backup.vectors.values())
    return (backup.name, str(len(backup.entries)), *sizes, str(vectors), f"{backup.seconds}")


def _show_table(headings: Iterable[str], rows: Iterable[tuple[str, ...]]) -> None:
    """The first column is text, the others are numbers."""
    from flux_assets.console import console

    table = Table(box=None, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)


def _print_json(content: object) -> None:
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
