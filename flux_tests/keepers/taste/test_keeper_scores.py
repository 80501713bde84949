"""Scores by day: what they say, and when they are made again."""

import polars as pl
import pytest

from flux_assets.keepers.taste.challenge import keep_version
from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES, KeeperScores
from flux_assets.keepers.taste.model import KeeperModel
from flux_assets.keepers.taste.versions import Version, open_models
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_resources.data_root import DataRoot
from flux_resources.vectors import active_vectors
from flux_tests.keepers.taste.stand_in import (
    direction,
    labelled,
    score_all,
    use_stand_in,
    write_session,
    write_sessions,
)
from flux_tests.publishing.product_rows import write_rows

DATA = labelled(sessions=8, frames=20)
DAY = DATA.known["day"][0]


@pytest.fixture
def built(archive: DataRoot, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    use_stand_in(monkeypatch)
    write_sessions(archive, DATA)
    return archive


def train(archive: DataRoot, model: KeeperModel, *, table: str = "mini") -> Version:
    return keep_version(
        DATA.trained(model),
        DATA.known,
        DATA.vectors,
        DATA.training,
        store=open_models(archive),
        table=table,
    )


def scores(archive: DataRoot) -> pl.DataFrame:
    """All rows, with the labels of the training set."""
    rows = archive.tables.scan(KEEPER_SCORES.name, KeeperScores).collect()
    return rows.join(DATA.training.select("photo_id", "keeper"), on="photo_id")


def computed(archive: DataRoot) -> int:
    return sum(report.computed for report in score_all(archive))


def of_first_day() -> pl.DataFrame:
    rows = DATA.known.join(DATA.training.select("photo_id", "keeper"), on="photo_id")
    return rows.filter(pl.col("day") == DAY).with_columns(
        sha256=pl.format("{}{}", pl.lit("0" * 59), pl.col("photo_id").str.tail(5))
    )


def test_without_a_model_every_score_is_null_and_nothing_failed(built: DataRoot) -> None:
    reports = score_all(built)
    rows = scores(built)
    assert rows.height == DATA.known.height
    assert rows["keeper_score"].null_count() == rows["model_score"].null_count() == rows.height
    assert rows["model_version"].null_count() == rows.height
    assert sum(report.failed for report in reports) == 0


def test_a_keeper_scores_1_and_the_models_own_opinion_stands_beside(built: DataRoot) -> None:
    train(built, direction())
    score_all(built)
    rows = scores(built)
    kept, rest = rows.filter(pl.col("keeper") == 1), rows.filter(pl.col("keeper") == 0)
    assert set(kept["keeper_score"]) == {1.0}
    assert (kept["model_score"] < 1).all()
    assert rest["keeper_score"].equals(rest["model_score"])
    assert rows["model_score"].is_between(0, 1).all()
    assert kept["model_score"].mean() > rest["model_score"].mean()  # type: ignore[operator]


def test_every_score_names_its_version(built: DataRoot) -> None:
    train(built, direction(noise=0.4))
    score_all(built)
    assert set(scores(built)["model_version"]) == {"v001"}


def test_nothing_is_scored_again_without_reason(built: DataRoot) -> None:
    train(built, direction())
    assert computed(built) == DATA.known.height
    assert computed(built) == 0


def test_another_version_scores_everything_again(built: DataRoot) -> None:
    train(built, direction(noise=0.4))
    score_all(built)
    train(built, direction())
    assert computed(built) == DATA.known.height
    assert set(scores(built)["model_version"]) == {"v002"}

    open_models(built).rollback()
    score_all(built)
    assert set(scores(built)["model_version"]) == {"v001"}


def test_a_version_that_is_not_promoted_scores_nothing_again(built: DataRoot) -> None:
    train(built, direction())
    score_all(built)
    train(built, direction(noise=0.4))
    assert computed(built) == 0


def test_a_changed_label_scores_its_session_again(built: DataRoot) -> None:
    train(built, direction())
    score_all(built)
    rows = of_first_day()
    name = rows.filter(pl.col("keeper") == 0)["photo_id"][0]
    changed = rows.with_columns(
        keeper=pl.when(pl.col("photo_id") == name).then(1).otherwise("keeper").cast(pl.Int8)
    )
    write_session(built, DAY, changed)
    assert computed(built) == rows.height
    assert scores(built).filter(pl.col("photo_id") == name)["keeper_score"].item() == 1


def test_a_changed_feature_scores_its_session_again(built: DataRoot) -> None:
    train(built, direction())
    score_all(built)
    ids: list[object] = of_first_day()["photo_id"].to_list()
    write_rows(
        built, EMBEDDINGS, DAY, photo_id=ids, fingerprint=["other", *["done"] * (len(ids) - 1)]
    )
    assert computed(built) == len(ids)


def test_a_photograph_without_a_vector_says_so_and_a_keeper_stays_a_keeper(
    built: DataRoot,
) -> None:
    train(built, direction())
    rows = of_first_day().with_columns(keeper=pl.lit(1, pl.Int8))
    write_session(built, DAY, rows)
    active_vectors(built).replace_days([DAY], pl.DataFrame())
    score_all(built)
    row = scores(built).filter(pl.col("photo_id") == rows["photo_id"][0]).row(0, named=True)
    assert row["error"] == "keeper_scores: no vector (see embeddings)"
    assert row["keeper_score"] == 1
    assert row["model_score"] is None


def test_a_model_of_other_vectors_scores_nothing(built: DataRoot) -> None:
    train(built, direction(), table="clip-vit-b-32")
    score_all(built)
    assert scores(built)["keeper_score"].null_count() == DATA.known.height
