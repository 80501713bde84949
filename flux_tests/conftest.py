"""What tests share: an empty archive, and photographs with real pixels and written EXIF."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

# Every core has a worker; more threads would wait for work by spinning, and slow the others.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# Definitions read their day range from the data root when they are imported.
_ROOT = tempfile.TemporaryDirectory(prefix="flux-tests-")
os.environ["FLUX_ROOT"] = _ROOT.name
(Path(_ROOT.name) / "flux.yaml").write_text("archive: {start: 2022-01-01, end: 2022-12-31}\n")

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from flux_assets.demo.camera import write_gr_jpeg
from flux_resources.data_root import DataRoot
from flux_resources.ledger import Ledger

settings.register_profile("flux", deadline=None)  # machines are busy at times
settings.load_profile("flux")

SETTINGS = "intake: {settle_seconds: 0}\nweather: {enabled: false}\n"


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests that wait for Dagster's daemon leave theirs idle."""
    return (os.cpu_count() or 1) + 1


class Photograph(Protocol):
    """Writes a small JPEG as a RICOH GR III would; another `seed` is another picture."""

    def __call__(
        self,
        path: Path,
        captured_at: datetime | None = ...,
        *,
        seed: int = ...,
        size: tuple[int, int] = ...,
        **camera: Any,
    ) -> Path: ...


def empty_archive(folder: Path) -> DataRoot:
    """A data root without photographs whose inbox is taken at once."""
    root = folder / "root"
    root.mkdir()
    (root / "flux.yaml").write_text(SETTINGS)
    opened = DataRoot.open(root)
    opened.paths.inbox.mkdir()
    return opened


def built_once(
    factory: pytest.TempPathFactory, name: str, build: Callable[[Path], DataRoot]
) -> Path:
    """A data root below a folder so called, made by the first process that asks for it.

    All test processes share it, so tests work on copies.
    """
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, made = shared / name, shared / f"{name}.made"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            made.write_text(str(build(folder).paths.root))
    return Path(made.read_text())


def write_photograph(
    path: Path,
    captured_at: datetime | None = datetime(2022, 1, 15, 13, 22, 44),
    *,
    seed: int = 0,
    size: tuple[int, int] = (96, 64),
    **camera: Any,
) -> Path:
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    image = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_gr_jpeg(path, image, captured_at=captured_at, **camera)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> DataRoot:
    return empty_archive(tmp_path)


@pytest.fixture
def photograph() -> Photograph:
    return write_photograph


@pytest.fixture
def real_photographs() -> Path:
    """The folder `photos` below `$FLUX_SHARED`, default `../shared`: files of many makers."""
    folder = Path(os.environ.get("FLUX_SHARED", "../shared")) / "photos"
    if not folder.is_dir():
        pytest.skip(f"no real photographs at {folder}; set FLUX_SHARED to a folder that has them")
    return folder.resolve()


def changed_days(ledger: Ledger) -> list[str]:
    """Days that gained or lost files since they were indexed."""
    return [day for day, state in ledger.day_states().items() if state.changed]
