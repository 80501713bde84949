"""Options and manners that all commands share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from flux_resources.errors import FluxError
from flux_resources.settings import data_root

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def _jpeg_file(file: Path | None) -> Path | None:
    if file and not (file.suffix.lower() in (".jpg", ".jpeg") and file.parent.is_dir()):
        raise typer.BadParameter(f"{file}: name a .jpg file in a folder that exists")
    return file


def _file_in_a_folder(file: Path | None) -> Path | None:
    if file and not file.parent.is_dir():
        raise typer.BadParameter(f"{file}: name a file in a folder that exists")
    return file


Sheet = Annotated[
    Path | None,
    typer.Option(help="Write a contact sheet to this JPEG file.", callback=_jpeg_file),
]
Page = Annotated[
    Path | None,
    typer.Option(help="Write the whole report to this file.", callback=_file_in_a_folder),
]
Limit = Annotated[int, typer.Option(min=1, help="How many photographs at most.")]


def existing_root() -> Path:
    """The data root, which must be there.

    Raises:
        NotADirectoryError: a disk that is not mounted must not look like an empty archive.
    """
    root = data_root()
    if not root.is_dir():
        raise NotADirectoryError(
            f"{root} is no folder; is the disk mounted? To begin an archive there: "
            f"flux --root {root} init"
        )
    return root


def flux_command(context: typer.Context) -> str:
    """`flux`, with the data root where one was given: to be pasted anywhere."""
    given = context.find_root().params["data"]
    return f"flux --root {quote(str(data_root().absolute()))}" if given else "flux"


def span(days: str) -> tuple[str, str]:
    """First and last day of `FIRST..LAST`; a single day is both."""
    first, _, last = days.partition("..")
    try:
        found = date.fromisoformat(first).isoformat(), date.fromisoformat(last or first).isoformat()
    except ValueError as error:
        raise ValueError(f"--days {days}: write it as 2022-01-01..2022-03-31") from error
    if found[1] < found[0]:
        raise ValueError(f"--days {days}: ends before it begins")
    return found


def one_day(day: str) -> str:
    """A day as the tables write it."""
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise ValueError(f"--day {day}: write it as 2022-01-15") from error


@contextmanager
def clear_errors() -> Iterator[None]:
    """Expected trouble ends the command with a sentence, not with a stack trace."""
    try:
        yield
    except (FluxError, ValueError, OSError, sqlite3.Error) as error:
        typer.echo(f"flux: {error}", err=True)
        raise typer.Exit(1) from error
