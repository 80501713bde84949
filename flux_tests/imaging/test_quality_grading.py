"""A picture that is made worse never gets a better score, but for the tolerance measured here.

`python -m benchmarks.quality` prints how often and how far scores rise on many pictures.
"""

from itertools import pairwise
from pathlib import Path

import pytest

from flux_tests.imaging.gradings import LADDERS, picture, score

_TOLERANCE = {"gamma up": 0.015, "gamma down": 0.015}
_TOLERANCE |= dict.fromkeys(("Gaussian blur", "box blur", "motion blur"), 0)
_OTHERWISE = 0.003
_PICTURES = (
    "exif-orientation/Landscape_0.jpg",
    "odm-seneca-seq/IMG_0446.jpg",
    "imagededup/base_images/ukbench09380.jpg",
    "day-night/night/20151102_012545.jpg",
)


@pytest.mark.parametrize("file", _PICTURES)
@pytest.mark.parametrize("ladder", LADDERS)
def test_a_picture_made_worse_scores_no_better(
    real_photographs: Path, file: str, ladder: str
) -> None:
    image = picture(real_photographs / file, 640)
    scores = [score(image), *(score(grade(image)) for grade in LADDERS[ladder])]

    tolerance = _TOLERANCE.get(ladder, _OTHERWISE)
    assert all(after <= before + tolerance for before, after in pairwise(scores)), scores


@pytest.mark.parametrize("file", _PICTURES)
@pytest.mark.parametrize("ladder", ["Gaussian blur", "exposure up", "exposure down"])
def test_a_picture_made_much_worse_scores_much_less(
    real_photographs: Path, file: str, ladder: str
) -> None:
    image = picture(real_photographs / file, 640)

    assert score(LADDERS[ladder][-1](image)) < score(image) - 0.05
