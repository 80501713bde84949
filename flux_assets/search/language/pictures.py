"""Pictures that a question names: "similar to PHOTO_ID", "like this one", "unlike /a/file.jpg"."""

from flux_assets.search.language.plan import NEGATIVE_WEIGHT, THIS_ONE
from flux_assets.search.language.sentence import Match, Sentence
from flux_assets.search.language.vocabulary import is_canonical

_LIKE = (
    *("like", "look like", "looking like", "that look like", "which look like"),
    *("similar to", "visually similar to", "resembling", "that resemble", "which resemble"),
)
_UNLIKE = ("unlike", "dissimilar to", "not similar to", "not like")
_THIS = (
    *("this", "this one", "this photo", "this photograph", "this picture", "this image"),
    *("this frame", "this shot", "that one"),
)
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".heic")


def read_picture(sentence: Sentence, position: int, joined: bool) -> Match | None:
    """A photo_id, a picture file, or the picture that comes with the question."""
    unlike = sentence.phrase(position, *_UNLIKE)
    start = unlike or sentence.skip(position, *_LIKE)
    led = start > position
    end = sentence.phrase(start, *_THIS) if led else 0
    weight = -NEGATIVE_WEIGHT if unlike else 1.0
    if end and sentence.ends(end):
        return Match(end, example=(THIS_ONE, weight))
    if start < len(sentence) and _is_picture(sentence, start, led=led):
        return Match(start + 1, example=(sentence.tokens[start].text, weight))
    return None


def _is_picture(sentence: Sentence, position: int, *, led: bool) -> bool:
    token = sentence.tokens[position]
    if token.kind not in ("word", "quote"):
        return False
    if token.text.casefold().endswith(_ENDINGS) and (led or "/" in token.text):
        return True
    if is_canonical(token.text):
        return True
    # Asking the archive costs a millisecond: only for what could be a name.
    could_be = led or "_" in token.text
    return could_be and token.kind == "word" and sentence.vocabulary.is_photo(token.text)
