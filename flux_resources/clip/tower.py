"""The bundled model's image tower, as timm knows it.

timm builds DINOv2 at 518 pixels with the class token as its output. Search wants 224 pixels, a
fifth of the work, and the mean of the patches beside the class token: what fills the frame is in
the former, what the frame is about in the latter.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

TOWER = "flux_dinov2_small_224"
IMAGE_SIZE = 224
_BASE = "vit_small_patch14_reg4_dinov2"


def register_tower() -> None:
    """Make `TOWER` a name that `timm.create_model` builds. May be called again."""
    import timm

    if timm.is_model(TOWER):
        return

    def build(pretrained: bool = False, **options: Any) -> Any:
        del pretrained  # open_clip passes it; the weights come from the packed file
        options.pop("num_classes", None)
        return _build(**options)

    build.__name__ = TOWER
    build.__module__ = __name__
    timm.models.register_model(build)


def _build(**options: Any) -> Any:
    import timm
    import torch

    class ClassAndPatches(torch.nn.Module):
        """`(n, tokens, width)` to `(n, 2 * width)`: class token, then the mean of the patches."""

        def __init__(self, prefix: int) -> None:
            super().__init__()
            self.prefix = prefix

        def forward(self, tokens: "torch.Tensor") -> "torch.Tensor":
            patches = tokens[:, self.prefix :].mean(dim=1)
            return torch.cat([tokens[:, 0], patches], dim=-1)

    options.pop("global_pool", None)
    tower: Any = timm.create_model(
        _BASE, pretrained=False, img_size=IMAGE_SIZE, num_classes=0, global_pool="map", **options
    )
    tower.attn_pool = ClassAndPatches(tower.num_prefix_tokens)
    tower.pool_include_prefix = True
    tower.num_features = tower.head_hidden_size = 2 * tower.embed_dim
    return tower


def prefer_plain_attention(tower: Any) -> None:
    """On a CPU, matrix products beat the fused attention kernel twofold at this size."""
    for block in tower.blocks:
        block.attn.fused_attn = False
