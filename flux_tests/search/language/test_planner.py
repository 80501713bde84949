"""No word is lost, whatever is asked."""

import re
from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from flux_assets.search.language.plan import Plan
from flux_assets.search.language.planner import plan_question
from flux_tests.search.language.archive_of_tests import EVERYWHERE, PHOTO, read

WORDS = """
in on at from the a of and or not without no but with to between since until before after last this
every within near outside except like similar unlike + - 0.5 2 10 3* 2022 2023 2022-05 2021/22
winter fall March may april Monday sundays night morning noon evening pm 5 17:30 Rome rome's Nice
nice Reading Italy China Long Beach New York Sydney 40th Walnut & home 39.95,-75.20 m km blocks one
three years months ago yesterday fog rainy snow weather weather: weather:fog tagged tag: #dog dog
leash people keepers camera GR III RICOH top best photos show all find me visual echoes recurring
evolution over time score above 0.3 photo "quoted words" " ( ) , . ; : ? – — preferably only when it
was raining day weekends similar_to 2023-02-30 31 April 25:00 1890s 2020s weather:hail nope
img_1 within Atlantis _ é 漢字 😀 ... -leash +fog --x US
"""
sentences = st.lists(st.sampled_from([*WORDS.split(), PHOTO]), max_size=14).map(" ".join)


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def _said(plan: Plan) -> str:
    texts = [text for text, _ in plan.texts]
    return " ".join([*texts, *(reading.words for reading in plan.explained)])


@settings(max_examples=400)
@given(st.one_of(sentences, st.text(max_size=60)))
@example("not similar to this one but without fog - 0.5 in Rome, not since 2022")
@example("yesterday winter keepers three not two .")
def test_every_word_is_in_a_text_or_explained(question: str) -> None:
    plan = plan_question(question, EVERYWHERE)
    assert not _words(question) - _words(_said(plan))
    assert str(plan).startswith("searching for ")


@given(st.text(alphabet="abcdefghij klmnopqrstuvwxyz", min_size=1, max_size=40))
def test_only_words_of_the_question_reach_the_model(question: str) -> None:
    for text, _ in plan_question(question, EVERYWHERE).texts:
        assert not _words(text) - _words(question)


def test_what_is_not_understood_is_passed_on_as_written() -> None:
    for question in ("Two men, waiting!", "what is this?", "l'été à la plage", "雨の東京"):
        assert [text for text, _ in read(question).texts] == [question]


def test_long_questions_are_read_in_steps_not_in_depth() -> None:
    plan = plan_question("in march " * 2000 + "not " * 2000, EVERYWHERE)
    assert plan.only.months == (3,)


def test_readings_come_in_the_order_of_the_question() -> None:
    plan = read("show silhouettes in Rome from 2022 with the GR III")
    assert [reading.words for reading in plan.explained] == [
        "show",
        "in Rome",
        "from 2022",
        "with the GR III",
    ]
