"""From candidates and their vectors to the 36 of a draft, in order, each with its reason."""

import hashlib
import re
import unicodedata

import polars as pl

from flux_assets.publishing.drafts.candidates import Candidates
from flux_assets.publishing.drafts.reasons import in_words
from flux_assets.publishing.drafts.request import ISSUE_FRAMES, Request, TooFew
from flux_assets.publishing.drafts.selection import choose, facets_of
from flux_assets.publishing.drafts.sequence import arrange, pair_costs, pair_likeness
from flux_resources.settings_sections import DraftSettings
from flux_resources.vectors import Vectors

_SLUG = 32


def compose_draft(
    found: Candidates, looks: Vectors, request: Request, settings: DraftSettings
) -> pl.DataFrame:
    """The 36 frames of a draft: the rows of `found` with `position` from 1 and `reason`.

    Args:
        found: rows with `theme_cosine` and `suits` as well, null without a theme; `suits` says how
            well the theme suits, in any unit.
        looks: float32 `(n, d)` of the rows, of unit length.

    Raises:
        TooFew: there are not 36 that are different enough.
    """
    require_enough(found, request)
    rows = found.rows.with_columns(relevance=_relevance(settings))
    facets = facets_of(rows, looks)
    chosen = choose(facets, settings, ISSUE_FRAMES)
    if len(chosen) < ISSUE_FRAMES:
        require_enough(
            found.without(rows[chosen], "look too much like one that was chosen"), request
        )
    order = chosen[arrange(pair_costs(facets, chosen))]
    if facets.relevance[order[-1]] > facets.relevance[order[0]]:
        order = order[::-1]  # the stronger end opens
    drafted = rows[order].drop("relevance").with_row_index("position", offset=1)
    reasons = in_words(drafted, pair_likeness(facets, order))
    return drafted.with_columns(pl.col("position").cast(pl.Int32), reason=pl.Series(reasons))


def require_enough(found: Candidates, request: Request) -> None:
    """Go on only with enough candidates for an issue.

    Raises:
        TooFew: there are fewer; the message says how many are missing, and where the others went.
    """
    missing = ISSUE_FRAMES - found.rows.height
    if missing <= 0:
        return
    beginning = f"only {found.rows.height}" if found.rows.height else "nothing"
    left_out = "; ".join(f"{count} {why}" for count, why in found.left_out)
    raise TooFew(
        f"no draft ({request}): {beginning} found for the {ISSUE_FRAMES} frames of an issue, "
        f"{missing} missing. Of the {found.asked} photographs asked about, "
        f"{left_out or 'none was left out'}"
    )


def draft_id(request: Request, photo_ids: list[str]) -> str:
    """A name for files: what was asked, and a digest of that and of the frames in their order.

    >>> draft_id(Request("Umbrellas in fog"), ["a"])
    'umbrellas-in-fog-9e77180a'
    """
    told = request.theme or str(request).removeprefix("the whole ")
    plain = unicodedata.normalize("NFKD", told).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG].strip("-") or "theme"
    digest = hashlib.sha256("\n".join([str(request), *photo_ids]).encode()).hexdigest()
    return f"{slug}-{digest[:8]}"


def _relevance(settings: DraftSettings) -> pl.Expr:
    """0-1: merit, and with a theme how well it suits, from the least to the best candidate."""
    merit, suits, share = pl.col("merit"), pl.col("suits"), settings.theme
    span = suits.max() - suits.min()
    scaled = pl.when(span > 0).then((suits - suits.min()) / span).otherwise(1.0)
    return pl.when(suits.is_null()).then(merit).otherwise(share * scaled + (1 - share) * merit)
