"""Tags: which words of the vocabulary a photograph is given."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flux_assets.vision.tags import (
    TagBook,
    Tags,
    Vocabulary,
    load_vocabulary,
    prompts,
    tag_photographs,
    vocabulary_version,
)
from flux_resources.settings import SettingsError

BOOK = TagBook(
    names=("north", "east", "northeast"),
    vectors=np.array([[0, 1], [1, 0], [0.7071, 0.7071]], np.float32),
    thresholds=np.array([0.5, 0.5, 0.9]),
    limit=2,
)


def tagged(*vectors: list[float] | None) -> pl.DataFrame:
    ids = [str(number) for number in range(len(vectors))]
    stored = pl.DataFrame({"photo_id": ids, "vector": vectors}, strict=False).drop_nulls()
    return tag_photographs(pl.DataFrame({"photo_id": ids}), vectors=stored, book=BOOK)


def test_a_tag_is_given_from_its_own_threshold_on_furthest_above_first() -> None:
    rows = tagged([0.6, 0.8], [1.0, 0.0])
    assert rows["tags"].to_list() == [["north", "east"], ["east"]]
    assert rows["scores"].to_list() == [[0.8, 0.6], [1.0]]
    assert rows["source"].to_list() == ["auto", "auto"]


def test_no_more_tags_are_given_than_the_limit() -> None:
    (tags,) = tagged([0.7071, 0.7071])["tags"].to_list()
    assert len(tags) == 2


def test_a_photograph_that_looks_like_nothing_has_no_tags_and_no_error() -> None:
    rows = tagged([-1.0, 0.0])
    assert rows["tags"].to_list() == [[]]
    assert rows["error"].null_count() == 1


def test_without_a_vector_there_is_an_error_row() -> None:
    rows = tagged([0.0, 1.0], None)
    assert rows["tags"].to_list() == [["north"], None]
    assert rows["error"].to_list() == [None, "tags: no vector (see embeddings)"]


def test_no_photographs_give_no_rows_of_the_right_types() -> None:
    rows = tagged()
    assert rows.height == 0
    assert rows.schema["tags"] == Tags.columns()["tags"].dtype


def test_each_model_is_asked_in_its_own_words() -> None:
    vocabulary = Vocabulary.model_validate(
        {"models": {"mini": {"template": "look, {}!"}}, "tags": {"fog": "fog or mist"}}
    )
    assert prompts(vocabulary, "mini") == ["look, fog or mist!"]
    assert prompts(vocabulary, "another") == ["a photo of fog or mist"]


def test_changing_words_or_thresholds_makes_tags_stale() -> None:
    def version(tags: dict[str, str], threshold: float) -> str:
        content = {"models": {"mini": {"threshold": threshold}}, "tags": tags}
        return vocabulary_version(Vocabulary.model_validate(content), "mini")

    versions = {version({"a": "b"}, 0.2), version({"a": "c"}, 0.2), version({"a": "b"}, 0.3)}
    assert len(versions) == 3
    assert version({"a": "b"}, 0.2) in versions


def test_the_bundled_vocabulary_is_valid_and_its_thresholds_name_tags() -> None:
    vocabulary = load_vocabulary(None)
    assert len(vocabulary.tags) > 50
    assert set(vocabulary.models["mini"].thresholds) <= set(vocabulary.tags)


@pytest.mark.parametrize("text", ["tags: {}", "tags: [a]", "words: {a: b}", "{"])
def test_a_broken_vocabulary_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"vision\.vocabulary: .*mine\.yaml"):
        load_vocabulary(file)
