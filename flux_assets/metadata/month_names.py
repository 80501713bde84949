"""Names of months, as people write them into folder names."""

from functools import cache

_LANGUAGES = ("en", "it", "de", "fr", "es")


@cache
def month_numbers() -> dict[str, int]:
    """Casefolded names of months, 1-12: in full in five languages, short in English alone.

    Short names of other languages are English words (`set`, `mag`).
    """
    from babel import Locale

    names = {"sept": 9}
    for language in reversed(_LANGUAGES):
        for month, name in Locale(language).months["format"]["wide"].items():
            names[name.casefold()] = month
    for month, name in Locale("en").months["format"]["abbreviated"].items():
        names[name.casefold()] = month
    return names


@cache
def month_pattern() -> str:
    """A regular expression for any of the names, the longest first, between non-letters."""
    names = "|".join(sorted(month_numbers(), key=len, reverse=True))
    return rf"(?<![^\W\d_])(?P<n>{names})(?![^\W\d_])\.?"
