"""Model names: the one in the settings, the one in tables, and where the weights come from."""

import re
from dataclasses import dataclass

BUNDLED = "mini"


@dataclass(frozen=True)
class Pretrained:
    """One open_clip weight tag and the model hub repository behind it."""

    tag: str
    repository: str
    file: str = "open_clip_model.safetensors"
    older_file: str = "open_clip_pytorch_model.bin"

    @property
    def url(self) -> str:
        return f"https://huggingface.co/{self.repository}/resolve/main/{self.file}"


# LAION-2B weights rather than OpenAI's: MIT licence, documented training data, better caption
# retrieval at the same size, and they use the plain GELU that these architecture names build.
PRETRAINED = {
    "ViT-B-32": Pretrained("laion2b_s34b_b79k", "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"),
    "ViT-L-14": Pretrained("laion2b_s32b_b82k", "laion/CLIP-ViT-L-14-laion2B-s32B-b82K"),
}


def table_name(name: str) -> str:
    """The name of a model in tables and vector stores.

    >>> [table_name(name) for name in ("mini", "ViT-L-14", "EVA02-B-16")]
    ['mini', 'clip-vit-l-14', 'eva02-b-16']
    """
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"clip-{slug}" if name in PRETRAINED else slug
