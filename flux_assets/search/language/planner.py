"""Reads a question: what `photos` can answer becomes facts, the rest stays text for the model.

No word is lost: each is in a text or in `Plan.explained`. What is not understood stays in the
text, and a quotation is never read. Neither the model nor the archive is asked.
"""

from dataclasses import replace

from flux_assets.search.language.arithmetic import summands
from flux_assets.search.language.dates import read_time
from flux_assets.search.language.limits import read_limit, read_score
from flux_assets.search.language.nearby import read_area
from flux_assets.search.language.pictures import read_picture
from flux_assets.search.language.place_names import read_place
from flux_assets.search.language.plan import NO_FACTS, Plan, Reading, Term
from flux_assets.search.language.scan import Scan
from flux_assets.search.language.seasons import dated_seasons, read_season
from flux_assets.search.language.sentence import Kind, Reader, Sentence
from flux_assets.search.language.shapes import read_shape
from flux_assets.search.language.times_of_day import read_clock, read_daytime, read_weekday
from flux_assets.search.language.tokens import is_cased, tokenize
from flux_assets.search.language.vocabulary import Vocabulary
from flux_assets.search.language.weather_words import read_weather
from flux_assets.search.language.wishes import read_camera, read_keepers, read_tag

# Of matches of one length the first counts.
_READERS: tuple[tuple[Kind, Reader], ...] = (
    (Kind.OTHER, read_shape),
    (Kind.OTHER, read_picture),
    (Kind.AREA, read_area),
    (Kind.PLACE, read_place),
    (Kind.TIME, read_season),
    (Kind.TIME, read_time),
    (Kind.WEEKDAY, read_weekday),
    (Kind.HOURS, read_clock),
    (Kind.HOURS, read_daytime),
    (Kind.WEATHER, read_weather),
    (Kind.TAG, read_tag),
    (Kind.CAMERA, read_camera),
    (Kind.OTHER, read_keepers),
    (Kind.OTHER, read_limit),
    (Kind.OTHER, read_score),
)


def plan_question(question: str, vocabulary: Vocabulary) -> Plan:
    """What `question` asks an archive of that vocabulary for."""
    south = vocabulary.south(NO_FACTS)
    plan = _read(question, vocabulary, south)
    if plan.only.places or plan.only.areas:
        south = vocabulary.south(plan.only)
        plan = _read(question, vocabulary, south)  # seasons are those of where it speaks of
    return dated_seasons(plan, south)


def literal_plan(question: str) -> Plan:
    """A question of which nothing is read."""
    return Plan(texts=(Term(question.strip()),) if question.strip() else ())


def _read(question: str, vocabulary: Vocabulary, south: bool | None) -> Plan:
    tokens = tokenize(question)
    cased, plan = is_cased(tokens), Plan()
    parts = list(summands(tokens))
    for number, part in enumerate(parts):
        sentence = Sentence(part.tokens, vocabulary, _READERS, number == 0, cased, south)
        if part.weight_words:
            plan = replace(plan, explained=(*plan.explained, Reading(part.weight_words)))
        plan = Scan(sentence, question, part.weight, plan).run()
    untouched = len(parts) == 1 and not plan.explained and len(plan.texts) == 1
    quoted = any(token.kind in ("quote", "sign") for token in tokens)
    if untouched and not quoted:
        return replace(literal_plan(question), remarks=plan.remarks)
    return plan
