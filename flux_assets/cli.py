"""The `flux` command: thin commands over the graph and the read side, one file per purpose."""

import os
from pathlib import Path
from typing import Annotated

import typer

from flux_assets.commands import (
    archive,
    ask,
    backup,
    correct,
    draft,
    export,
    gems,
    issues,
    keepers,
    label,
    record,
    review,
    serve,
    sync,
    taste,
)
from flux_resources.settings import ROOT_VARIABLE

app = typer.Typer(
    help="FLUX: the intelligence layer of a photographer's archive.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(
    data: Annotated[
        Path | None, typer.Option("--root", help="Data root; default $FLUX_ROOT, else ./data.")
    ] = None,
) -> None:
    """Everything below works on one data root."""
    if data is not None:
        os.environ[ROOT_VARIABLE] = str(data)


for command in (
    *(archive.init, archive.ingest, archive.materialize, archive.status),
    *(ask.search, ask.similar, serve.serve),
    *(review.bursts, review.duplicates),
    *(label.keep, gems.explain, record.record),
    *(sync.sync, archive.doctor, archive.demo, archive.dev),
):
    app.command()(command)
app.command("set")(correct.correct)
keepers.app.command()(gems.top)
keepers.app.command()(gems.model)
keepers.app.command()(taste.ablation)
keepers.app.command()(taste.tune)
for name, commands in {
    "keepers": keepers.app,
    "draft": draft.app,
    "issues": issues.app,
    "export": export.app,
    "backup": backup.app,
}.items():
    app.add_typer(commands, name=name)
