"""The card of a keeper model: what it is, how well it does, and what it cannot do.

Markdown with plots beside it, for people; the same as one text with the plots inside, for the UI.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from flux_assets.keepers.taste.evaluation import Evaluation, Numbers
from flux_assets.keepers.taste.model_plots import (
    plot_importance,
    plot_precision_recall,
    plot_reliability,
    plot_years,
)
from flux_assets.keepers.taste.training import Training
from flux_assets.keepers.taste.training_set import count_splits
from flux_assets.keepers.taste.versions import ModelStore, Version

CARD = "MODEL_CARD.md"
_FEW = 20  # keepers below which a year's figure says little


@dataclass(frozen=True)
class Card:
    """What a card is written from.

    `known` and `scores` are the held-out sessions and the model's scores of them; `training` is
    the whole `TrainingSet`; `rival` is the version it was compared with.
    """

    version: Version
    trained: Training
    training: pl.DataFrame
    known: pl.DataFrame
    scores: Numbers
    rival: Evaluation | None


def write_card(folder: Path, card: Card) -> None:
    """Write `MODEL_CARD.md` and its plots into `folder`."""
    model = card.trained.evaluations[0]
    held_out = card.known.select("photo_id", score=pl.Series(card.scores)).join(
        card.training.filter(pl.col("split") == "test"), on="photo_id"
    )
    labels = held_out["keeper"].to_numpy() == 1
    plot_precision_recall(folder / "precision_recall.png", held_out["score"].to_numpy(), labels)
    plot_reliability(folder / "reliability.png", model)
    plot_years(folder / "lift_by_year.png", _lifts(model))
    plot_importance(folder / "importance.png", card.trained.model.importance())
    parts = [_head(card), _results(card), _years(model), _made_from(card), _limits(card)]
    (folder / CARD).write_text("\n".join(parts), encoding="utf-8")


def card_in_one(store: ModelStore, version: Version) -> str:
    """The card of a version as Markdown that holds its plots, about 100 kB."""
    folder = store.files(version)

    def inside(match: re.Match[str]) -> str:
        content = b64encode((folder / match[1]).read_bytes()).decode()
        return f"(data:image/png;base64,{content})"

    return re.sub(r"\(([a-z_]+\.png)\)", inside, (folder / CARD).read_text(encoding="utf-8"))


def _head(card: Card) -> str:
    version = card.version
    return f"""# Keeper model {version.name}

Made {version.made_at} from {version.keepers} keepers among {version.photographs} labelled
photographs. It says how likely this photographer is to keep a photograph.

**{"Promoted" if version.promoted else "Not promoted"}:** {version.reason}.
"""


def _results(card: Card) -> str:
    trained, rival = card.trained, card.rival
    model = trained.evaluations[0]
    held_out = [*trained.evaluations, *([rival] if rival else [])]
    compared = ""
    if rival:
        compared = f" {rival.name} is judged on the {rival.rows} of them that are new to it too."
    forward = "Not known: too few keepers lie in the oldest or the newest sessions."
    if trained.forward:
        forward = _table(trained.forward)
    return f"""## How well it does

On {model.rows} photographs of sessions that it never saw, {model.positives} of them keepers
({model.base_rate:.2%}): average precision {model.average_precision:.3f}, where a random choice
reaches {model.base_rate:.3f}.

{_table(held_out)}

Lift: how many times as many keepers as in a random choice are among the best 1, 5 and 10 %.
Burst: how often the best frame of a burst is a keeper ({model.bursts} bursts). Brier: mean squared
error of the score as a probability, smaller is better.{compared}

![precision and recall](precision_recall.png)
![reliability](reliability.png)

## Tomorrow's taste

Trained again on the older sessions only, and judged on the newest ones:

{forward}
"""


def _table(evaluations: Sequence[Evaluation]) -> str:
    head = "|  | average precision | lift 1 % | 5 % | 10 % | recall 1 % | 5 % | 10 % "
    head += "| precision at 36 | burst | Brier |"
    rows = [head, "|---|" + "---:|" * 10]
    for one in evaluations:
        burst = "–" if one.burst_top1 is None else f"{one.burst_top1:.2f}"
        lifts = " | ".join(f"{value:.1f}" for value in one.lift.values())
        recalls = " | ".join(f"{value:.2f}" for value in one.recall.values())
        rows.append(
            f"| {one.name} | {one.average_precision:.3f} | {lifts} | {recalls} "
            f"| {one.precision_at_36:.2f} | {burst} | {one.brier:.4f} |"
        )
    return "\n".join(rows)


def _lifts(model: Evaluation) -> dict[str, float]:
    """Average precision by base rate of each year that has keepers."""
    return {
        year: part["average_precision"] / part["base_rate"]
        for year, part in model.by_year.items()
        if part["average_precision"] and part["base_rate"]
    }


def _years(model: Evaluation) -> str:
    rows = [
        "| year | photographs | keepers | average precision | base rate |",
        "|---|" + "---:|" * 4,
    ]
    for year, part in model.by_year.items():
        reached = part["average_precision"]
        rows.append(
            f"| {year} | {part['rows']:.0f} | {part['positives']:.0f} "
            f"| {'–' if reached is None else f'{reached:.3f}'} | {part['base_rate']:.3f} |"
        )
    return "\n".join(["## By year", "", *rows, "", "![lift by year](lift_by_year.png)", ""])


def _made_from(card: Card) -> str:
    days = card.training["day"].unique().sort()
    splits = count_splits(card.training).select("split", "photographs", "keepers", "groups")
    labelled = card.training.group_by("labelled_by", "keeper").len("photographs")
    said = labelled.sort("labelled_by", "keeper")
    chosen = [f"- {name}: {_short(value)}" for name, value in card.trained.tried.items()]
    return "\n".join(
        [
            "## What it was made from",
            "",
            f"Vectors of `{card.version.vectors}`, sessions from {days[0]} to {days[-1]}. A group "
            "is whole sessions that belong together; none is in two splits.",
            "",
            *(_lines(splits), ""),
            *(_lines(said), ""),
            *("Chosen on the training and validation rows:", "", *chosen, ""),
            *("![what moves scores](importance.png)", ""),
        ]
    )


def _lines(frame: pl.DataFrame) -> str:
    """A frame as a Markdown table."""
    rows = [frame.columns, ["---"] * frame.width, *frame.iter_rows()]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(part)}" for name, part in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _limits(card: Card) -> str:
    model = card.trained.evaluations[0]
    weak = [year for year, part in model.by_year.items() if (part["positives"] or 0) < _FEW]
    limits = [
        "It repeats one person's choices. It does not know what is good, only what was kept.",
        "A keeper whose original was not found counts as not kept; so does a photograph that was "
        "kept elsewhere.",
        f"The figures rest on {model.positives} held-out keepers; with another draw of sessions "
        "they would differ.",
        "Photographs that it was trained on get better scores than they would have got unseen. "
        "The figures above are of unseen ones.",
        "Taste changes: on sessions after the last labelled one expect the forward figures, not "
        "the first table.",
    ]
    if weak:
        limits.append(f"Fewer than {_FEW} held-out keepers, so hardly judged: {', '.join(weak)}.")
    return "\n".join(["## Limits", "", *(f"- {limit}" for limit in limits), ""])
