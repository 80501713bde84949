"""What commands that only read say of an archive without a single photograph."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from flux_assets.cli import app
from flux_assets.execution import Graph
from flux_resources.data_root import DataRoot
from flux_tests.conftest import empty_archive
from flux_tests.graph.test_cli import flux

_READING = (
    "init --print",
    "status",
    "status --json",
    "status --html page.html",
    "search cat",
    "search cat --json --sheet sheet.jpg",
    "search keepers",
    "similar x",
    "bursts",
    "bursts --json --sheet sheet.jpg",
    "duplicates",
    "duplicates --json --sheet sheet.jpg",
    "explain x",
    "record x",
    "doctor",
    "doctor --json",
    "set --days 2022-01-01 --zone Asia/Tokyo --dry-run",
    "sync --dry-run",
    "keepers report",
    "keepers report --json",
    "keepers review",
    "keepers review --json --sheet sheet.jpg",
    "keepers top",
    "keepers top --not-keepers --json --sheet sheet.jpg",
    "keepers model",
    "keepers model --json",
    "keepers ablation",
    "keepers tune",
    "draft list",
    "draft list --json",
    "draft show x",
    "issues list",
    "issues list --json",
    "issues check FLUX_001",
    "backup list",
    "backup list --json",
    "backup verify",
)
_OTHERS = {
    *("ingest", "materialize", "keep", "demo", "dev", "serve", "keepers resolve"),
    *("draft propose", "draft accept", "issues publish", "export postgres"),
    *("backup create", "backup restore"),
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive without photographs whose tables were published."""
    archive = empty_archive(tmp_path_factory.mktemp("published"))
    graph = Graph(archive)
    graph.run(("photos", "flux_db", "coverage"))
    graph.require_success()
    return archive.paths.root


@pytest.fixture(params=["new", "published"])
def root(request: pytest.FixtureRequest, archive: DataRoot) -> Path:
    if request.param == "new":
        return archive.paths.root
    found: Path = request.getfixturevalue("published")
    return found


def _names(command: object, name: str = "") -> Iterator[str]:
    if not isinstance(command, TyperGroup):
        yield name
        return
    for part, below in command.commands.items():
        yield from _names(below, f"{name} {part}".strip())


@pytest.mark.parametrize("command", _READING)
def test_an_archive_without_photographs_is_answered_in_sentences(
    root: Path, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    said = flux(root, *command.split())

    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    assert said.exit_code in (0, 1), said.output
    assert said.output.strip()
    assert "Traceback" not in said.output


def test_every_command_is_tried_or_does_more_than_read() -> None:
    names = set(_names(typer.main.get_command(app)))
    tried = {name for name in names if any(f"{line} ".startswith(f"{name} ") for line in _READING)}
    assert tried == names - _OTHERS
