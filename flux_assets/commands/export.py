"""Commands that carry the archive's tables to other databases."""

import json
from typing import Annotated

import typer

from flux_assets.commands.options import Json, clear_errors, existing_root
from flux_resources.data_root import DataRoot

app = typer.Typer(help="Carry the tables to other databases.", no_args_is_help=True)


@app.callback()
def exports() -> None:
    """Keeps `flux export postgres` a command of a group."""


@app.command()
def postgres(
    url: Annotated[
        str,
        typer.Argument(
            envvar="FLUX_POSTGRES_URL",
            show_default=False,
            help="postgresql://user@host/database; a password belongs in $FLUX_POSTGRES_URL.",
        ),
    ],
    schema: Annotated[str, typer.Option(help="The schema on the server.")] = "flux",
    as_json: Json = False,
) -> None:
    """Write the tables of flux.db to a PostgreSQL server, in one transaction."""
    from flux_assets.publishing.export.postgres import export_postgres

    with clear_errors():
        rows = export_postgres(DataRoot.open(existing_root()), url, schema)
        if as_json:
            typer.echo(json.dumps(rows, indent=2))
        else:
            typer.echo(", ".join(f"{table}: {count} rows" for table, count in rows.items()))
