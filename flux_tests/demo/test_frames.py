"""Drawing frames: sizes, determinism, and what each light does."""

import numpy as np
import pytest
from PIL import Image

from flux_assets.demo.frames import Look, Recipe, nudge, render, vary


@pytest.mark.parametrize("look", list(Look))
@pytest.mark.parametrize("upright", [False, True])
def test_frames_are_3_to_2_rgb(picture: Image.Image, look: Look, upright: bool) -> None:
    frame = render(picture, Recipe(look=look, upright=upright))
    assert frame.mode == "RGB"
    assert frame.size == ((1080, 1620) if upright else (1620, 1080))


def test_same_recipe_same_pixels_other_seed_other_grain(picture: Image.Image) -> None:
    first, again = render(picture, Recipe(seed=1)), render(picture, Recipe(seed=1))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != render(picture, Recipe(seed=2)).tobytes()


def test_a_crop_never_leaves_the_picture(picture: Image.Image) -> None:
    framed = Image.new("RGB", (300, 200), "white")
    for x, y in ((-1, -1), (2, 2), (0, 1)):
        drawn = np.asarray(render(framed, Recipe(x=x, y=y, zoom=1.3, grain=0)))
        assert drawn.min() == 255


def test_lights_differ_as_they_should(picture: Image.Image) -> None:
    pixels = {look: np.asarray(render(picture, Recipe(look=look)), dtype=float) for look in Look}
    means = {look: values.mean() for look, values in pixels.items()}
    assert means[Look.NIGHT] < 0.7 * means[Look.CLEAR] < means[Look.FOG]
    assert pixels[Look.FOG].std() < 0.6 * pixels[Look.CLEAR].std()
    assert pixels[Look.NIGHT][..., 2].mean() > pixels[Look.NIGHT][..., 0].mean()
    for grey in (Look.MONOCHROME, Look.SILHOUETTE):
        assert np.ptp(pixels[grey], axis=2).max() == 0


def test_a_burst_is_closer_than_a_walk(picture: Image.Image) -> None:
    rng = np.random.default_rng(3)

    def drawn(recipe: Recipe) -> np.ndarray:
        return np.asarray(render(picture, recipe), dtype=float)

    def walk() -> Recipe:
        return vary(rng, focus=(0.5, 0.5), look=Look.CLEAR, upright=False, seed=9)

    start = walk()
    burst = drawn(nudge(rng, start, seed=10)) - drawn(start)
    assert 0 < np.abs(burst).mean() < np.abs(drawn(walk()) - drawn(start)).mean()
