"""Which features the model needs, which settings suit it, and the commands that tell."""

import sys

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from flux_assets.commands.taste import ablation, tune
from flux_assets.keepers.taste.ablation import ablate
from flux_assets.keepers.taste.examples import Examples, examples_of
from flux_assets.keepers.taste.tuning import TuningUnavailable
from flux_assets.keepers.taste.tuning import tune as search
from flux_resources.data_root import DataRoot
from flux_resources.settings_sections import KeeperModelSettings
from flux_tests.keepers.taste.planted import Rule, plant

SETTINGS = KeeperModelSettings(groups=("linear", "light", "burst"), trees=10)


@pytest.fixture(scope="module")
def examples() -> Examples:
    planted = plant(4000, 12, Rule(session_frames=40, positives=0.08, bonus=3.0))
    return examples_of(planted.known, planted.vectors, planted.training, split="split")


def test_the_planted_groups_add_and_the_random_one_does_not(examples: Examples) -> None:
    found = ablate(examples, SETTINGS)
    assert found["group"].to_list()[:2] == ["all", "linear"]
    rows = {row["group"]: row for row in found.iter_rows(named=True)}
    assert rows["linear"]["adds"] > rows["burst"]["adds"] > 0.05
    assert abs(rows["light"]["adds"]) < 0.03
    assert rows["light"]["alone"] < rows["linear"]["alone"]
    for row in found[1:].iter_rows(named=True):
        assert row["without"] + row["adds"] == pytest.approx(rows["all"]["alone"])


def test_without_its_only_group_a_model_reaches_the_base_rate(examples: Examples) -> None:
    found = ablate(examples, SETTINGS.model_copy(update={"groups": ("linear",)}))
    rate = examples.labels[examples.test].mean()
    assert found.filter(pl.col("group") == "linear")["without"].item() == pytest.approx(rate)


def test_tuning_starts_from_the_settings_and_ends_no_worse(examples: Examples) -> None:
    pytest.importorskip("optuna")
    told: list[tuple[int, float]] = []
    tuned = search(examples, SETTINGS, trials=3, each=lambda *trial: told.append(trial))
    assert [trial for trial, _ in told] == [1, 2, 3]
    assert tuned.before == told[0][1]
    assert tuned.after == max(precision for _, precision in told) >= tuned.before
    assert tuned.settings.groups == SETTINGS.groups


def test_tuning_without_optuna_says_how_to_get_it(
    examples: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(TuningUnavailable, match=r"flux-archive\[tuning\]"):
        search(examples, SETTINGS, trials=2)


@pytest.mark.parametrize("command", [ablation, tune])
def test_the_commands_say_what_an_archive_lacks(archive: DataRoot, command: object) -> None:
    app = typer.Typer()
    app.command()(command)  # type: ignore[type-var]
    result = CliRunner(env={"FLUX_ROOT": str(archive.paths.root)}).invoke(app, [])
    assert result.exit_code == 1
    assert "0 keepers are labelled" in result.output
