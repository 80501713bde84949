"""`flux keep`: a person says what is a keeper."""

from typing import Annotated, Literal

import typer

from flux_assets.commands.options import clear_errors, existing_root
from flux_assets.commands.review import named
from flux_resources.data_root import DataRoot


def keep(
    photos: Annotated[list[str], typer.Argument(help="photo_ids, or the files of photographs.")],
    no_keeper: Annotated[bool, typer.Option("--not", help="They are no keepers.")] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Take back what was said of them.")
    ] = False,
) -> None:
    """These photographs are keepers, whatever the files in KEEPERS say.

    Your word outranks every match, and the model learns from it.
    """
    from flux_assets.keepers.keeper_decisions import label_photographs

    with clear_errors():
        if no_keeper and forget:
            raise ValueError("say one thing: --not, or --forget")
        archive = DataRoot.open(existing_root())
        chosen = named(archive, photos)
        said: Literal[0, 1] | None = None if forget else 0 if no_keeper else 1
        archive.decisions.record(label_photographs(chosen, said))
        days = sorted(chosen["day"])
        typer.echo(
            f"noted for {chosen.height} photographs; bring the tables up to date: flux "
            f"materialize --select keeper_labels,training_set --days {days[0]}..{days[-1]}"
        )
