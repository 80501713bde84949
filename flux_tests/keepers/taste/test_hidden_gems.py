"""What the model likes best, and why: lists, explanations, and their commands."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from flux_assets.commands import gems
from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.keepers.taste.challenge import keep_version
from flux_assets.keepers.taste.explain import NoSuchPhotograph, explain
from flux_assets.keepers.taste.hidden_gems import NotScored, top
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.keepers.taste.versions import open_models
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.duplicates import DUPLICATES, Duplicates
from flux_resources.data_root import DataRoot
from flux_tests.conftest import empty_archive
from flux_tests.keepers.taste.stand_in import (
    direction,
    labelled,
    score_all,
    use_stand_in,
    write_sessions,
)

DATA = labelled(sessions=4, frames=30)
KEPT = set(DATA.training.filter(pl.col("keeper") == 1)["photo_id"])
RANKED = (
    DATA.known.select("photo_id", "day")
    .with_columns(score=pl.Series(direction().score(DATA.known, DATA.vectors)))
    .sort("score", descending=True)
)
NOT_KEPT = [name for name in RANKED["photo_id"] if name not in KEPT]


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataRoot]:
    """A scored archive, which tests only read."""
    with pytest.MonkeyPatch.context() as patch:
        use_stand_in(patch)
        yield built(empty_archive(tmp_path_factory.mktemp("gems")))


def built(archive: DataRoot) -> DataRoot:
    write_sessions(archive, DATA)
    trained, store = DATA.trained(direction()), open_models(archive)
    keep_version(trained, DATA.known, DATA.vectors, DATA.training, store=store, table="mini")
    score_all(archive)
    return archive


def rewrite(archive: DataRoot, product: Any, photo_ids: list[str], **values: Any) -> None:
    """Change columns of some stored rows of a product."""
    for day in archive.tables.days(product.name):
        rows = archive.tables.read_day(product.name, day, product.schema)
        chosen = pl.col("photo_id").is_in(photo_ids)
        changes = [
            pl.when(chosen).then(pl.lit(value)).otherwise(name).cast(rows[name].dtype).alias(name)
            for name, value in values.items()
        ]
        archive.tables.write_day(product.name, day, rows.with_columns(changes), product.schema)


@pytest.fixture
def changeable(archive: DataRoot, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    use_stand_in(monkeypatch)
    return built(archive)


def test_the_best_by_the_models_own_opinion_come_first(scored: DataRoot) -> None:
    found = top(scored, limit=10)
    assert found["photo_id"].to_list() == RANKED["photo_id"].head(10).to_list()
    assert found["score"].is_sorted(descending=True)
    assert set(found.filter(pl.col("keeper") == 1)["keeper_score"]) == {1.0}
    assert found["path"].str.starts_with(str(scored.paths.root)).all()


def test_hidden_gems_are_what_was_not_kept(scored: DataRoot) -> None:
    found = top(scored, not_keepers=True, limit=10)
    assert found["photo_id"].to_list() == NOT_KEPT[:10]


def test_of_one_day_only_its_photographs_are_listed(scored: DataRoot) -> None:
    day = RANKED["day"][0]
    found = top(scored, day=day, limit=1000)
    assert found["photo_id"].to_list() == RANKED.filter(pl.col("day") == day)["photo_id"].to_list()


def test_a_day_without_scores_says_where_to_look(scored: DataRoot) -> None:
    with pytest.raises(NotScored, match="of 2031-01-01 is scored yet; see: flux keepers model"):
        top(scored, day="2031-01-01")


def test_a_burst_of_which_one_was_kept_hides_no_gem(changeable: DataRoot) -> None:
    day = DATA.known["day"][0]
    own = DATA.known.filter(pl.col("day") == day)["photo_id"].to_list()
    kept = next(name for name in own if name in KEPT)
    frames = [name for name in NOT_KEPT if name in own][:2]
    rewrite(changeable, BURSTS, [kept, *frames], burst_id="burst_1")
    found = top(changeable, not_keepers=True, limit=1000)
    assert found["photo_id"].to_list() == [name for name in NOT_KEPT if name not in frames]


def test_of_a_burst_without_keepers_the_best_frame_is_the_gem(changeable: DataRoot) -> None:
    rewrite(changeable, BURSTS, NOT_KEPT[:3], burst_id="burst_1")
    found = top(changeable, not_keepers=True, limit=2)
    assert found["photo_id"].to_list() == [NOT_KEPT[0], NOT_KEPT[3]]


def test_raw_and_near_duplicates_of_a_keeper_are_no_gems(changeable: DataRoot) -> None:
    kept = sorted(KEPT)[0]
    rewrite(changeable, PHOTO_INDEX, [kept, NOT_KEPT[0]], pair_id="press")
    pair = {"group_id": "near_1", "relation": "near", "medoid": True, "distance": 1, "keep": True}
    types = {name: column.dtype for name, column in Duplicates.columns().items()}
    rows = [
        pair | {"photo_id": name, "path": name, "sha256": "0" * 64}
        for name in (sorted(KEPT)[1], NOT_KEPT[1])
    ]
    rows[0] |= {"keep_reason": "a keeper"}
    changeable.tables.write(DUPLICATES, pl.DataFrame(rows, schema=types), Duplicates)
    assert top(changeable, not_keepers=True, limit=1)["photo_id"].to_list() == [NOT_KEPT[2]]


def test_what_a_person_refused_is_no_gem(changeable: DataRoot) -> None:
    rewrite(changeable, KEEPER_LABELS, NOT_KEPT[:1], source="person")
    assert top(changeable, not_keepers=True, limit=1)["photo_id"].to_list() == [NOT_KEPT[1]]


def test_an_explanation_shows_score_version_and_the_nearest_keepers(scored: DataRoot) -> None:
    gem = NOT_KEPT[0]
    why = explain(scored, gem, limit=3)
    assert (why.keeper, why.model_version, why.remark) == (0, "v001", None)
    assert why.keeper_score == why.model_score == pytest.approx(top(scored, not_keepers=True)[0, 1])
    vectors = dict(zip(DATA.known["photo_id"], DATA.vectors, strict=True))
    cosines = {name: float(vectors[name] @ vectors[gem]) for name in KEPT}
    assert why.nearest["photo_id"].to_list() == sorted(cosines, key=lambda n: -cosines[n])[:3]
    assert why.nearest["score"].to_list() == pytest.approx(
        sorted(cosines.values())[:-4:-1], abs=1e-5
    )


def test_a_keeper_is_not_its_own_neighbour(scored: DataRoot) -> None:
    kept = sorted(KEPT)[0]
    why = explain(scored, kept, limit=1000)
    assert set(why.nearest["photo_id"]) == KEPT - {kept}
    assert why.keeper_score == 1
    assert why.model_score is not None
    assert why.model_score < 1


def test_contributions_say_what_counted_for_this_photograph(scored: DataRoot) -> None:
    best, worst = RANKED["photo_id"][0], RANKED["photo_id"][-1]
    assert explain(scored, best).groups["linear"] > 0 > explain(scored, worst).groups["linear"]


def test_a_score_of_an_older_version_says_so_and_is_explained_by_it(changeable: DataRoot) -> None:
    trained, store = DATA.trained(direction(noise=0.4)), open_models(changeable)
    keep_version(trained, DATA.known, DATA.vectors, DATA.training, store=store, table="mini")
    store.pin("v002")
    why = explain(changeable, NOT_KEPT[0])
    assert why.model_version == "v001"
    assert why.remark == "v002 is in use now; run: flux materialize --select keeper_scores"
    assert why.groups["linear"] == pytest.approx(explain_all(NOT_KEPT[0]), abs=1e-5)


def explain_all(photo_id: str) -> float:
    position = DATA.known["photo_id"].to_list().index(photo_id)
    parts = direction().contributions(DATA.known, DATA.vectors)
    return float(parts["linear"][position])


def test_without_a_model_the_explanation_says_why(archive: DataRoot) -> None:
    write_sessions(archive, DATA)
    score_all(archive)
    why = explain(archive, NOT_KEPT[0])
    assert why.remark == "no keeper model yet: flux keepers model says why"
    assert why.groups == {}
    assert set(why.nearest["photo_id"]) == KEPT


def test_an_unknown_photograph_is_named(scored: DataRoot) -> None:
    with pytest.raises(NoSuchPhotograph, match="nothing_like_it"):
        explain(scored, "nothing_like_it")


@pytest.fixture
def flux(scored: DataRoot, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on the scored archive and returns what it printed."""
    monkeypatch.setenv("FLUX_ROOT", str(scored.paths.root))
    app = typer.Typer()
    for command in (gems.top, gems.explain, gems.model):
        app.command()(command)

    def run(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_top_prints_json_and_writes_a_sheet(flux: Any, tmp_path: Path) -> None:
    file = tmp_path / "gems.jpg"
    output = flux("top", "--not-keepers", "--limit", "3", "--json", "--sheet", str(file))
    listed = json.loads(output[: output.rindex("]") + 1])
    assert [row["photo_id"] for row in listed] == NOT_KEPT[:3]
    assert listed[0]["model_version"] == "v001"
    assert datetime.fromisoformat(listed[0]["captured_at"])
    with Image.open(file) as sheet:
        assert sheet.format == "JPEG"


def test_explain_speaks_in_words(flux: Any) -> None:
    output = flux("explain", NOT_KEPT[0])
    assert f"{NOT_KEPT[0]}: not kept" in output
    assert "(v001)" in output
    assert "speaks for it (log-odds): how it looks +" in output
    assert "the nearest keepers:" in output


def test_explain_takes_the_file_of_a_photograph(flux: Any, scored: DataRoot) -> None:
    index = scored.tables.scan(PHOTO_INDEX.name, PHOTO_INDEX.schema)
    path = index.filter(pl.col("photo_id") == NOT_KEPT[0]).select("path").collect().item()
    assert f"{NOT_KEPT[0]}: not kept" in flux("explain", str(scored.paths.absolute(path)))
    assert "called nothing; near it: " in flux("explain", "nothing", code=1)


def test_explain_prints_json(flux: Any) -> None:
    why = json.loads(flux("explain", NOT_KEPT[0], "--json", "--limit", "2"))
    assert why["model_version"] == "v001"
    assert len(why["nearest"]) == 2
    assert why["nearest"][0]["photo_id"] in KEPT


def test_versions_are_listed_pinned_and_unpinned(flux: Any) -> None:
    assert "v001  in use: the first keeper model" in flux("model")
    assert "v001  in use, pinned" in flux("model", "--pin", "v001")
    assert json.loads(flux("model", "--json"))["versions"][0]["state"] == "in use, pinned"
    assert "v001  in use: " in flux("model", "--unpin")


def test_a_mistaken_choice_of_version_is_refused_with_the_reason(flux: Any) -> None:
    assert "no version v009" in flux("model", "--pin", "v009", code=1)
    assert "no earlier version" in flux("model", "--rollback", code=1)
    assert "give one of" in flux("model", "--unpin", "--rollback", code=1)
