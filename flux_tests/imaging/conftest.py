"""Photographs to make proxies of."""

from pathlib import Path

import pytest

from flux_resources.data_root import DataRoot
from flux_tests.conftest import Photograph
from flux_tests.imaging.proxy_days import DAY


@pytest.fixture
def originals(archive: DataRoot, photograph: Photograph) -> list[Path]:
    folder = archive.paths.original_day(DAY)
    return [photograph(folder / f"{n}.jpg", seed=n, size=(600, 400)) for n in range(3)]
