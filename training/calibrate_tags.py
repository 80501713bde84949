"""Choose how a model is asked for tags, and from which score on it is believed.

    python -m training.calibrate_tags --images DIR --captions DIR [--model mini]

Measured on the dev split of Flickr8k, which the bundled model is not trained on. A tag is right
where a caption names it, and missed where two or more do. The chosen threshold has the best F1 of
those with at least `--precision`; the values go into `models` of the vocabulary, and so may the
thresholds per tag that follow.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from flux_assets.vision.tags import load_vocabulary
from flux_resources.clip.embedder import Embedder
from flux_resources.clip.loading import load_clip
from flux_resources.vectors import Vectors
from training.sources import Captioned, read_flickr8k
from training.tag_thresholds import cross_validated, thresholds
from training.tag_words import naming

TEMPLATES = ("{}", "a photo of {}", "a picture of {}", "a photograph showing {}")
_FEWEST = 5  # pictures whose captions name a tag; below that, captions say nothing about it


@dataclass(frozen=True)
class Found:
    """Precision and recall over the tags that captions name, and how many of them per picture."""

    template: str
    threshold: float
    precision: float
    recall: float
    per_picture: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--captions", type=Path, required=True)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--vocabulary", type=Path)
    parser.add_argument("--precision", type=float, default=0.45, help="the least that will do")
    parser.add_argument("--limit", type=int, default=5, help="most tags per picture")
    return parser.parse_args()


def mentions(items: list[Captioned], tags: list[str]) -> "np.ndarray":
    """Int `(pictures, tags)`: how many captions of the picture name the tag."""
    patterns = [naming(tag) for tag in tags]
    rows = [
        [sum(bool(pattern.search(text)) for text in item.captions) for pattern in patterns]
        for item in items
    ]
    return np.array(rows)


def given(scores: Vectors, threshold: float, limit: int) -> "np.ndarray":
    """Bool `(pictures, tags)`: the best `limit` tags that reach the threshold."""
    floor = np.sort(scores, axis=1)[:, -limit][:, None]
    chosen: np.ndarray = (scores >= threshold) & (scores >= floor)
    return chosen


def mean_average_precision(scores: Vectors, named: "np.ndarray") -> float:
    """How well each tag's text ranks the pictures, over tags that enough captions name."""
    values = []
    for column in np.flatnonzero((named >= 1).sum(axis=0) >= _FEWEST):
        right = (named[np.argsort(-scores[:, column], kind="stable"), column] >= 1).nonzero()[0]
        values.append(float(np.mean(np.arange(1, len(right) + 1) / (right + 1))))
    return float(np.mean(values))


def measure(tags: "np.ndarray", named: "np.ndarray", template: str, threshold: float) -> Found:
    known = (named >= 1).sum(axis=0) >= _FEWEST
    tags, named = tags[:, known], named[:, known]
    right = (tags & (named >= 1)).sum()
    sure = named >= 2
    return Found(
        template,
        round(threshold, 3),
        round(float(right / max(1, tags.sum())), 3),
        round(float((tags & sure).sum() / max(1, sure.sum())), 3),
        round(float(tags.sum(axis=1).mean()), 2),
    )


def main() -> None:
    options = arguments()
    vocabulary = load_vocabulary(options.vocabulary)
    tags, phrases = list(vocabulary.tags), list(vocabulary.tags.values())
    dev = read_flickr8k(options.images, options.captions).dev
    named = mentions(dev, tags)
    embedder = Embedder(load_clip(options.model, checkpoint=options.checkpoint))
    pictures = embedder.encode_images([item.path for item in dev]).vectors
    everything = []
    best: tuple[Found, Vectors] | None = None
    for template in TEMPLATES:
        texts = embedder.encode_texts([template.format(phrase) for phrase in phrases])
        scores = pictures @ texts.T
        print(f"{template:24} mean average precision {mean_average_precision(scores, named):.3f}")
        for threshold in np.arange(0.15, 0.5, 0.01):
            chosen = given(scores, threshold, options.limit)
            found = measure(chosen, named, template, float(threshold))
            everything.append(found)
            good = found.precision >= options.precision
            if good and (best is None or found.f1 > best[0].f1):
                best = found, scores
    report(everything, best, tags, named, options.limit)


def report(
    everything: list[Found],
    best: tuple[Found, Vectors] | None,
    tags: list[str],
    named: "np.ndarray",
    limit: int,
) -> None:
    for found in everything:
        if best and found.template == best[0].template and found.per_picture > 0.05:
            print(
                f"{found.template:24} {found.threshold:.2f}  precision {found.precision:.3f}  "
                f"recall {found.recall:.3f}  F1 {found.f1:.3f}  tags {found.per_picture:.2f}"
            )
    if best is None:
        print("no threshold reaches the wanted precision")
        return
    chosen = given(best[1], best[0].threshold, limit)
    for column in np.argsort(-(named >= 1).sum(axis=0)):
        sure, any_ = named[:, column] >= 2, named[:, column] >= 1
        if any_.sum() >= _FEWEST:
            tag, hits = tags[column], chosen[:, column]
            precision = (hits & any_).sum() / max(1, hits.sum())
            recall = (hits & sure).sum() / max(1, sure.sum())
            print(f"{tag:16} named {any_.sum():4} given {hits.sum():4} ", end="")
            print(f"precision {precision:.2f} recall {recall:.2f}")
    halves = cross_validated(best[1], named, best[0].threshold, limit)
    given_there, named_there = (np.concatenate(part) for part in zip(*halves, strict=True))
    print("with a threshold per tag, each half of the pictures with those of the other half:")
    print(measure(given_there, named_there, best[0].template, best[0].threshold))
    own = thresholds(best[1], named, best[0].threshold)
    differing = np.abs(own - best[0].threshold) >= 0.005
    print(json.dumps({tags[i]: round(float(own[i]), 2) for i in np.flatnonzero(differing)}))
    print(json.dumps({**asdict(best[0]), "f1": round(best[0].f1, 3), "limit": limit}))


if __name__ == "__main__":
    main()
