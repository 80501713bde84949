"""Which words in a caption name a tag of the vocabulary.

A tag that is not here is measured by its own words. Captions mention what struck their writer, so
a photograph whose five captions are silent about the sky may well show it: precision against
captions is a lower bound.
"""

import re

_WORDS = {
    "rain": "rain raining rainy",
    "snow": "snow snowy snowing",
    "night": "night nighttime",
    "sunset": "sunset dusk sunrise",
    "silhouette": "silhouette silhouettes silhouetted",
    "shadow": "shadow shadows",
    "reflection": "reflection reflections reflected reflecting reflects",
    "crowd": "crowd crowds crowded audience",
    "child": "child children kid kids boy boys girl girls toddler toddlers baby",
    "couple": "couple couples",
    "waiting": "waiting waits wait",
    "walking": "walking walks walk",
    "running": "running runs run races racing",
    "laughing": "laughing laughs laugh smiling smiles",
    "portrait": "face portrait",
    "umbrella": "umbrella umbrellas",
    "hat": "hat hats cap",
    "street": "street streets sidewalk city",
    "storefront": "store shop storefront",
    "crossing": "crosswalk crossing",
    "stairs": "stairs steps staircase stairway",
    "window": "window windows",
    "bridge": "bridge",
    "architecture": "building buildings tower",
    "graffiti": "graffiti mural",
    "sign": "sign signs",
    "car": "car cars",
    "bus": "bus buses",
    "train": "train trains subway",
    "bicycle": "bicycle bicycles bike bikes bicyclist cyclist",
    "motorcycle": "motorcycle motorcycles motorbike motorcyclist",
    "boat": "boat boats canoe kayak ship raft",
    "dog": "dog dogs puppy puppies",
    "cat": "cat cats kitten",
    "bird": "bird birds",
    "horse": "horse horses",
    "tree": "tree trees",
    "flower": "flower flowers",
    "grass": "grass grassy lawn",
    "water": "water lake river ocean pool sea wave waves",
    "beach": "beach beaches",
    "mountain": "mountain mountains mountainside",
    "food": "food eating eats meal",
    "book": "book books",
    "camera": "camera cameras",
}


def naming(tag: str) -> re.Pattern[str]:
    """Matches a caption that names `tag`."""
    words = _WORDS.get(tag, tag).split() if tag in _WORDS else [tag]
    return re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)
