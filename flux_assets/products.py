"""The day-partitioned products in the order of the graph. A new room is entered here."""

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.imaging.proxies import PROXIES
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.photo_table import Product
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_assets.vision.tags import TAGS

ENRICHMENTS: tuple[Product, ...] = (EXIF, PLACES, PROXIES, EMBEDDINGS, TAGS)
PRODUCTS: tuple[Product, ...] = (PHOTO_INDEX, *ENRICHMENTS)
