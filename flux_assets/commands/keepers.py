"""`flux keepers`: what became of the keepers, and a person's word on those left open."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from flux_assets.commands.options import Json, Limit, Sheet, clear_errors, existing_root
from flux_assets.commands.review import named
from flux_resources.data_root import DataRoot
from flux_resources.decisions import Decision

app = typer.Typer(help="Keepers: their originals, and what they teach.", no_args_is_help=True)
_SHOWN = 4  # candidates of each keeper; --json has them all


@app.command()
def report(as_json: Json = False) -> None:
    """How many keepers were matched, by what, and how many wait for a person."""
    from flux_assets.vision.keeper_review import verification_report

    with clear_errors():
        archive = DataRoot.open(existing_root())
        said = verification_report(_verified(archive))
        if as_json:
            typer.echo(json.dumps(asdict(said), indent=2))
            return
        matches = said.matches
        names = {1: "time", 2: "name", 3: "content", 4: "look"}
        rungs = [f"{matches.rungs.get(rung, 0)} by {name}" for rung, name in names.items()]
        typer.echo(f"{matches.keepers + said.without_original} keeper files")
        typer.echo(
            f"{matches.photographs} photographs kept: {', '.join(rungs)}, {said.decided} by you"
        )
        typer.echo(f"{matches.edited} edited, {matches.drifted} with a clock that was off")
        typer.echo(
            f"{matches.ambiguous} ambiguous, {said.refused} of them refused by their looks; "
            f"{matches.unmatched} unmatched, {matches.unreadable} unreadable; "
            f"{said.without_original} without an original, as you said"
        )
        if warning := matches.warning(archive.settings.keeper_matching.unmatched_warning):
            typer.echo(f"warning: {warning}", err=True)


@app.command()
def review(limit: Limit = 20, as_json: Json = False, sheet: Sheet = None) -> None:
    """Keepers whose original is not sure, with the photographs that it may be."""
    from flux_assets.console import show_groups
    from flux_assets.vision.keeper_looks import copy_path
    from flux_assets.vision.keeper_review import list_undecided, review_sheet

    with clear_errors():
        archive = DataRoot.open(existing_root())
        undecided = list_undecided(_verified(archive), archive.decisions.standing("keeper_of"))
        shown = undecided.head(limit)
        if as_json:
            typer.echo(json.dumps(shown.to_dicts(), indent=2, ensure_ascii=False))
        elif shown.is_empty():
            typer.echo("no keeper waits for a decision; see: flux keepers report")
        else:
            show_groups(_as_groups(shown))
        if sheet and (
            picture := review_sheet(
                shown, lambda sha256: copy_path(archive.paths, sha256), archive.paths.thumb
            )
        ):
            picture.save(sheet, "JPEG", quality=90)
            typer.echo(f"contact sheet: {sheet}", err=as_json)


@app.command()
def resolve(
    keeper: Annotated[str, typer.Argument(help="A file of KEEPERS: its path, or its name.")],
    photo: Annotated[
        str | None, typer.Argument(metavar="PHOTO_ID", help="The photograph that it comes from.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="It has no original here.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Take back what was said.")] = False,
) -> None:
    """Say which photograph a keeper comes from; remembered for its content, whatever its name."""
    from flux_assets.keepers.matching.keeper_index import KEEPER_INDEX, KeeperIndex
    from flux_assets.vision.keeper_decisions import find_keeper

    with clear_errors():
        archive = DataRoot.open(existing_root())
        if sum((photo is not None, none, forget)) != 1:
            raise ValueError("say one of: a PHOTO_ID, --none, --forget")
        index = archive.tables.read(KEEPER_INDEX, KeeperIndex)
        absolute = Path(keeper).is_absolute()
        named = archive.paths.relative(Path(keeper)) if absolute else keeper
        decision = _decide(archive, *find_keeper(index, named), photo, none=none)
        archive.decisions.record([decision])
        typer.echo(
            f"noted for {decision.photo_id}; bring the tables up to date: "
            "flux materialize --select keeper_verification"
        )


def _decide(
    archive: DataRoot, sha256: str, keeper_path: str, photo: str | None, *, none: bool
) -> Decision:
    """The decision that a person's words come to.

    Raises:
        flux_assets.corpus.lookup.UnknownPhotograph: none is called so, or several are.
    """
    from flux_assets.vision import keeper_decisions

    if none:
        return keeper_decisions.no_original(sha256, keeper_path)
    if photo is None:
        return keeper_decisions.forget(sha256, keeper_path)
    found = named(archive, [photo]).row(0, named=True)
    return keeper_decisions.original_is(sha256, keeper_path, found)


def _verified(archive: DataRoot) -> pl.DataFrame:
    from flux_assets.vision.keeper_verification import KEEPER_VERIFICATION, KeeperVerification

    return archive.tables.read(KEEPER_VERIFICATION, KeeperVerification)


def _as_groups(undecided: pl.DataFrame) -> pl.DataFrame:
    """The best candidates with their scores as one line each, for `show_groups`."""
    from flux_assets.vision.keeper_review import likeness

    lines = [
        [
            f"{photo_id}  {likeness(score)}"
            for photo_id, score in zip(candidates[:_SHOWN], scores[:_SHOWN], strict=True)
        ]
        for candidates, scores in undecided.select("candidates", "scores").iter_rows()
    ]
    return undecided.select(
        keeper="keeper_path", why="review", candidate=pl.Series(lines, dtype=pl.List(pl.String))
    )
