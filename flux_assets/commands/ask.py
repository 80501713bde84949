"""Commands that ask the archive."""

import json
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from flux_assets.commands.options import Json, Limit, Sheet, clear_errors

Year = Annotated[int | None, typer.Option(help="Only photographs of this year.")]
City = Annotated[str | None, typer.Option(help="Only photographs made in this city.")]
Country = Annotated[str | None, typer.Option(help="Only photographs made in this country.")]
Keeper = Annotated[bool | None, typer.Option("--keeper/--no-keeper", help="Keepers, or the rest.")]


def search(
    text: str,
    year: Year = None,
    city: City = None,
    country: Country = None,
    keeper: Keeper = None,
    limit: Limit = 12,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Find photographs that look like TEXT describes."""
    from flux_assets.search import Archive

    with clear_errors():
        found = Archive().search(
            text, limit=limit, year=year, city=city, country=country, keeper=keeper
        )
        _answer(found, f"“{text}”", as_json=as_json, sheet=sheet)


def similar(
    photo: Annotated[str, typer.Argument(help="A photo_id of the archive, or a picture file.")],
    year: Year = None,
    city: City = None,
    country: Country = None,
    keeper: Keeper = None,
    limit: Limit = 12,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Find photographs that look like another one."""
    from flux_assets.search import Archive

    with clear_errors():
        found = Archive().similar(
            photo, limit=limit, year=year, city=city, country=country, keeper=keeper
        )
        _answer(found, f"like {photo}", as_json=as_json, sheet=sheet)


def _answer(found: pl.DataFrame, title: str, *, as_json: bool, sheet: Path | None) -> None:
    from flux_assets.console import console, show_results, write_sheet

    if as_json:
        typer.echo(json.dumps(_records(found), indent=2, ensure_ascii=False))
    elif found.height:
        show_results(found)
    else:
        console.print("no photograph passes these filters")
    if sheet and found.height:
        write_sheet(found, title, sheet)
        typer.echo(f"contact sheet: {sheet}", err=as_json)


def _records(found: pl.DataFrame) -> list[dict[str, object]]:
    """The documented JSON of `search` and `similar`."""
    columns = ("photo_id", "score", "path", "captured_at")
    places = ("location_city", "location_country", "tags")
    rows = found.select(*columns, *places).with_columns(
        pl.col("captured_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.3f"), pl.col("score").round(4)
    )
    return rows.to_dicts()
