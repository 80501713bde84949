"""Commands that look into how the keeper model learns."""

import json
from typing import TYPE_CHECKING, Annotated

import polars as pl
import typer

from flux_assets.commands.options import Json, clear_errors, existing_root
from flux_resources.data_root import DataRoot

if TYPE_CHECKING:
    from flux_assets.keepers.taste.examples import Examples


def ablation(as_json: Json = False) -> None:
    """What each group of features adds to the keeper model, on photographs it never saw.

    Trains the model anew without each group, and with each alone. Nothing is stored.
    """
    from flux_assets.keepers.taste.ablation import ablate

    with clear_errors():
        archive = DataRoot.open(existing_root())
        found = ablate(_examples(archive), archive.settings.keeper_model)
    if as_json:
        typer.echo(json.dumps(found.to_dicts(), indent=2))
        return
    typer.echo("average precision on the held-out photographs")
    typer.echo(f"{'group':<12} {'alone':>8} {'without':>8} {'adds':>8}")
    for group, alone, without, adds in found.iter_rows():
        typer.echo(f"{group:<12} {alone:8.3f} {without:8.3f} {adds:+8.3f}")


def tune(
    trials: Annotated[int, typer.Option(min=2, help="How many settings to try.")] = 30,
    as_json: Json = False,
) -> None:
    """Search better settings for the trees of the keeper model; prints them, changes nothing."""
    from flux_assets.keepers.taste.tuning import tune as search

    def tell(trial: int, precision: float) -> None:
        typer.echo(f"{trial:3} of {trials}: {precision:.4f}", err=True)

    with clear_errors():
        archive = DataRoot.open(existing_root())
        settings = archive.settings.keeper_model
        tuned = search(_examples(archive), settings, trials=trials, each=tell)
    chosen = tuned.settings.model_dump(include={"leaves", "leaf_rows", "learning_rate"})
    if as_json:
        facts = {"before": tuned.before, "after": tuned.after, "keeper_model": chosen}
        typer.echo(json.dumps(facts, indent=2))
        return
    typer.echo(
        f"average precision on the validation split: {tuned.before:.4f} as it is, "
        f"{tuned.after:.4f} with this in flux.yaml:\nkeeper_model:"
    )
    for name, value in chosen.items():
        typer.echo(f"  {name}: {value:.4g}" if isinstance(value, float) else f"  {name}: {value}")


def _examples(archive: DataRoot) -> "Examples":
    """What the asset `keeper_model` trains on.

    Raises:
        ValueError: there are too few labels.
    """
    from flux_assets.keepers.taste.augmented_vectors import AUGMENTED_VECTORS, AugmentedVectors
    from flux_assets.keepers.taste.examples import examples_of
    from flux_assets.keepers.taste.model_inputs import of_keeper_model, with_vectors
    from flux_assets.keepers.taste.training import too_little
    from flux_assets.keepers.taste.training_set import TRAINING_SET, TrainingSet
    from flux_resources.vectors import active_vectors

    training = archive.tables.read(TRAINING_SET, TrainingSet)
    if reason := too_little(training, archive.settings.keeper_model):
        raise ValueError(reason)
    store = active_vectors(archive)
    known, vectors = with_vectors(of_keeper_model(archive.tables, training), store)
    stored = archive.tables.read(AUGMENTED_VECTORS, AugmentedVectors)
    augmented = stored.filter(pl.col("model") == store.table_name)
    return examples_of(known, vectors, training, split="split", augmented=augmented)
