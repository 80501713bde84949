"""Short texts cut from captions, because people search with two words and not with sentences.

A model that has only seen sentences places a lone word anywhere. Phrases are the runs of words
between function words: "A black dog is running through the grass ." holds "black dog", "running"
and "grass".
"""

import re
from dataclasses import replace
from random import Random

from training.sources import Captioned

_LISTED = (
    "a an the and or but of in on at to by for from with without into onto over under through "
    "across along around behind beside between near off out up down is are was were be being "
    "been has have had do does his her their its it he she they them him there that this these "
    "those who which while as other another each some someone something one two three four "
    "several very front top next back side"
)
_FUNCTION_WORDS = frozenset(_LISTED.split())


def phrases(caption: str) -> list[str]:
    """Runs of content words, in order.

    >>> phrases("A black dog is running through the grass .")
    ['black dog', 'running', 'grass']
    """
    words = re.findall(r"[a-z'-]+", caption.lower())
    runs: list[list[str]] = [[]]
    for word in words:
        if word in _FUNCTION_WORDS:
            runs.append([])
        else:
            runs[-1].append(word)
    return [" ".join(run) for run in runs if run]


def with_phrase(items: list[Captioned], seed: int) -> list[Captioned]:
    """Each photograph with one more text: a phrase, or two, of one of its captions."""
    random = Random(seed)
    longer = []
    for item in items:
        found = phrases(random.choice(item.captions))
        picked = random.sample(found, min(len(found), random.choice((1, 1, 2))))
        texts = (*item.captions, " ".join(picked)) if picked else item.captions
        longer.append(replace(item, captions=texts))
    return longer
