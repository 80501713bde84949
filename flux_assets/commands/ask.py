"""Commands that ask the archive."""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flux_assets.commands.options import Json, Limit, Sheet, clear_errors, existing_root

if TYPE_CHECKING:
    from flux_assets.search.answering import Answer
    from flux_assets.search.archive import Archive

Year = Annotated[int | None, typer.Option(help="Only photographs of this year.")]
City = Annotated[str | None, typer.Option(help="Only photographs made in this city.")]
Country = Annotated[str | None, typer.Option(help="Only photographs made in this country.")]
Keeper = Annotated[bool | None, typer.Option("--keeper/--no-keeper", help="Keepers, or the rest.")]
Offset = Annotated[int, typer.Option(min=0, help="Skip so many; for the next page.")]
EveryFrame = Annotated[
    bool, typer.Option("--every-frame", help="Show frames of a burst and near duplicates singly.")
]
Open = Annotated[bool, typer.Option("--open", help="Look at the answer: opens its contact sheet.")]
Pictures = Annotated[
    list[str], typer.Option(help="A photo_id, a photograph's file or any picture file.")
]
_NOT_LISTED = ("thumb_path", "proxy_path", "hit")


def search(
    text: str,
    year: Year = None,
    city: City = None,
    country: Country = None,
    keeper: Keeper = None,
    like: Pictures = [],  # noqa: B006 typer copies defaults
    unlike: Pictures = [],  # noqa: B006
    literal: Annotated[
        bool, typer.Option("--literal", help="Read no dates, places or weather out of TEXT.")
    ] = False,
    by_time: Annotated[bool, typer.Option("--by-time", help="The best in order of time.")] = False,
    every_frame: EveryFrame = False,
    limit: Annotated[int | None, typer.Option(min=1, help="How many at most; default 12.")] = None,
    offset: Offset = 0,
    as_json: Json = False,
    sheet: Sheet = None,
    opened: Open = False,
) -> None:
    """Find photographs by a sentence: "silhouettes in Rome, winter 2022".

    Dates, seasons, places, weather, cameras and keepers are read out of TEXT and shown; the rest
    is what the pictures must look like. A part after " - " is what they must not.
    """
    from flux_assets.search import Archive

    with clear_errors():
        archive = Archive(existing_root())
        filtered = any(value is not None for value in (year, city, country, keeper))
        if not (text.strip() or like or filtered):
            raise ValueError("say what to look for")
        found = archive.ask(
            text,
            year=year,
            city=city,
            country=country,
            keeper=keeper,
            like=like,
            unlike=unlike,
            literal=literal,
            sort="time" if by_time else "relevance",
            every_frame=every_frame,
            limit=limit,
            offset=offset,
        )
        _show(found, archive, f"“{text}”", as_json=as_json, sheet=sheet, opened=opened)


def similar(
    photo: Annotated[
        str, typer.Argument(help="A photo_id, a photograph's file or any picture file.")
    ],
    year: Year = None,
    city: City = None,
    country: Country = None,
    keeper: Keeper = None,
    every_frame: EveryFrame = False,
    limit: Limit = 12,
    offset: Offset = 0,
    as_json: Json = False,
    sheet: Sheet = None,
    opened: Open = False,
) -> None:
    """Find photographs that look like another one."""
    from flux_assets.search import Archive

    with clear_errors():
        archive = Archive(existing_root())
        found = archive.ask(
            "",
            like=[photo],
            year=year,
            city=city,
            country=country,
            keeper=keeper,
            every_frame=every_frame,
            limit=limit,
            offset=offset,
        )
        _show(found, archive, f"like {photo}", as_json=as_json, sheet=sheet, opened=opened)


def _show(
    answer: "Answer",
    archive: "Archive",
    title: str,
    *,
    as_json: bool,
    sheet: Path | None,
    opened: bool,
) -> None:
    from flux_assets.console import console, remarks, show_motifs, show_results
    from flux_assets.search.answer_sheet import write_answer

    said = remarks if as_json else console
    if answer.plan.explained or answer.plan.remarks:
        said.print(str(answer.plan), style="dim", soft_wrap=True, markup=False)
    if answer.rows.is_empty():
        said.print("no photograph passes these filters")
    elif answer.verdict and not answer.verdict.found:
        said.print(answer.verdict.why, style="yellow", soft_wrap=True, markup=False)
        said.print("the nearest to it:", style="dim")
    if as_json:
        typer.echo(json.dumps(_records(answer), indent=2, ensure_ascii=False, default=str))
    elif answer.rows.is_empty():
        pass
    elif "photo_id" in answer.rows.columns:
        show_results(answer.rows)
    else:
        show_motifs(answer.rows)
    if (sheet or opened) and answer.rows.is_empty():
        said.print("no contact sheet was written")
    elif sheet or opened:
        drawn = sheet or Path(tempfile.mkdtemp(prefix="flux-")) / "answer.jpg"
        write_answer(answer, archive, title, drawn)
        typer.echo(f"contact sheet: {drawn}", err=as_json)
        if opened:
            typer.launch(str(drawn))


def _records(answer: "Answer") -> list[dict[str, object]]:
    """The documented JSON of `search` and `similar`."""
    times = pl.selectors.datetime()
    scores = pl.selectors.by_name("score", "echo_score", require_all=False)
    shown = answer.rows.select(pl.exclude(_NOT_LISTED)).with_columns(
        times.dt.strftime("%Y-%m-%dT%H:%M:%S%.3f"), scores.round(4)
    )
    return [{**row, "found": answer.found} for row in shown.to_dicts()]
