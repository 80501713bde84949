"""Makers and models as people say them: `RICOH IMAGING COMPANY, LTD.` is RICOH.

One rule for all: the maker is the brand, spelled as its house spells it in running text, and the
model does not repeat it. An unknown maker loses its legal form and keeps its spelling.
"""

import re
from functools import lru_cache

# The first that fits counts; matched at the start of the maker, or anywhere after `^.*`.
_BRANDS = (
    (r"^.*ricoh", "RICOH"),  # also PENTAX RICOH IMAGING; cameras named PENTAX say so in the model
    (r"(asahi )?pentax|asahi", "PENTAX"),
    (r"nikon", "Nikon"),
    (r"canon", "Canon"),
    (r"sony ?ericsson", "Sony Ericsson"),
    (r"sony", "Sony"),
    (r"fuji", "Fujifilm"),
    (r"olympus", "Olympus"),
    (r"om (digital|system)", "OM SYSTEM"),
    (r"panasonic|matsushita", "Panasonic"),
    (r"leica", "Leica"),
    (r"hasselblad", "Hasselblad"),
    (r"phase ?one", "Phase One"),
    (r"leaf", "Leaf"),
    (r"mamiya", "Mamiya"),
    (r"sigma", "Sigma"),
    (r"konica ?minolta", "Konica Minolta"),
    (r"konica", "Konica"),
    (r"minolta", "Minolta"),
    (r"(eastman )?kodak", "Kodak"),
    (r"casio", "Casio"),
    (r"samsung", "Samsung"),
    (r"hewlett|hp\b", "HP"),
    (r"(seiko )?epson", "Epson"),
    (r"sanyo", "Sanyo"),
    (r"toshiba", "Toshiba"),
    (r"polaroid", "Polaroid"),
    (r"rollei", "Rollei"),
    (r"jvc|victor", "JVC"),
    (r"general imaging", "GE"),
    (r"apple", "Apple"),
    (r"google", "Google"),
    (r"huawei", "Huawei"),
    (r"honor", "Honor"),
    (r"xiaomi|redmi|poco\b", "Xiaomi"),
    (r"oneplus", "OnePlus"),
    (r"oppo\b", "OPPO"),
    (r"vivo\b", "vivo"),
    (r"motorola", "Motorola"),
    (r"hmd", "HMD"),
    (r"nokia", "Nokia"),
    (r"htc", "HTC"),
    (r"lg\b|lge\b", "LG"),
    (r"asus", "ASUS"),
    (r"research in motion|blackberry", "BlackBerry"),
    (r"dji\b|da-jiang", "DJI"),
    (r"gopro", "GoPro"),
    (r"arashi|insta360", "Insta360"),
    (r"parrot", "Parrot"),
    (r"flir", "FLIR"),
)
_KNOWN = tuple((re.compile(pattern, re.IGNORECASE), brand) for pattern, brand in _BRANDS)
_LEGAL_FORM = re.compile(
    r"[\s,]+(co|corp|corporation|company|inc|incorporated|ltd|limited|llc|ag|gmbh|ab|s\.?a|a/s|kk)"
    r"\b\.?,?\s*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def people_say(make: str | None, model: str | None) -> tuple[str | None, str | None]:
    """Maker and model for people, out of those that a camera writes.

    >>> people_say("RICOH IMAGING COMPANY, LTD.", "RICOH GR IIIx")
    ('RICOH', 'GR IIIx')
    >>> people_say("NIKON CORPORATION", "NIKON D70")
    ('Nikon', 'D70')
    >>> people_say("Acme Optical Co.,Ltd.", "Acme Optical One")
    ('Acme Optical', 'One')
    """
    if make is None:
        return None, model and _single_spaced(model)
    brand = _brand(_single_spaced(make))
    return brand, model and _without(brand, make, _single_spaced(model))


def _brand(make: str) -> str:
    for pattern, brand in _KNOWN:
        if pattern.match(make):
            return brand
    while (shorter := _LEGAL_FORM.sub("", make)) != make:
        make = shorter
    return make


def _without(brand: str, make: str, model: str) -> str:
    """The model without a maker's name in front, unless nothing else would be left."""
    for name in (make, brand, make.split(" ", maxsplit=1)[0]):
        if model.casefold().startswith(f"{name} ".casefold()):
            return model[len(name) :].strip()
    return model


def _single_spaced(text: str) -> str:
    return " ".join(text.split())
