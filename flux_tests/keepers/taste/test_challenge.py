"""A new model is used only if it beats the one in use, on photographs new to both."""

import json

import polars as pl
import pytest

from flux_assets.keepers.taste.challenge import EVALUATION, EXAMPLES, keep_version, stored_examples
from flux_assets.keepers.taste.model import KeeperModel
from flux_assets.keepers.taste.versions import ModelStore, Version, open_models
from flux_resources.data_root import DataRoot
from flux_tests.keepers.taste.stand_in import Direction, Labelled, direction, labelled, use_stand_in

DATA = labelled()


@pytest.fixture
def store(archive: DataRoot, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    use_stand_in(monkeypatch)
    return open_models(archive)


def keep(
    store: ModelStore, model: KeeperModel, data: Labelled = DATA, *, table: str = "mini"
) -> Version:
    return keep_version(
        data.trained(model), data.known, data.vectors, data.training, store=store, table=table
    )


def in_use(store: ModelStore) -> str | None:
    current = store.current()
    return current.name if current else None


def test_the_first_model_is_promoted(store: ModelStore) -> None:
    version = keep(store, direction(noise=2))
    assert version.promoted
    assert version.reason == "the first keeper model"
    assert in_use(store) == "v001"


def test_a_better_model_is_promoted_and_says_by_how_much(store: ModelStore) -> None:
    keep(store, direction(noise=0.4))
    version = keep(store, direction())
    assert version.promoted
    assert in_use(store) == "v002"
    assert version.reason.startswith(f"average precision {version.average_precision:.3f} against")


def test_a_worse_model_is_kept_but_not_promoted(store: ModelStore) -> None:
    keep(store, direction())
    version = keep(store, direction(noise=0.4))
    assert not version.promoted
    assert in_use(store) == "v001"
    assert [v.name for v in store.versions()] == ["v001", "v002"]


def test_a_model_that_is_no_better_is_not_promoted(store: ModelStore) -> None:
    keep(store, direction())
    equal = Direction(direction().direction * 0.5)  # type: ignore[attr-defined]
    version = keep(store, equal)  # type: ignore[arg-type]
    assert version.name == "v002"
    assert not version.promoted


def test_the_model_in_use_is_measured_again_on_todays_photographs(store: ModelStore) -> None:
    first = keep(store, direction(noise=0.4))
    today = labelled(sessions=80, seed=5)
    keep(store, direction(), today)
    results = json.loads((store.files(store.versions()[-1]) / EVALUATION).read_text())
    rival = results["rival"]
    assert rival["name"] == "v001"
    assert rival["average_precision"] != first.average_precision
    assert rival["rows"] == results["evaluations"][0]["rows"]


def test_photographs_that_either_model_was_trained_on_do_not_judge(store: ModelStore) -> None:
    keep(store, direction(noise=0.4))
    test = pl.col("split") == "test"
    moved = DATA.training.with_columns(
        split=pl.when(test | (pl.col("day") < "2022-12-20"))
        .then(pl.lit("test"))
        .otherwise("split")
        .cast(DATA.training["split"].dtype)
    )
    assert moved.filter(test).height > DATA.training.filter(test).height

    version = keep(store, direction(), Labelled(DATA.known, DATA.vectors, moved))
    assert f"on {DATA.training.filter(test).height} photographs" in version.reason


def test_a_model_is_not_promoted_where_no_fair_test_is_possible(store: ModelStore) -> None:
    keep(store, direction(noise=0.4))
    swapped = DATA.training.with_columns(
        split=pl.col("split")
        .cast(pl.String)
        .replace({"train": "test", "test": "train"})
        .cast(DATA.training["split"].dtype)
    )
    version = keep(store, direction(), Labelled(DATA.known, DATA.vectors, swapped))
    assert not version.promoted
    assert "no fair test" in version.reason


def test_a_model_of_other_vectors_replaces_one_that_can_no_longer_score(store: ModelStore) -> None:
    keep(store, direction())
    version = keep(store, direction(noise=2), table="clip-vit-b-32")
    assert version.promoted
    assert version.reason == "v001 reads vectors of mini, this one clip-vit-b-32"


def test_while_an_old_version_is_pinned_the_newest_promoted_must_be_beaten(
    store: ModelStore,
) -> None:
    keep(store, direction(noise=2))
    keep(store, direction())
    store.pin("v001")
    version = keep(store, direction(noise=0.4))
    assert not version.promoted
    assert "v002" in version.reason


def test_the_same_model_again_is_the_version_it_was(store: ModelStore) -> None:
    first = keep(store, direction())
    assert keep(store, direction()) == first


def test_what_a_version_was_made_from_is_kept(store: ModelStore) -> None:
    version = keep(store, direction())
    assert (store.files(version) / EXAMPLES).exists()
    examples = stored_examples(store, version)
    assert examples.equals(DATA.training.select(examples.columns))
    assert version.keepers == DATA.training["keeper"].sum()
