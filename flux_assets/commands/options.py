"""Options and manners that all commands share."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from flux_resources.errors import FluxError

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Sheet = Annotated[Path | None, typer.Option(help="Write a contact sheet to this JPEG file.")]
Limit = Annotated[int, typer.Option(min=1, help="How many photographs at most.")]


def span(days: str) -> tuple[str, str]:
    """First and last day of `FIRST..LAST`; a single day is both."""
    first, _, last = days.partition("..")
    try:
        return date.fromisoformat(first).isoformat(), date.fromisoformat(last or first).isoformat()
    except ValueError as error:
        raise ValueError(f"--days {days}: write it as 2022-01-01..2022-03-31") from error


@contextmanager
def clear_errors() -> Iterator[None]:
    """Expected trouble ends the command with a sentence, not with a stack trace."""
    try:
        yield
    except (FluxError, ValueError, OSError, sqlite3.Error) as error:
        typer.echo(f"flux: {error}", err=True)
        raise typer.Exit(1) from error
