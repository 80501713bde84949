"""How often "nothing found" is said where something is there, and where nothing is.

    python -m benchmarks.nothing_found [--images DIR --captions DIR] [--model mini]

Three kinds of texts are asked of each archive: of things it shows; of the same things with all
photographs of them taken out; of foreign things, an elephant and the like. Archives: frames of the
demo with the real photographs of `$FLUX_SHARED/photos` (default `../shared`), and, where given,
the test and dev splits of Flickr8k (see training/README.md), which show a thing when two captions
of a photograph name it. What captions leave unsaid stays in, so the middle figure is too high.

`AUC` is the chance that a thing that is there scores above one that is not; 0.5 is guessing.
"""

import argparse
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from flux_assets.demo.archive import build_demo
from flux_assets.search.answers.background import background_queries, measure_background
from flux_assets.search.answers.calibration import judge
from flux_assets.vision.tags import load_vocabulary
from flux_resources.clip.embedder import Embedder, load_embedder
from flux_resources.settings_sections import VisionSettings
from flux_resources.vectors import Vectors
from training.sources import Captioned, read_flickr8k
from training.tag_words import naming

_CUT_OFFS = (0.3, 0.5, 0.6, 0.75, 0.9)
_HITS = 50  # that are looked at, as a search does
_OWN = {
    "astronaut": ("an astronaut", "an astronaut in a space suit"),
    "cat": ("a cat", "a cat asleep", "cat"),
    "coffee": ("a cup of coffee", "coffee"),
    "rocket": ("a rocket", "a rocket on its launch pad"),
    "photographer": ("a man with a camera", "a photographer", "a tripod"),
    "coins": ("coins", "old coins"),
    "brick": ("a brick wall", "bricks"),
    "grass": ("grass", "a green lawn"),
    "gravel": ("gravel", "small stones"),
    "stars": ("stars", "galaxies", "the night sky full of stars"),
    "moon": ("the moon", "the surface of the moon"),
    "motorcycle": ("a motorcycle", "a red motorcycle in a garage"),
    "pagoda": ("a pagoda", "a Chinese temple"),
    "flower": ("a flower", "an orange flower"),
    "officer": ("a woman in uniform", "a portrait of a woman"),
    "stairs": ("stairs", "people climbing stairs"),
    "arches": ("stone arches", "a ruin"),
    "towers": ("skyscrapers", "skyscrapers at night", "a city skyline"),
}
_FOREIGN = """elephant, giraffe, zebra, lion, tiger, penguin, kangaroo, crocodile, snake, whale,
shark, dolphin, octopus, jellyfish, spider, butterfly, submarine, helicopter, spaceship, tractor,
volcano, iceberg, lighthouse, windmill, castle, pyramid, cathedral, telescope, microscope, piano,
violin, trumpet, typewriter, refrigerator, washing machine, toilet, chandelier, screwdriver, pair
of scissors, toothbrush, pineapple, pizza, plate of sushi, hamburger, bunch of broccoli,
mushroom, x-ray picture, chess board, wedding cake, skeleton, dinosaur, aquarium, nuclear power
plant, wind turbine, cruise ship, excavator, sewing machine, map of the world, satellite, combine
harvester, bathtub, vacuum cleaner"""


Flags = np.ndarray[Any, np.dtype[np.bool_]]


class Question(NamedTuple):
    """A text, and which photographs of the archive must be taken out before it is asked."""

    text: str
    kind: str  # there, taken out, foreign
    without: Flags


def main() -> None:
    """Print one table per archive."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--images", type=Path, help="folder of the Flickr8k pictures")
    parser.add_argument("--captions", type=Path, help="folder of the Flickr8k captions and splits")
    parser.add_argument("--model", default="mini")
    options = parser.parse_args()
    embedder = load_embedder(VisionSettings(model=options.model))
    show("demo and real photographs", *_demo(embedder), embedder)
    if options.images and options.captions:
        flickr = read_flickr8k(options.images, options.captions)
        for split in (flickr.test, flickr.dev):
            show("Flickr8k", *_flickr(embedder, split), embedder)


def show(title: str, vectors: Vectors, questions: Sequence[Question], embedder: Embedder) -> None:
    """Ask all, and print how often something was found, by cut-off and kind."""
    unrelated = embedder.encode_texts(background_queries())
    queries = embedder.encode_texts([question.text for question in questions])
    kinds = np.array([question.kind for question in questions])
    cosines, strengths = np.zeros((2, len(questions)))
    for number, (question, query) in enumerate(zip(questions, queries, strict=True)):
        archive = vectors[~question.without]
        hits = archive[np.argsort(-(archive @ query))[:_HITS]]
        background = measure_background([archive], unrelated, sample=20_000)
        cosines[number] = (hits[:5] @ query).mean()
        verdict = judge(query, hits, background, among=len(archive), cut_off=0)
        strengths[number] = verdict.strength or 0
    print(f"\n{title}: {len(vectors)} photographs, model {embedder.clip.name}")
    header = "".join(f"{f'>= {level:g}':>9}" for level in _CUT_OFFS)
    print(f"{'found at a strength of':<32}{header}")
    for kind in ("there", "taken out", "foreign"):
        mine = strengths[kinds == kind]
        shares = "".join(f"{(mine >= level).mean():>9.0%}" for level in _CUT_OFFS)
        print(f"{kind:<16}{len(mine):>6} questions{shares}")
    for kind in ("taken out", "foreign"):
        areas = [_area(scores, kinds, kind) for scores in (cosines, strengths)]
        print(f"AUC, there or {kind}: cosine alone {areas[0]:.2f}, strength {areas[1]:.2f}")


def _area(scores: "np.ndarray[Any, Any]", kinds: "np.ndarray[Any, Any]", absent: str) -> float:
    there, not_there = scores[kinds == "there"], scores[kinds == absent]
    above = there[:, None] > not_there
    return float((above + 0.5 * (there[:, None] == not_there)).mean())


def _demo(embedder: Embedder) -> tuple[Vectors, list[Question]]:
    """The demo's frames and every picture of the shared folder that can be read."""
    with tempfile.TemporaryDirectory() as folder:
        demo = build_demo(Path(folder))
        frames = [frame for frame in demo.truth.frames if frame.subject and not frame.duplicate_of]
        files = [Path(folder) / frame.path for frame in frames]
        encoded = embedder.encode_images([*files, *_real()])
    readable = np.array([error is None for error in encoded.errors])
    subjects = np.array([frame.subject or "" for frame in frames])
    subjects = np.append(subjects, [""] * (len(readable) - len(files)))[readable]
    questions = [
        question
        for subject, texts in _OWN.items()
        for text in texts
        for question in (
            Question(text, "there", np.zeros(len(subjects), bool)),
            Question(text, "taken out", subjects == subject),
        )
    ]
    return encoded.vectors[readable], [*questions, *_foreign(np.zeros(len(subjects), bool))]


def _real() -> Iterator[Path]:
    folder = Path(os.environ.get("FLUX_SHARED", "../shared")) / "photos"
    for pattern in ("day-night", "imagededup/base_images", "odm-seneca-seq", "pdq"):
        yield from sorted((folder / pattern).rglob("*.jpg"))


def _flickr(embedder: Embedder, split: list[Captioned]) -> tuple[Vectors, list[Question]]:
    vectors = embedder.encode_images([item.path for item in split]).vectors
    questions = _foreign(np.zeros(len(split), bool))
    for tag, text in load_vocabulary(None).tags.items():
        word = naming(tag)
        named = np.array([sum(bool(word.search(c)) for c in item.captions) for item in split])
        if (named >= 2).sum() >= 2:
            questions.append(Question(text, "there", np.zeros(len(split), bool)))
            questions.append(Question(text, "taken out", named > 0))
    return vectors, questions


def _foreign(without: Flags) -> list[Question]:
    things = [thing.strip() for thing in _FOREIGN.replace("\n", " ").split(",")]
    articles = ["an" if thing[0] in "aeiox" else "a" for thing in things]
    texts = [f"{article} {thing}" for article, thing in zip(articles, things, strict=True)]
    return [Question(text, "foreign", without) for text in texts]


if __name__ == "__main__":
    main()
