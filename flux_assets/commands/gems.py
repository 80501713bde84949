"""Commands that ask the keeper model, and choose which version of it is in use."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flux_assets.commands.options import Json, Limit, Sheet, clear_errors, existing_root
from flux_resources.data_root import DataRoot

if TYPE_CHECKING:
    from flux_assets.keepers.taste.explain import Explanation
    from flux_assets.keepers.taste.versions import ModelStore

_LEAST = 0.05  # log-odds that are worth a word
# The groups of features in words.
_GROUPS = {
    "linear": "how it looks",
    "nearest": "likeness to keepers",
    "projection": "kind of picture",
    "quality": "technical quality",
    "light": "light and exposure",
    "time": "hour and pauses",
    "burst": "place in its burst",
    "session": "place in its session",
}


def top(
    day: Annotated[str | None, typer.Option(help="Only this day: 2022-01-15")] = None,
    not_keepers: Annotated[
        bool,
        typer.Option("--not-keepers", help="Only moments of which the photographer kept nothing."),
    ] = False,
    limit: Limit = 12,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """The photographs that the keeper model likes best; --not-keepers shows the hidden gems.

    Of a burst, of near duplicates and of RAW and JPEG only the best is shown.
    """
    from flux_assets.console import show_results, write_sheet
    from flux_assets.keepers.taste.hidden_gems import top as best

    with clear_errors():
        archive = DataRoot.open(existing_root())
        found = best(archive, day=day, not_keepers=not_keepers, limit=limit)
        if as_json:
            _print_json(_records(found))
        elif found.height:
            show_results(found)
        else:
            typer.echo("every moment that is scored has a keeper")
        if sheet and found.height:
            write_sheet(found, "hidden gems" if not_keepers else "what the model likes", sheet)
            typer.echo(f"contact sheet: {sheet}", err=as_json)


def explain(
    photo: Annotated[str, typer.Argument(help="A photo_id, or the file of a photograph.")],
    limit: Limit = 8,
    as_json: Json = False,
    sheet: Sheet = None,
) -> None:
    """Why a photograph has its keeper score: the keepers it is like, and what counted."""
    from flux_assets.console import sheet_cells, show_results
    from flux_assets.corpus.lookup import indexed_photos
    from flux_assets.keepers.taste.explain import explain as explained
    from flux_assets.search.contact_sheet import contact_sheet

    with clear_errors():
        archive = DataRoot.open(existing_root())
        (photo_id,) = indexed_photos(archive, [photo])
        why = explained(archive, photo_id, limit=limit)
        nearest = why.nearest
        if as_json:
            facts = {name: value for name, value in vars(why).items() if name != "nearest"}
            _print_json({**facts, "nearest": _records(nearest)})
        else:
            typer.echo("\n".join(_in_words(why)))
            show_results(nearest)
        if sheet:
            own = (archive.paths.thumb(photo_id), f"{photo_id}\n{_number(why.model_score)}")
            cells = [own, *sheet_cells(nearest, "a keeper")]
            picture = contact_sheet(cells, f"{photo_id} and its nearest keepers")
            picture.save(sheet, "JPEG", quality=90)
            typer.echo(f"contact sheet: {sheet}", err=as_json)


def model(
    pin: Annotated[str | None, typer.Option(help="Use this version, whatever comes.")] = None,
    unpin: Annotated[bool, typer.Option("--unpin", help="Use the newest promoted again.")] = False,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Go back to the version promoted before.")
    ] = False,
    as_json: Json = False,
) -> None:
    """The versions of the keeper model: which is in use, and why the others are not."""
    from flux_assets.keepers.taste.versions import open_models

    with clear_errors():
        if (pin is not None) + unpin + rollback > 1:
            raise ValueError("give one of --pin, --unpin and --rollback")
        archive = DataRoot.open(existing_root())
        models = open_models(archive)
        if pin is not None:
            models.pin(pin)
        if unpin:
            models.unpin()
        if rollback:
            models.rollback()
        _show_versions(archive, models, as_json=as_json)
        if not as_json and (pin is not None or unpin or rollback):
            typer.echo("to score with it: flux materialize --select keeper_scores,photos")


def _show_versions(archive: DataRoot, models: "ModelStore", *, as_json: bool) -> None:
    """All versions, the oldest first, and whether another would be trained today."""
    from flux_assets.keepers.taste.retraining import retraining
    from flux_assets.keepers.taste.training_set import TRAINING_SET, TrainingSet
    from flux_resources.vectors import active_vectors

    today = retraining(
        archive.tables.read(TRAINING_SET, TrainingSet),
        models,
        settings=archive.settings.keeper_model,
        table=active_vectors(archive).table_name,
    )
    states = models.states()
    if as_json:
        listed = [
            {"state": states[version.name], **asdict(version), "files": str(models.files(version))}
            for version in models.versions()
        ]
        _print_json({"versions": listed, "retraining": asdict(today)})
        return
    for version in models.versions():
        typer.echo(
            f"{version.name}  {states[version.name]}: {version.reason}\n"
            f"      {version.made_at}, {version.keepers} keepers among {version.photographs}, "
            f"average precision {version.average_precision:.3f}\n"
            f"      {models.files(version) / 'MODEL_CARD.md'}"
        )
    if not states:
        typer.echo("no keeper model yet")
    typer.echo(f"{'to be trained' if today.due else 'nothing to train'}: {today.reason}")


def _in_words(why: "Explanation") -> list[str]:
    """What is known of a score, a line for each fact."""
    by = f" ({why.model_version})" if why.model_version else ""
    kept = {1: "kept", 0: "not kept", None: "not labelled yet"}[why.keeper]
    said = {"person": ", a person said so", "match": ", a keeper file was matched"}
    lines = [
        f"{why.photo_id}: {kept}{said.get(why.labelled_by or '', '')}",
        f"keeper score {_number(why.keeper_score)}; the model's own opinion "
        f"{_number(why.model_score)}{by}",
    ]
    if why.remark:
        lines.append(why.remark)
    for heading, sign in (("speaks for it", 1), ("pulls it down", -1)):
        parts = [
            f"{_GROUPS.get(group, group)} {added:+.2f}"
            for group, added in sorted(why.groups.items(), key=lambda item: -abs(item[1]))
            if sign * added >= _LEAST
        ]
        if parts:
            lines.append(f"{heading} (log-odds): {', '.join(parts)}")
    return [*lines, "the nearest keepers:" if why.nearest.height else "no keeper to compare with"]


def _number(score: float | None) -> str:
    return "–" if score is None else f"{score:.3f}"


def _records(found: pl.DataFrame) -> list[dict[str, object]]:
    time = pl.col("captured_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.3f")
    scores = [name for name in found.columns if name.endswith("score")]
    return found.with_columns(time, pl.col(scores).round(4)).drop("thumb_path").to_dicts()


def _print_json(content: object) -> None:
    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
