"""`flux set`: a person corrects a date, a zone or a place."""

from typing import TYPE_CHECKING, Annotated, get_args

import polars as pl
import typer

from flux_assets.commands.options import clear_errors, existing_root, span
from flux_resources.data_root import DataRoot
from flux_resources.decisions import Kind

if TYPE_CHECKING:
    from flux_assets.metadata.corrections import Correction
    from flux_resources.geography.geocoder import Geocoder


def correct(
    photo: Annotated[
        str | None, typer.Argument(help="A photo_id, or the file of a photograph.")
    ] = None,
    days: Annotated[
        str | None, typer.Option(help="All photographs of these days: 2022-01-01..2022-01-31")
    ] = None,
    camera: Annotated[
        str | None, typer.Option(help="All photographs of this model, or of this serial number.")
    ] = None,
    time: Annotated[
        str | None, typer.Option(help="When it was taken, local: '2022-01-15 13:22:44'")
    ] = None,
    shift: Annotated[
        str | None, typer.Option(help="Move the camera's time: +1:00, or -0:02:30")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone: Asia/Tokyo, or +09:00")] = None,
    place: Annotated[
        str | None, typer.Option(help="Where it was taken: 41.89,12.49, or 'Rome, IT'")
    ] = None,
    forget: Annotated[
        str | None, typer.Option(help="Take back what was said of: time, zone or place.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option(help="Say what would be corrected; keep nothing.")
    ] = False,
) -> None:
    """Correct date, zone or place of one photograph, of days, or of a camera.

    Conditions narrow each other. What you say outranks every computed value from then on; the
    files themselves stay as they are.
    """
    from flux_assets.corpus.lookup import indexed_photos
    from flux_assets.corpus.take_in import open_ledger
    from flux_assets.metadata import corrections
    from flux_resources.geography.geocoder import Geocoder

    with clear_errors():
        geocoder = Geocoder()
        archive = DataRoot.open(existing_root())
        said = _said(time, shift, zone, place, forget, geocoder)
        photo_id = None if photo is None else indexed_photos(archive, [photo])[0]
        chosen = corrections.choose_photographs(
            archive.tables, photo_id=photo_id, span=span(days) if days else None, camera=camera
        )
        if time and chosen.height > 1:
            raise ValueError(f"--time is for one photograph, not {chosen.height}: use --shift")
        told = [corrections.in_words(correction, geocoder) for correction in said]
        if not dry_run:
            archive.decisions.record(corrections.decide(chosen, said))
            with open_ledger(archive) as ledger:
                ledger.mark_changed(chosen["day"].unique())
        _report(chosen, told, dry_run=dry_run)


def _said(
    time: str | None,
    shift: str | None,
    zone: str | None,
    place: str | None,
    forget: str | None,
    geocoder: "Geocoder",
) -> list["Correction"]:
    """The corrections that the options come to; at most one of each kind."""
    from flux_assets.metadata import corrections

    said: list[corrections.Correction] = []
    if time:
        said.append(corrections.time_of(time))
    if shift:
        said.append(corrections.shift_of(shift))
    if zone:
        said.append(corrections.zone_of(zone))
    if place:
        said.append(corrections.place_of(place, geocoder))
    if forget:
        said.append((_kind(forget), None))
    kinds = {kind for kind, _ in said}
    if not said or len(kinds) < len(said):
        raise ValueError("say one thing of each: --time or --shift, --zone, --place, --forget")
    return said


def _kind(text: str) -> Kind:
    kinds: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
    if text not in ("time", "zone", "place"):
        raise ValueError(f"--forget {text}: one of time, zone, place")
    return kinds[text]


def _report(chosen: pl.DataFrame, told: list[str], *, dry_run: bool) -> None:
    days = sorted(chosen["day"])
    first, last = days[0], days[-1]
    verb = "would be corrected" if dry_run else "corrected"
    typer.echo(f"{chosen.height} photographs {verb} ({first} to {last})")
    for line in told:
        typer.echo(f"  {line}")
    if not dry_run:
        typer.echo(f"bring the tables up to date: flux materialize --days {first}..{last}")
