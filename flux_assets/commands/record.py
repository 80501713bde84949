"""The command that shows one photograph's record."""

import json
from typing import Annotated

import typer

from flux_assets.commands.options import clear_errors, existing_root
from flux_resources.data_root import DataRoot


def record(
    photo: Annotated[str, typer.Argument(help="A photo_id, or the file of a photograph.")],
    _as_json: Annotated[
        bool, typer.Option("--json", help="As for other commands; a record is JSON anyway.")
    ] = False,
) -> None:
    """All that is known of a photograph, as JSON in the columns of flux.db."""
    from flux_assets.publishing.export.record import record as record_of

    with clear_errors():
        found = record_of(DataRoot.open(existing_root()), photo)
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
