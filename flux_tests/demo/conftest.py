"""One demo archive, built once for all tests that only look at it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from flux_assets.demo.archive import DemoArchive, build_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoArchive:
    return build_demo(tmp_path_factory.mktemp("demo") / "root")


@pytest.fixture
def picture() -> Image.Image:
    """A small picture with detail everywhere: 90x60 pixels of smooth random colour."""
    coarse = np.random.default_rng(5).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((90, 60), Image.Resampling.BICUBIC)


@pytest.fixture
def own_folder(tmp_path: Path, picture: Image.Image) -> Path:
    folder = tmp_path / "my pictures"
    folder.mkdir()
    picture.save(folder / "a bridge.jpg")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8 no picture")
    (folder / "notes.txt").write_text("nothing to see")
    return folder
