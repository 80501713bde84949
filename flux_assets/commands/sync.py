"""`flux sync`: copy thumbnails, manifests of issues and backups to the object store."""

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.filesize import decimal

from flux_assets.commands.options import Json, clear_errors, existing_root
from flux_resources.data_root import DataRoot

_SHOWN = 20


def sync(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete there what is gone here.")
    ] = False,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Most of it is gone here on purpose.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Send what changed to the object store of flux.yaml; may be broken off and run again."""
    from flux_assets.console import bars
    from flux_resources.object_store_sync import Synced, synchronise

    def run(advance: Callable[[int, int], None]) -> Synced:
        return synchronise(
            DataRoot.open(existing_root()),
            delete=delete,
            dry_run=dry_run,
            accept_loss=accept_loss,
            advance=advance,
        )

    with clear_errors():
        if as_json:
            synced = run(lambda done, total: None)
            typer.echo(json.dumps(asdict(synced), indent=2, ensure_ascii=False))
        else:
            with bars({"sync": 0}) as drawn:
                synced = run(lambda done, total: drawn("sync", done, total))
            _show(synced.sent, "would be sent" if dry_run else "sent", listed=dry_run)
            typer.echo(f"{decimal(synced.sent_bytes)}; {synced.unchanged} files are there already")
            _show(synced.deleted, "would be deleted" if dry_run else "deleted", listed=True)
            _show(synced.surplus, "there have no file here; --delete removes them", listed=True)
        for key, reason in list(synced.failed.items())[:_SHOWN]:
            typer.echo(f"flux: {key}: {reason}", err=True)
        if synced.failed:
            typer.echo(f"flux: {len(synced.failed)} failed; run it again for the rest", err=True)
            raise typer.Exit(1)


def _show(keys: list[str], what: str, *, listed: bool) -> None:
    if not keys:
        return
    typer.echo(f"{len(keys)} {what}")
    for key in keys[:_SHOWN] if listed else ():
        typer.echo(f"  {key}")
    if listed and len(keys) > _SHOWN:
        typer.echo(f"  and {len(keys) - _SHOWN} more; --json has them all")
