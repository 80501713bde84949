"""Sums of texts and pictures, and what is not wanted."""

import pytest

from flux_assets.search.language.plan import THIS_ONE, Term
from flux_tests.search.language.archive_of_tests import PHOTO, read, text_of

HALF = -0.5


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        ("a dog - leash", [("a dog", 1), ("leash", HALF)]),
        ("a dog -leash", [("a dog", 1), ("leash", HALF)]),
        ('"fog" + 0.5 "umbrella"', [("fog", 1), ("umbrella", 0.5)]),
        ("fog + 0.5 umbrella", [("fog", 1), ("umbrella", 0.5)]),
        ('fog + 2 "cats"', [("fog", 1), ("cats", 2)]),
        ("fog + 2 cats", [("fog", 1), ("2 cats", 1)]),
        ("fog + 2 * cats", [("fog", 1), ("cats", 2)]),
        ("0.7*fog + 0.3*cats - 1.5 dogs", [("fog", 0.7), ("cats", 0.3), ("dogs", -1.5)]),
        ("a 1.5 meter tall man", [("a 1.5 meter tall man", 1)]),
        ("-5 degrees", [("-5 degrees", 1)]),
        ("black-and-white", [("black-and-white", 1)]),
        ('red "stop sign"', [("red", 1), ("stop sign", 1)]),
        ("without people", [("people", HALF)]),
        ("a street without people", [("a street", 1), ("people", HALF)]),
        ("a street with no cars and bikes", [("a street", 1), ("cars and bikes", HALF)]),
        ("a dog without a leash on the beach", [("a dog on the beach", 1), ("a leash", HALF)]),
        ("a dog but not a leash", [("a dog", 1), ("a leash", HALF)]),
        ("a street, no people", [("a street", 1), ("people", HALF)]),
        ("a street except cars", [("a street", 1), ("cars", HALF)]),
        ("umbrellas not in the rain", [("umbrellas", 1), ("in the rain", HALF)]),
        ("no parking sign", [("no parking sign", 1)]),
        ("do not enter sign", [("do not enter sign", 1)]),
        ("not smiling", [("not smiling", 1)]),
        ("dog -", [("dog", 1)]),
        ("", []),
        ('""', []),
        ('"', []),
    ],
)
def test_texts_have_weights(question: str, texts: list[tuple[str, float]]) -> None:
    assert list(read(question).texts) == [Term(*text) for text in texts]


def test_a_question_is_shown_with_its_weights() -> None:
    assert str(read('"fog" + 0.5 "umbrella" - leash')) == (
        'searching for "fog" + 0.5 × "umbrella", without "leash"'
    )


def test_a_quotation_is_never_read() -> None:
    plan = read('"winter in Rome - 2022" in Paris')
    assert plan.texts == (Term("winter in Rome - 2022"),)
    assert [str(place) for place in plan.only.places] == ["Paris"]


@pytest.mark.parametrize(
    ("question", "pictures"),
    [
        (f"similar to {PHOTO}", [(PHOTO, 1)]),
        (PHOTO, [(PHOTO, 1)]),
        (f"{PHOTO} - 0.3 {PHOTO}b", [(PHOTO, 1), (f"{PHOTO}b", -0.3)]),
        (f"unlike {PHOTO}", [(PHOTO, HALF)]),
        (f"not like {PHOTO}", [(PHOTO, HALF)]),
        ("like /photos/a cat.jpg", []),
        ("like /photos/cat.JPG", [("/photos/cat.JPG", 1)]),
        ('like "/photos/a cat.jpg" in Rome', [("/photos/a cat.jpg", 1)]),
        ("similar to this photo but in Rome", [(THIS_ONE, 1)]),
        ("like this one + fog", [(THIS_ONE, 1)]),
        ("similar to a painting", []),
        ("a cat like this dog", []),
    ],
)
def test_pictures_have_weights(question: str, pictures: list[tuple[str, float]]) -> None:
    assert list(read(question).pictures) == [Term(*picture) for picture in pictures]


def test_pictures_and_texts_add_up() -> None:
    plan = read(f"like {PHOTO} + fog - people in Rome")
    assert plan.pictures == (Term(PHOTO),)
    assert plan.texts == (Term("fog"), Term("people", HALF))
    assert text_of(read(f"a cat like {PHOTO}")) == "a cat"
