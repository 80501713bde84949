"""What is computed from what, for commands that start no Dagster; a test holds it to the graph."""

from functools import cache

from flux_assets.products import PRODUCTS

UPSTREAM: dict[str, tuple[str, ...]] = {
    "photo_index": (),
    "keeper_index": (),
    "keeper_matches": ("keeper_index", "photo_index"),
    "exif": ("photo_index",),
    "places": ("exif",),
    "capture_times": ("photo_index", "exif", "places"),
    "estimated_places": ("capture_times", "places"),
    "weather": ("capture_times", "places", "estimated_places"),
    "proxies": ("photo_index",),
    "perceptual_hashes": ("proxies",),
    "quality": ("proxies", "exif"),
    "embeddings": ("proxies",),
    "tags": ("embeddings",),
    "bursts": (
        *("keeper_matches", "exif", "capture_times", "places"),
        *("perceptual_hashes", "quality", "embeddings"),
    ),
    "duplicates": ("bursts",),
    "keeper_verification": ("keeper_matches", "proxies", "perceptual_hashes", "embeddings"),
    "keeper_labels": ("capture_times", "embeddings", "keeper_verification"),
    "training_set": ("keeper_labels", "bursts", "duplicates"),
    "keeper_model": ("training_set", "proxies", "quality", "exif", "embeddings"),
    "keeper_scores": ("keeper_labels", "keeper_model", "bursts"),
    "vector_index": ("embeddings", "tags"),
    "issues": ("issue_manifests", "issue_pdfs"),
    "photos": (
        *("exif", "places", "capture_times", "estimated_places", "weather"),
        *("tags", "bursts", "duplicates", "keeper_labels", "keeper_scores"),
        *("issue_manifests", "catalog_entries"),
    ),
    "flux_db": ("photos",),
}
_OF_DAYS = tuple(product.name for product in PRODUCTS)
OF_ARCHIVE = tuple(name for name in UPSTREAM if name not in _OF_DAYS)
_LAST = ("photos", "coverage")


@cache
def ancestors(product: str) -> frozenset[str]:
    """All that a product is computed from, however far off."""
    direct = UPSTREAM.get(product, ())
    return frozenset(direct).union(*map(ancestors, direct))


@cache
def dependants(product: str) -> tuple[str, ...]:
    """All that is computed from a product, in the order of the graph."""
    return tuple(name for name in UPSTREAM if product in ancestors(name))


def command_for(product: str, days: list[str], incomplete: set[str]) -> str:
    """The command that closes a gap of `product` on `days` (none: the whole archive).

    It takes along what the product needs and what is `incomplete` itself, the products of days
    that are computed from it, and what is published. What is up to date is not computed again.
    """
    taken = (ancestors(product) & incomplete) | {product}
    after = set().union(*map(dependants, taken)).intersection(_OF_DAYS)
    chosen = [name for name in UPSTREAM if name in taken | after and name not in _LAST]
    select = f" --select {','.join([*chosen, *_LAST])}" if "photo_index" not in taken else ""
    span = f" --days {'..'.join(sorted({days[0], days[-1]}))}" if days else ""
    return f"flux materialize{select}{span}"
