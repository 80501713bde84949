"""`tags`: words of a controlled vocabulary. Phase 5; source: the vector and the model's texts."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import dataframely as dy
import numpy as np
import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from flux_assets.photo_table import PhotoTable, Product
from flux_resources.clip.embedder import Embedder
from flux_resources.settings import SettingsError
from flux_resources.vectors import Vectors

TAGS_VERSION = "1"
BUNDLED_VOCABULARY = Path(__file__).with_name("vocabulary.yaml")


class Tags(PhotoTable):
    """Grain: photograph, for the active model."""

    tags = dy.List(dy.String(), nullable=True, description="Tags, the likeliest first.")
    scores = dy.List(dy.Float64(), nullable=True, description="Cosine of picture and each tag.")
    source = dy.Enum(["auto", "manual"], nullable=True, description="Who gave the tags.")


TAGS = Product("tags", Tags, value="tags")


Cosine = Annotated[float, Field(ge=-1, le=1)]


class Asking(BaseModel):
    """How a model is asked, and when it is believed; `thresholds` names tags that differ."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    template: Annotated[str, Field(pattern=r"\{\}")] = "a photo of {}"
    threshold: Cosine = 0.25
    thresholds: dict[str, Cosine] = {}
    limit: Annotated[int, Field(ge=1)] = 5


class Vocabulary(BaseModel):
    """A vocabulary file: `tags` maps each tag to what it looks like in words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: dict[str, Asking] = {}
    tags: Annotated[dict[str, str], Field(min_length=1)]

    @model_validator(mode="after")
    def _thresholds_name_tags(self) -> "Vocabulary":
        named = {tag for asking in self.models.values() for tag in asking.thresholds}
        if unknown := sorted(named - self.tags.keys()):
            raise ValueError(f"thresholds for tags that do not exist: {', '.join(unknown)}")
        return self


@dataclass(frozen=True)
class TagBook:
    """A vocabulary in one model's space.

    `vectors` is float32 `(tags, d)`, `thresholds` float64 `(tags,)`; at most `limit` are given.
    """

    names: tuple[str, ...]
    vectors: Vectors
    thresholds: "np.ndarray[Any, np.dtype[np.float64]]"
    limit: int


def load_vocabulary(file: Path | None) -> Vocabulary:
    """Read a vocabulary; None means the bundled one.

    Raises:
        SettingsError: names the file and what is wrong in it.
    """
    file = file or BUNDLED_VOCABULARY
    try:
        return Vocabulary.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"vision.vocabulary: {file} cannot be used: {error}") from error


def asking_of(vocabulary: Vocabulary, model: str) -> Asking:
    """How `model` is asked; a model without an entry is asked like CLIP."""
    return vocabulary.models.get(model, Asking())


def prompts(vocabulary: Vocabulary, model: str) -> list[str]:
    """One text per tag, in the vocabulary's order."""
    template = asking_of(vocabulary, model).template
    return [template.format(text) for text in vocabulary.tags.values()]


def vocabulary_version(vocabulary: Vocabulary, model: str) -> str:
    """Digest of all that decides tags beside the picture."""
    content = f"{TAGS_VERSION}|{asking_of(vocabulary, model)!r}|{vocabulary.tags!r}"
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def open_tag_book(vocabulary: Vocabulary, embedder: Embedder) -> TagBook:
    """The vocabulary in the space of the embedder's model."""
    model = embedder.clip.name
    vectors = _vectors_of(embedder, tuple(prompts(vocabulary, model)))
    asking, names = asking_of(vocabulary, model), tuple(vocabulary.tags)
    thresholds = np.array([asking.thresholds.get(name, asking.threshold) for name in names])
    return TagBook(names, vectors, thresholds, asking.limit)


@lru_cache(maxsize=4)
def _vectors_of(embedder: Embedder, texts: tuple[str, ...]) -> Vectors:
    """Once per process: a hundred texts cost a model as much as fifty pictures."""
    return embedder.encode_texts(texts)


def tag_photographs(inputs: pl.DataFrame, *, vectors: pl.DataFrame, book: TagBook) -> pl.DataFrame:
    """Tag rows for `photo_id`, given `photo_id, vector`; without a vector an error row."""
    known = inputs.select("photo_id").join(vectors, on="photo_id", how="left")
    rows = [
        _row(photo_id, None if vector is None else np.asarray(vector, np.float32), book)
        for photo_id, vector in known.select("photo_id", "vector").iter_rows()
    ]
    types = {name: Tags.columns()[name].dtype for name in ("photo_id", "tags", "scores", "source")}
    return pl.DataFrame(rows, schema=types | {"error": pl.String()})


def _row(photo_id: str, vector: Vectors | None, book: TagBook) -> dict[str, object]:
    if vector is None:
        return {"photo_id": photo_id, "error": "tags: no vector (see embeddings)"}
    scores = book.vectors @ vector
    margins = scores - book.thresholds
    order = np.argsort(-margins, kind="stable")[: book.limit]
    given = [int(position) for position in order if margins[position] >= 0]
    return {
        "photo_id": photo_id,
        "tags": [book.names[position] for position in given],
        "scores": [round(float(scores[position]), 4) for position in given],
        "source": "auto",
        "error": None,
    }
