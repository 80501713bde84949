from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from flux_assets.materialize import bring_up_to_date
from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph

REPOSITORY = Path(__file__).parents[2]
NOTEBOOK = REPOSITORY / "notebooks" / "explore_archive.ipynb"
PHOTOGRAPHS = 12
ROME = (41.8902, 12.4922)


@pytest.fixture
def notebook() -> Any:
    return nbformat.reads(NOTEBOOK.read_text(encoding="utf-8"), as_version=4)  # type: ignore[no-untyped-call]


@pytest.fixture
def enriched(
    archive: DataRoot, photograph: Photograph, monkeypatch: pytest.MonkeyPatch
) -> DataRoot:
    """Twelve photographs of three days in two months, every other one with GPS."""
    for number in range(PHOTOGRAPHS):
        day = datetime(2022, 2, 27, 12) + timedelta(days=number % 3)
        photograph(
            archive.paths.inbox / f"R000{1000 + number}.JPG",
            day + timedelta(minutes=number),
            seed=number,
            size=(600, 400),
            gps=ROME if number % 2 else None,
        )
    monkeypatch.setenv("FLUX_ROOT", str(archive.paths.root))
    bring_up_to_date(archive)
    return archive


def test_notebook_runs_and_shows_coverage_calendar_and_pictures(
    notebook: Any, enriched: DataRoot
) -> None:
    done = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": REPOSITORY}}
    ).execute()

    outputs = [cell.outputs for cell in done.cells if cell.cell_type == "code"]
    opened, coverage, calendar, search, sheet, similar = outputs
    assert f"{PHOTOGRAPHS} photographs on 3 days" in opened[0]["text"]
    for cell in (coverage, calendar):
        assert any("image/png" in output.get("data", {}) for output in cell)
    for cell in (sheet, similar):
        assert any("data:image/jpeg" in output["data"].get("text/html", "") for output in cell)
    for cell in (search, similar):
        assert any(
            "shape: (8, 5)" in output.get("data", {}).get("text/plain", "") for output in cell
        )
    assert not [output for cell in outputs for output in cell if output.get("name") == "stderr"]


def test_notebook_is_kept_without_outputs(notebook: Any) -> None:
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None
