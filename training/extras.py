"""Pictures beside Flickr8k that widen the vocabulary: class samples, and effects with a name."""

from random import Random

from training.sources import Captioned

CLASS_TEXTS = (
    "a photo of a {}",
    "a {}",
    "{}",
    "a close-up photo of a {}",
    "a picture of the {}",
    "a photograph of one {}",
)
EFFECT_TEXTS = {
    "monochrome": (
        "a black and white photograph",
        "black and white",
        "a monochrome photo",
        "a black and white photo : {}",
        "a high contrast black and white picture of {}",
    ),
    "haze": ("fog", "a foggy day", "mist and fog", "a photo in thick fog", "{} in the fog"),
    "blur": ("a blurry photo", "blurred , out of focus", "an out of focus photo of {}"),
    "dark": ("a very dark photo", "dark", "darkness", "a dark , underexposed photo of {}"),
}


def class_texts(samples: list[Captioned]) -> list[Captioned]:
    """Each class name in every phrasing."""
    return [
        Captioned(item.path, tuple(text.format(item.captions[0]) for text in CLASS_TEXTS))
        for item in samples
    ]


def with_effects(photographs: list[Captioned], count: int, seed: int) -> list[Captioned]:
    """`count` photographs of each effect, described by the effect with or without the content."""
    random = Random(seed)
    chosen = []
    for effect, texts in EFFECT_TEXTS.items():
        for item in random.sample(photographs, count):
            content = random.choice(item.captions).rstrip(" .").lower()
            captions = tuple(text.format(content) for text in texts)
            chosen.append(Captioned(item.path, captions, effect))
    return chosen
