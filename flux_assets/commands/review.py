"""Commands that show groups of photographs, and take a person's word on them."""

import json
from collections.abc import Sequence
from typing import Annotated

import polars as pl
import typer

from flux_assets.commands.options import Json, Limit, Sheet, clear_errors, existing_root, one_day
from flux_resources.data_root import DataRoot
from flux_resources.decisions import Decision

Keep = Annotated[list[str], typer.Option(help="Keep this photo_id; may be given several times.")]


def duplicates(
    apart: Annotated[
        list[str], typer.Option(help="These photo_ids are no duplicates: --apart A --apart B")
    ] = [],  # noqa: B006 typer copies defaults
    keep: Keep = [],  # noqa: B006
    limit: Limit = 20,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Groups of files with the same content or the same picture, and which one to keep."""
    from flux_assets.vision.duplicate_verdicts import keep_these, not_duplicates
    from flux_assets.vision.duplicates import DUPLICATES, Duplicates, list_duplicates
    from flux_assets.vision.montages import duplicates_sheet

    with clear_errors():
        archive = DataRoot.open(existing_root())
        if apart:
            standing = archive.decisions.standing("not_duplicates")
            _record(archive, not_duplicates(named(archive, apart), standing), "duplicates")
        if keep:
            _record(archive, keep_these(named(archive, keep)), "duplicates,bursts")
        if apart or keep:
            return
        rows = archive.tables.read(DUPLICATES, Duplicates)
        _show(list_duplicates(rows).head(limit), as_json=as_json, nothing="no duplicates known")
        if sheet and (picture := duplicates_sheet(rows, archive.paths.thumb, groups=limit)):
            picture.save(sheet, "JPEG", quality=90)
            typer.echo(f"contact sheet: {sheet}", err=as_json)


def bursts(
    day: Annotated[str | None, typer.Option(help="Only this day: 2022-01-15")] = None,
    keep: Keep = [],  # noqa: B006
    limit: Limit = 20,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Frames of one moment with the best of them, and exposure brackets, the largest first."""
    from flux_assets.vision.bursts import BURSTS, list_bursts
    from flux_assets.vision.duplicate_verdicts import keep_these
    from flux_assets.vision.montages import burst_sheet

    with clear_errors():
        archive = DataRoot.open(existing_root())
        if keep:
            _record(archive, keep_these(named(archive, keep)), "duplicates,bursts")
            return
        rows = archive.tables.scan(BURSTS.name, BURSTS.schema)
        rows = rows.filter(pl.col("day") == one_day(day)) if day else rows
        found = rows.collect()
        nothing = f"no bursts on {day}" if day else "no bursts known"
        _show(list_bursts(found).head(limit), as_json=as_json, nothing=nothing)
        if sheet and (picture := burst_sheet(found, archive.paths.thumb)):
            picture.save(sheet, "JPEG", quality=90)
            typer.echo(f"contact sheet: {sheet}", err=as_json)


def named(archive: DataRoot, photos: Sequence[str]) -> pl.DataFrame:
    """`day, photo_id, sha256` of photographs of the archive; see `photo_called`.

    Raises:
        flux_assets.corpus.lookup.UnknownPhotograph: none is called so, or several are.
    """
    from flux_assets.corpus.lookup import indexed_photos
    from flux_assets.corpus.photo_index import PHOTO_INDEX

    index = archive.tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema)
    found = index.filter(pl.col("photo_id").is_in(indexed_photos(archive, photos)))
    return found.select("day", "photo_id", "sha256").collect()


def _record(archive: DataRoot, decisions: list[Decision], products: str) -> None:
    archive.decisions.record(decisions)
    typer.echo(
        f"noted for {len(decisions)} photographs; bring the tables up to date: "
        f"flux materialize --select {products}"
    )


def _show(groups: pl.DataFrame, *, as_json: bool, nothing: str) -> None:
    from flux_assets.console import show_groups

    if as_json:
        typer.echo(json.dumps(groups.to_dicts(), indent=2, ensure_ascii=False))
    elif groups.is_empty():
        typer.echo(f"{nothing}; see: flux status")
    else:
        show_groups(groups)
