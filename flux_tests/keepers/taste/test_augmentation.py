"""Changed pictures: the limits of each change, and for whom they are made."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image

from flux_assets.keepers.taste.augmentation import (
    CROP,
    Jitter,
    choose_augmented,
    draw_jitter,
    jitter,
)
from flux_tests.keepers.taste.labelled_rows import archive_of, sessions, training_set

SIDE = 224
PLAIN = Jitter(mirrored=False, left=0.05, top=0.05, brightness=1.0, contrast=1.0)
PHOTO_IDS = st.text(min_size=1, max_size=40)
DRAWN = st.builds(draw_jitter, PHOTO_IDS, st.integers(1, 16))


def ramp(*, down: bool = False, size: tuple[int, int] = (SIDE, SIDE)) -> Image.Image:
    """A grey picture that gets brighter to the right, or downwards; its values are positions."""
    width, height = size
    along = np.linspace(20, 200, height if down else width)
    pixels = np.tile(along[:, None] if down else along, (1, width) if down else (height, 1))
    return Image.fromarray(pixels.round().astype(np.uint8)).convert("RGB")


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, np.float64)


@given(PHOTO_IDS, st.integers(1, 16))
def test_what_is_drawn_keeps_the_limits_and_stays(photo_id: str, variant: int) -> None:
    drawn = draw_jitter(photo_id, variant)
    assert 0.9 <= drawn.brightness <= 1.1
    assert 0.9 <= drawn.contrast <= 1.1
    assert 0 <= drawn.left <= 24 / 224
    assert 0 <= drawn.top <= 24 / 224
    assert draw_jitter(photo_id, variant) == drawn


def test_photographs_and_variants_are_changed_differently() -> None:
    drawn = {draw_jitter(f"p{number}", variant) for number in range(50) for variant in (1, 2)}
    assert len(drawn) == 100
    assert 30 < sum(one.mirrored for one in drawn) < 70


@given(DRAWN, st.tuples(st.integers(1, 90), st.integers(1, 90)))
def test_the_crop_keeps_200_of_224_of_any_picture_and_stays_inside(
    drawn: Jitter, size: tuple[int, int]
) -> None:
    ones = Image.new("RGB", size, (200, 200, 200))
    changed = jitter(ones, Jitter(drawn.mirrored, drawn.left, drawn.top, 1, 1))
    assert changed.size == tuple(round(side * 200 / 224) for side in size)
    assert (pixels(changed) == 200).all()  # what lies outside of a picture is black


@given(DRAWN)
def test_a_picture_is_never_upside_down_nor_turned(drawn: Jitter) -> None:
    rows = pixels(jitter(ramp(down=True), drawn))
    assert (rows == rows[:, :1]).all()
    assert (np.diff(rows[:, 0, 0]) >= 0).all()


@given(DRAWN)
def test_a_picture_is_mirrored_where_that_was_drawn(drawn: Jitter) -> None:
    columns = pixels(jitter(ramp(), drawn))
    assert (columns == columns[:1]).all()
    along = np.diff(columns[0, :, 0])
    assert (along <= 0).all() if drawn.mirrored else (along >= 0).all()


@hypothesis_settings(max_examples=30)
@given(DRAWN, st.integers(0, 2**32 - 1))
def test_all_channels_are_changed_by_one_straight_line(drawn: Jitter, seed: int) -> None:
    """So neither hue nor saturation is changed by itself."""
    colours = np.random.default_rng(seed).integers(60, 180, (SIDE, SIDE, 3), dtype=np.uint8)
    picture = Image.fromarray(colours)
    given_pixels = pixels(jitter(picture, Jitter(drawn.mirrored, drawn.left, drawn.top, 1, 1)))

    changed = pixels(jitter(picture, drawn))

    slope = drawn.brightness * drawn.contrast
    mean = given_pixels.mean()
    line = slope * given_pixels + (drawn.brightness - slope) * mean
    assert np.abs(changed - line).max() < 0.51  # of 255, by rounding


def test_grey_stays_grey() -> None:
    drawn = Jitter(mirrored=True, left=0, top=0, brightness=1.1, contrast=0.9)
    assert np.ptp(pixels(jitter(ramp(), drawn)), axis=2).max() == 0


def test_pictures_of_other_modes_become_rgb() -> None:
    assert jitter(ramp().convert("L"), PLAIN).mode == "RGB"
    assert CROP == 200 / 224


def test_all_keepers_and_as_many_others_of_each_year_are_changed() -> None:
    rows = training_set(sessions(800, seed=3)).rows
    train = rows.filter(pl.col("split") == "train")

    chosen = choose_augmented(rows)

    assert set(chosen["split"]) == {"train"}
    assert chosen["keeper"].sum() == train["keeper"].sum()
    year = pl.col("day").str.head(4)
    counts = chosen.group_by(year).agg(pl.col("keeper").sum(), others=1 - pl.col("keeper"))
    by_year = counts.with_columns(pl.col("others").list.sum())
    assert by_year.height == 3
    assert by_year["keeper"].to_list() == by_year["others"].to_list()


def test_new_keepers_exchange_no_other() -> None:
    rows = training_set(sessions(200, seed=3)).rows
    more = pl.when(pl.int_range(pl.len()) % 50 == 0).then(1).otherwise("keeper").cast(pl.Int8)
    before, after = choose_augmented(rows), choose_augmented(rows.with_columns(keeper=more))
    lost = before.join(after, on="photo_id", how="anti")
    assert lost.is_empty()
    assert after.height > before.height


def test_where_nothing_is_kept_nothing_is_changed() -> None:
    row = {"day": "2022-01-15", "photo_id": "a", "source": "person"}
    assert choose_augmented(training_set(archive_of(row)).rows).is_empty()
    assert choose_augmented(training_set(archive_of()).rows).is_empty()
