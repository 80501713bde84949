"""`flux keep`: a person's word on keepers is written down, and reaches the labels."""

from datetime import UTC, datetime

import polars as pl
import pytest
import typer
from typer.testing import CliRunner, Result

from flux_assets.commands.label import keep
from flux_assets.corpus.photo_index import PHOTO_INDEX, PhotoIndex
from flux_assets.keepers.keeper_decisions import label_photographs, labels_said
from flux_assets.keepers.taste.keeper_labels import KeeperLabels, keeper_files, label_session
from flux_assets.keepers.taste.label_inputs import of_keeper_labels, of_training_set
from flux_assets.vision.bursts import as_one_day
from flux_resources.data_root import DataRoot
from flux_resources.decisions import Decision
from flux_tests.keepers.taste.labelled_rows import SETTINGS, training_set
from flux_tests.vision.archive_rows import sha256_of

DAYS = {"a": "2022-01-15", "b": "2022-01-15", "c": "2022-01-17"}
NO_FILES = keeper_files(pl.DataFrame(schema={"keeper_path": pl.String, "photo_id": pl.String}))


@pytest.fixture
def indexed(archive: DataRoot) -> DataRoot:
    """Three photographs of two days, in the index alone."""
    for day in set(DAYS.values()):
        rows = [
            {
                "photo_id": photo_id,
                "fingerprint": photo_id,
                **dict.fromkeys(("filename", "original_filename", "path"), f"{photo_id}.JPG"),
                "sha256": sha256_of(photo_id),
                "bytes": 1,
                "format": "JPEG",
                "file_modified_at": datetime(2022, 1, 15, tzinfo=UTC),
            }
            for photo_id in DAYS
            if DAYS[photo_id] == day
        ]
        types = {name: column.dtype for name, column in PhotoIndex.columns().items()}
        archive.tables.write_day(PHOTO_INDEX.name, day, pl.DataFrame(rows, types), PhotoIndex)
    return archive


def flux_keep(archive: DataRoot, *arguments: str) -> Result:
    app = typer.Typer()
    app.command()(keep)
    return CliRunner(env={"FLUX_ROOT": str(archive.paths.root)}).invoke(app, list(arguments))


def said(archive: DataRoot) -> dict[str, int]:
    """What stands, by photo_id."""
    standing = labels_said(archive.decisions.standing("keeper"))
    by_content = {sha256_of(photo_id): photo_id for photo_id in DAYS}
    return {by_content[sha256]: keeper for sha256, keeper in standing.iter_rows()}


def test_a_person_keeps_rules_out_and_takes_back(indexed: DataRoot) -> None:
    assert flux_keep(indexed, "a", "b").exit_code == 0
    assert said(indexed) == {"a": 1, "b": 1}
    assert flux_keep(indexed, "--not", "b", "c").exit_code == 0
    assert said(indexed) == {"a": 1, "b": 0, "c": 0}
    assert flux_keep(indexed, "a", "--forget").exit_code == 0
    assert said(indexed) == {"b": 0, "c": 0}


def test_the_command_says_which_days_to_bring_up_to_date(indexed: DataRoot) -> None:
    said_so = flux_keep(indexed, "c", "a").output
    assert "noted for 2 photographs" in said_so
    assert "--select keeper_labels,training_set --days 2022-01-15..2022-01-17" in said_so


def test_a_photograph_is_kept_by_the_name_of_its_file(indexed: DataRoot) -> None:
    assert flux_keep(indexed, "a.JPG").exit_code == 0
    assert said(indexed) == {"a": 1}


def test_unknown_names_and_two_words_at_once_are_refused(indexed: DataRoot) -> None:
    unknown = flux_keep(indexed, "a", "nothing")
    assert unknown.exit_code == 1
    assert "no photograph of the archive is called nothing; near it: a, b, c" in unknown.stderr
    both = flux_keep(indexed, "a", "--not", "--forget")
    assert both.exit_code == 1
    assert "say one thing" in both.stderr
    assert said(indexed) == {}


def test_a_persons_word_makes_the_session_stale_and_the_others_not(indexed: DataRoot) -> None:
    def fingerprints() -> dict[str, set[str]]:
        standing = labels_said(indexed.decisions.standing("keeper"))
        read = {
            day: as_one_day(of_keeper_labels(indexed.tables, day, NO_FILES, standing))
            for day in DAYS.values()
        }
        return {day: set(rows["fingerprint"]) for day, rows in read.items()}

    before = fingerprints()
    flux_keep(indexed, "a")
    after = fingerprints()
    assert after["2022-01-15"].isdisjoint(before["2022-01-15"])
    assert after["2022-01-17"] == before["2022-01-17"]


def test_a_keeper_file_makes_the_session_stale(indexed: DataRoot) -> None:
    nothing_said, day = labels_said({}), "2022-01-15"
    files = keeper_files(pl.DataFrame({"keeper_path": ["K/a.jpg"], "photo_id": ["a"]}))
    before = of_keeper_labels(indexed.tables, day, NO_FILES, nothing_said)
    after = of_keeper_labels(indexed.tables, day, files, nothing_said)
    assert after["keeper_paths"].to_list() == [["K/a.jpg"], None]
    assert (before["fingerprint"] == after["fingerprint"]).to_list() == [False, True]
    assert set(as_one_day(after)["fingerprint"]).isdisjoint(as_one_day(before)["fingerprint"])


def test_labels_are_made_before_times_and_vectors_are_known(indexed: DataRoot) -> None:
    standing = labels_said({sha256_of("a"): _kept("a")})
    read = of_keeper_labels(indexed.tables, "2022-01-15", NO_FILES, standing)
    unseen = read.with_columns(vector=pl.lit(None, pl.List(pl.Float32)))
    rows = label_session(unseen, settings=SETTINGS).with_columns(fingerprint=pl.lit("f"))
    KeeperLabels.validate(rows, cast=True)
    assert rows["keeper"].to_list() == [1, 0]
    indexed.tables.write_day("keeper_labels", "2022-01-15", KeeperLabels.cast(rows), KeeperLabels)
    read_back = of_training_set(indexed.tables)
    assert read_back.select("photo_id", "keeper").rows() == [("a", 1), ("b", 0), ("c", None)]
    assert training_set(read_back).left_out == {
        "no label yet (see keeper_labels)": 1,
        "no vector (see embeddings)": 2,
    }
    seen = read_back.with_columns(embedding_id=pl.lit("e"))
    assert training_set(seen).rows["labelled_by"].to_list() == ["person", "none"]


def test_a_hand_written_truth_value_is_understood() -> None:
    decisions = {
        sha256: Decision("2022-01-15", "keeper", sha256, "x", value)
        for sha256, value in (("1", {"keeper": True}), ("2", {"keeper": False}))
    }
    assert labels_said(decisions).rows() == [("1", 1), ("2", 0)]


def _kept(photo_id: str) -> Decision:
    rows = pl.DataFrame({"photo_id": [photo_id], "sha256": [sha256_of(photo_id)]})
    (decision,) = label_photographs(rows, 1)
    return decision
