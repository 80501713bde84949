"""The day-partitioned products in the order of the graph. A new room is entered here."""

from flux_assets.corpus.photo_index import PHOTO_INDEX
from flux_assets.imaging.perceptual_hashes import PERCEPTUAL_HASHES
from flux_assets.imaging.proxies import PROXIES
from flux_assets.imaging.quality import QUALITY
from flux_assets.keepers.taste.keeper_labels import KEEPER_LABELS
from flux_assets.keepers.taste.keeper_scores import KEEPER_SCORES
from flux_assets.metadata.capture_times import CAPTURE_TIMES
from flux_assets.metadata.estimated_places import ESTIMATED_PLACES
from flux_assets.metadata.exif import EXIF
from flux_assets.metadata.places import PLACES
from flux_assets.metadata.weather import WEATHER
from flux_assets.photo_table import Product
from flux_assets.vision.bursts import BURSTS
from flux_assets.vision.embeddings import EMBEDDINGS
from flux_assets.vision.tags import TAGS

ENRICHMENTS: tuple[Product, ...] = (
    *(EXIF, PLACES, CAPTURE_TIMES, ESTIMATED_PLACES, WEATHER),
    *(PROXIES, PERCEPTUAL_HASHES, QUALITY),
    *(EMBEDDINGS, TAGS, BURSTS),
    *(KEEPER_LABELS, KEEPER_SCORES),
)
PRODUCTS: tuple[Product, ...] = (PHOTO_INDEX, *ENRICHMENTS)
