"""Goes through one summand of a question, word by word, and enters what it reads into a plan."""

from dataclasses import replace
from typing import Any, NamedTuple

from flux_assets.search.language.commands import command_end
from flux_assets.search.language.negation import negated_at, noun_end, preferred_at
from flux_assets.search.language.plan import NEGATIVE_WEIGHT, NO_FACTS, Plan, Term
from flux_assets.search.language.remarks import remarks_on
from flux_assets.search.language.sentence import Kind, Match, Sentence
from flux_assets.search.language.words import Words

_AND = tuple(f"{word} {way}" for word in ("and", "or") for way in ("", "in", "on", "from"))
_WISHES = (Kind.WEATHER, Kind.TAG)


class _Found(NamedTuple):
    """A match whose own words begin at `start`; `denied` says that it must not be."""

    start: int
    match: Match
    denied: bool


class Scan:
    """Reads one summand.

    Args:
        question: the text that its tokens are places in.
        weight: of the summand; a negative one denies what is read.
        plan: what was read before.
    """

    def __init__(self, sentence: Sentence, question: str, weight: float, plan: Plan) -> None:
        self._sentence = sentence
        self._weight = weight
        self._plan = plan
        self._words = Words(sentence, question)
        self._unwanted: list[Term] = []

    def run(self) -> Plan:
        """The plan with what this summand says."""
        sentence = self._sentence
        for position in reversed(range(len(sentence))):
            sentence.recognise(position)  # from behind, so that no look ahead is a deep one
        position = command_end(sentence) if sentence.first else 0
        self._words.take(0, position)
        last: _Found | None = None
        while position < len(sentence):
            found = self._joined(position, last) if last else None
            found = found or self._found(position)
            if found:
                self._enter(position, found)
                last, position = found, found.match.end
            else:
                position, last = self._unread(position), None
        self._words.settle()
        texts = [Term(text, self._weight) for text in self._words.texts()]
        return replace(
            self._plan,
            texts=(*self._plan.texts, *texts, *self._unwanted),
            explained=(*self._plan.explained, *self._words.readings()),
            remarks=(*self._plan.remarks, *remarks_on(sentence, self._words)),
        )

    def _joined(self, position: int, last: _Found) -> _Found | None:
        """`or Paris` behind `not in Rome`."""
        kind, sentence = last.match.kind, self._sentence
        word = sentence.phrase(position, "and", "or")
        if kind is Kind.OTHER or not (word or sentence.pauses(position)):
            return None
        for start in (word or position, sentence.phrase(position, *_AND)):
            match = sentence.recognise(start, kind) if start else None
            if match and match.kind is kind:
                return _Found(position, match, last.denied)
        return None

    def _found(self, position: int) -> _Found | None:
        """What begins here, be it denied or only preferred."""
        sentence, match = self._sentence, self._sentence.recognise(position)
        denied = negated_at(sentence, position)
        if denied and (match is None or match.end <= denied[0]):
            match = sentence.recognise(denied[0])
            return _Found(denied[0], match, True) if match and match.negatable else None
        wished = preferred_at(sentence, position)
        wish = sentence.recognise(wished) if wished else None
        if wish and wish.kind in _WISHES:
            return _Found(wished, replace(wish, prefers=True), False)
        return _Found(position, match, self._weight < 0) if match else None

    def _unread(self, position: int) -> int:
        """The position behind words that no reader knows: text, or text that is unwanted."""
        denied = negated_at(self._sentence, position)
        if denied is None:
            return position + 1
        start, any_words = denied
        match = self._sentence.recognise(start)
        if match:  # "not since 2022" cannot be denied, and must not be read without its "not"
            return match.end
        end = noun_end(self._sentence, start) if any_words else start
        if end == start:
            return position + 1
        self._words.take(position, end)
        self._unwanted.append(Term(self._words.written(start, end), -NEGATIVE_WEIGHT))
        return end

    def _enter(self, position: int, found: _Found) -> None:
        """Words from `position` on, and what they say."""
        start, match, denied = found
        denied = denied and match.negatable
        if not match.stays:
            facts = NO_FACTS if denied else match.facts
            self._words.take(position, match.end, _meaning(match, denied), facts)
        elif denied:
            unwanted = self._words.written(start, match.end)
            self._unwanted.append(Term(unwanted, -NEGATIVE_WEIGHT))
            meaning = "" if match.prefers else _meaning(match, denied)
            self._words.take(position, match.end, meaning)
        else:
            self._words.take(position, start)
            self._words.mention(start, match.end, match.meaning, match.facts)
        self._plan = replace(self._plan, **self._changes(match, denied))

    def _changes(self, match: Match, denied: bool) -> dict[str, Any]:
        """New values of the plan's fields."""
        plan, changes = self._plan, dict(match.changes)
        if match.example:
            what, weight = match.example
            weight = weight * self._weight if weight > 0 else weight
            weight = -NEGATIVE_WEIGHT if denied and weight > 0 else weight
            return {"pictures": (*plan.pictures, Term(what, weight))}
        if denied and "keeper" in changes:
            return {"keeper": not changes["keeper"]}
        if match.prefers:
            return {} if denied else {"prefer": plan.prefer | match.facts}
        if denied:
            return {"never": plan.never | match.facts}
        if plan.since and "since" in changes:  # of two bounds the narrower holds
            changes["since"] = max(plan.since, changes["since"])
        if plan.before and "before" in changes:
            changes["before"] = min(plan.before, changes["before"])
        if "never" in changes:
            changes["never"] = plan.never | changes["never"]
        return {"only": plan.only | match.facts, **changes}


def _meaning(match: Match, denied: bool) -> str:
    if not denied or not match.meaning:
        return match.meaning
    return "no keepers" if "keeper" in match.changes else f"not {match.meaning}"
