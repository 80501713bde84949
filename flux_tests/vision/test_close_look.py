"""Which frame a picture is, by its pixels."""

import math
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from PIL import Image, ImageChops, ImageEnhance, ImageOps

from flux_assets.vision.close_look import look_closely, unshared
from flux_resources.data_root import DataRoot

Change = Callable[[Image.Image], Image.Image]


@pytest.fixture
def frame(real_photographs: Path) -> Image.Image:
    with Image.open(real_photographs / "odm-seneca-seq" / "IMG_0446.jpg") as image:
        image.draft("RGB", (1024, 768))
        return image.convert("RGB").resize((1024, 768))


def saved(folder: Path, name: str, image: Image.Image, quality: int = 82) -> Path:
    file = folder / f"{name}.jpg"
    image.save(file, quality=quality)
    return file


@pytest.mark.parametrize(
    ("change", "limit"),
    [
        pytest.param(lambda image: image, 0.001, id="encoded anew"),
        pytest.param(lambda image: image.resize((640, 480)), 0.001, id="shrunk"),
        pytest.param(ImageOps.mirror, 0.001, id="mirrored"),
        pytest.param(lambda image: image.convert("L").convert("RGB"), 0.005, id="black and white"),
        pytest.param(lambda image: ImageEnhance.Contrast(image).enhance(1.2), 0.02, id="toned"),
    ],
)
def test_edits_of_a_frame_share_nearly_everything_with_it(
    tmp_path: Path, frame: Image.Image, change: Change, limit: float
) -> None:
    original = saved(tmp_path, "original", frame, 90)
    moved = saved(tmp_path, "next frame", ImageChops.offset(frame, 12, 8), 90)
    own, other = unshared(saved(tmp_path, "edit", change(frame)), [original, moved])
    assert 0 <= own < limit
    assert other > 10 * own


def test_what_cannot_be_read_is_not_compared(tmp_path: Path, frame: Image.Image) -> None:
    whole = saved(tmp_path, "whole", frame)
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(b"\xff\xd8 no picture")
    grey = saved(tmp_path, "grey", Image.new("RGB", (64, 64), (128, 128, 128)))
    values = unshared(whole, [torn, grey, tmp_path / "nowhere.jpg"])
    assert all(map(math.isnan, [*values, *unshared(torn, [whole])]))


def test_pairs_get_what_they_do_not_share(archive: DataRoot, frame: Image.Image) -> None:
    folder = archive.paths.root
    saved(folder, "keeper", frame)
    saved(folder, "a", frame, 90)
    pairs = pl.DataFrame({"sha256": ["k", "k", "k"], "photo_id": ["none", "a", "unknown"]})
    found = look_closely(
        pairs,
        looks=pl.DataFrame({"sha256": ["k"], "proxy_path": ["keeper.jpg"]}),
        photographs=pl.DataFrame({"photo_id": ["a", "none"], "proxy_path": ["a.jpg", None]}),
        paths=archive.paths,
        workers=2,
    )
    assert found["photo_id"].to_list() == pairs["photo_id"].to_list()
    assert found["unshared"].is_null().to_list() == [True, False, True]
