"""Keeps account of the words of a summand: read, or left as text for the model."""

from itertools import groupby

from flux_assets.search.language.plan import NO_FACTS, Facts, Reading
from flux_assets.search.language.sentence import Sentence
from flux_assets.search.language.tokens import word_set
from flux_assets.search.language.wishes import PICTURES

# Beside something that was read they are a remainder: "umbrellas [taken in Rome]".
_LEADING = word_set(
    "and or but with of that which where were was are is made taken shot photographed"
)
_TRAILING = _LEADING | word_set(
    "in on at from the a an all only my by to during near for any these those"
)
_TEXT = -1


class Words:
    """Every word belongs to one reading, or is text."""

    def __init__(self, sentence: Sentence, question: str) -> None:
        self._sentence = sentence
        self._question = question
        self._readings: list[Reading] = []
        self._owner = [_TEXT] * len(sentence)

    def take(self, start: int, end: int, meaning: str = "", facts: Facts = NO_FACTS) -> None:
        """Words that were read, and are text no more."""
        if end > start:
            self._owner[start:end] = [len(self._readings)] * (end - start)
            self._readings.append(Reading("", meaning, facts))

    def mention(self, start: int, end: int, meaning: str, facts: Facts) -> None:
        """Words that were read, and stay text."""
        self._readings.append(Reading(self.written(start, end), meaning, facts))

    def written(self, start: int, end: int) -> str:
        """Words as the question has them; of one quotation what stands in it."""
        tokens = self._sentence.tokens
        if end == start + 1:
            return tokens[start].text
        return self._question[tokens[start].start : tokens[end - 1].end]

    def settle(self) -> None:
        """Give words that only led to what was read to the reading beside them."""
        for start, end in self._runs(self._owner):
            if start and self._owner[start - 1] != _TEXT:
                self._give(range(start, end), _LEADING, self._owner[start - 1])
            if end < len(self._owner) and self._owner[end] != _TEXT:
                self._give(range(end - 1, start - 1, -1), _TRAILING, self._owner[end])
        left = self.unread()
        if self._readings and all(self._sentence.key(n) in _TRAILING | PICTURES for n in left):
            for position in left:
                self.take(position, position + 1)

    def unread(self) -> list[int]:
        """Positions of the words that are text."""
        return [n for n, owner in enumerate(self._owner) if owner == _TEXT]

    def texts(self) -> list[str]:
        """What is left: its words as one text, and every quotation as one."""
        tokens = self._sentence.tokens
        quoted = [
            token.text
            for token, owner in zip(tokens, self._owner, strict=True)
            if owner == _TEXT and token.kind == "quote" and token.text
        ]
        kinds = [
            owner if token.kind != "quote" else len(self._readings)
            for token, owner in zip(tokens, self._owner, strict=True)
        ]
        parts = [self.written(start, end) for start, end in self._runs(kinds)]
        return [" ".join(parts), *quoted] if parts else quoted

    def readings(self) -> list[Reading]:
        """With the words of each."""
        return [
            reading._replace(words=self._owned(n) or reading.words)
            for n, reading in enumerate(self._readings)
        ]

    def _runs(self, owners: list[int]) -> list[tuple[int, int]]:
        """Beginnings and ends of what is text."""
        runs, start = [], 0
        for owner, group in groupby(owners):
            end = start + len(list(group))
            if owner == _TEXT:
                runs.append((start, end))
            start = end
        return runs

    def _give(self, positions: range, words: frozenset[str], reading: int) -> None:
        for position in positions:
            if self._owner[position] != _TEXT or self._sentence.key(position) not in words:
                return
            self._owner[position] = reading

    def _owned(self, reading: int) -> str:
        tokens = self._sentence.tokens
        return " ".join(tokens[n].text for n, owner in enumerate(self._owner) if owner == reading)
