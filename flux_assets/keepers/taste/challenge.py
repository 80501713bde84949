"""A new keeper model is used only if it beats the one in use, on photographs new to both.

The model in use is scored again on today's held-out photographs, since labels, vectors and
features may have changed since it was made. Those it was trained on are left out.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from flux_assets.keepers.taste.evaluation import Evaluation, Numbers
from flux_assets.keepers.taste.model import KeeperModel
from flux_assets.keepers.taste.model_card import Card, write_card
from flux_assets.keepers.taste.training import Training, evaluate_held_out
from flux_assets.keepers.taste.versions import ModelStore, Version, now
from flux_resources.vectors import Vectors

EVALUATION, EXAMPLES = "evaluation.json", "examples.parquet"
_EXAMPLE = ("photo_id", "keeper", "split")


@dataclass(frozen=True)
class HeldOut:
    """The sessions of the test split, whole: rows as `KeeperModel.score` takes them.

    `table` names the vectors; `training` is the whole `TrainingSet`.
    """

    known: pl.DataFrame
    vectors: Vectors
    training: pl.DataFrame
    table: str

    @classmethod
    def of(
        cls, known: pl.DataFrame, vectors: Vectors, training: pl.DataFrame, table: str
    ) -> "HeldOut":
        days = training.filter(pl.col("split") == "test")["day"].unique()
        chosen = known["day"].is_in(days.implode())
        return cls(known.filter(chosen), vectors[chosen.to_numpy()], training, table)


@dataclass(frozen=True)
class Verdict:
    """Whether the new model is promoted, and why; `rival` is what it was compared with."""

    promoted: bool
    reason: str
    rival: Evaluation | None = None


def challenge(scores: Numbers, held_out: HeldOut, store: ModelStore) -> Verdict:
    """Compare a new model, by its `scores` of the held-out rows, with the one in use.

    While an older version is pinned, the newest promoted one must be beaten as well: it is used
    again when the pin goes.
    """
    verdict = Verdict(True, "the first keeper model")
    rivals = {v.name: v for v in (store.current(), store.promoted()) if v is not None}
    for rival in rivals.values():
        verdict = _against(rival, scores, held_out, store)
        if not verdict.promoted:
            break
    return verdict


def keep_version(
    trained: Training,
    known: pl.DataFrame,
    vectors: Vectors,
    training: pl.DataFrame,
    *,
    store: ModelStore,
    table: str,
) -> Version:
    """Judge a trained model and store it, promoted or not, with its card.

    Args:
        trained: what `train` made of the next three.
        known, vectors, training: as for `train`.
        store: where versions are kept.
        table: names the vectors: `active_vectors(archive).table_name`.

    Returns:
        The stored version; an earlier one if this very model was stored before.
    """
    held_out = HeldOut.of(known, vectors, training, table)
    scores = trained.model.score(held_out.known, held_out.vectors)
    verdict = challenge(scores, held_out, store)
    version = Version(
        made_at=now(),
        vectors=table,
        keepers=int(training["keeper"].sum()),
        photographs=training.height,
        average_precision=trained.evaluations[0].average_precision,
        promoted=verdict.promoted,
        reason=verdict.reason,
    )

    def write_files(folder: Path, version: Version) -> None:
        training.select(_EXAMPLE).write_parquet(folder / EXAMPLES)
        results = {
            "evaluations": [asdict(one) for one in trained.evaluations],
            "forward": [asdict(one) for one in trained.forward],
            "rival": asdict(verdict.rival) if verdict.rival else None,
            "tried": trained.tried,
        }
        (folder / EVALUATION).write_text(json.dumps(results, indent=2))
        write_card(folder, Card(version, trained, training, held_out.known, scores, verdict.rival))

    return store.add(version, trained.model.save, write_files)


def stored_examples(store: ModelStore, version: Version) -> pl.DataFrame:
    """`photo_id, keeper, split` of what a version was made from."""
    return pl.read_parquet(store.files(version) / EXAMPLES)


def _against(rival: Version, scores: Numbers, held_out: HeldOut, store: ModelStore) -> Verdict:
    if rival.vectors != held_out.table:
        return Verdict(
            True, f"{rival.name} reads vectors of {rival.vectors}, this one {held_out.table}"
        )
    seen = stored_examples(store, rival).filter(pl.col("split") != "test")
    new_to_both = held_out.training.join(seen, on="photo_id", how="anti")
    if not new_to_both.filter(pl.col("split") == "test")["keeper"].sum():
        return Verdict(False, f"{rival.name} was trained on every held-out keeper: no fair test")
    rival_scores = KeeperModel.load(store.model_files(rival)).score(
        held_out.known, held_out.vectors
    )
    ours = evaluate_held_out("this model", scores, held_out.known, new_to_both)
    theirs = evaluate_held_out(rival.name, rival_scores, held_out.known, new_to_both)
    better = ours.average_precision > theirs.average_precision
    return Verdict(
        better,
        f"average precision {ours.average_precision:.3f} against {theirs.average_precision:.3f} "
        f"of {rival.name}, on {ours.rows} photographs that are new to both, "
        f"{ours.positives} of them keepers",
        theirs,
    )
