"""The two towers as they are trained: frozen lower image blocks, everything above them tuned."""

from pathlib import Path
from typing import Any

import timm
import torch
from timm.layers.drop import DropPath
from timm.models.vision_transformer import checkpoint_filter_fn
from torch import nn
from transformers import AutoTokenizer, BertModel

from flux_resources.clip.tower import TOWER, prefer_plain_attention, register_tower

FROZEN_BLOCKS = 8
PREFIX = 5  # class token and four registers
_LONGEST = 40  # word pieces of a caption
_CHUNKS = 4


class ImageTower(nn.Module):
    """DINOv2 ViT-S/14 with registers and a linear projection, split behind the frozen blocks."""

    trunk: Any

    def __init__(self, weights: Path, drop_path: float, device: str) -> None:
        super().__init__()
        register_tower()
        trunk: Any = timm.create_model(TOWER)
        state = torch.load(weights, map_location="cpu", weights_only=True)
        trunk.load_state_dict(checkpoint_filter_fn(state, trunk), strict=True)
        prefer_plain_attention(trunk)
        self.trunk = trunk
        self.head = nn.Linear(trunk.num_features, trunk.embed_dim)
        upper = trunk.blocks[FROZEN_BLOCKS:]
        for depth, block in enumerate(upper, 1):
            rate = drop_path * depth / len(upper)
            block.drop_path1 = DropPath(rate)
            block.drop_path2 = DropPath(rate)
        self.to(device)

    @property
    def upper(self) -> Any:
        return self.trunk.blocks[FROZEN_BLOCKS:]

    @torch.no_grad()
    def lower(self, pictures: torch.Tensor) -> torch.Tensor:
        """`(n, 3, 224, 224)` to `(n, 261, 384)` behind the last frozen block."""
        device = next(self.trunk.parameters()).device
        with torch.autocast(device.type, torch.bfloat16):
            hidden = self.trunk.patch_embed(pictures.to(device))
            hidden = self.trunk.norm_pre(self.trunk._pos_embed(hidden))
            for block in self.trunk.blocks[:FROZEN_BLOCKS]:
                hidden = block(hidden)
        return hidden  # type: ignore[no-any-return]

    def pooled(self, hidden: torch.Tensor) -> torch.Tensor:
        """Cached activations to `(n, 768)`: class token beside the mean of the patches."""
        for block in self.upper:
            hidden = block(hidden)
        return self.trunk.attn_pool(self.trunk.norm(hidden))  # type: ignore[no-any-return]

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        return self.head(self.pooled(hidden))  # type: ignore[no-any-return]


class TextTower(nn.Module):
    """MiniLM with mean pooling, as open_clip's text encoder computes it."""

    transformer: Any

    def __init__(self, folder: Path, device: str) -> None:
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.transformer = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="eager",  # see prefer_plain_attention
            attention_probs_dropout_prob=0.0,
        )
        self.transformer.embeddings.requires_grad_(False)  # rare words stay beside known ones
        self.to(device)

    def token_ids(self, texts: list[str]) -> list[list[int]]:
        ids: list[list[int]] = self.tokenizer(texts, truncation=True, max_length=_LONGEST).input_ids
        return ids

    def forward(self, ids: list[list[int]]) -> torch.Tensor:
        """`(n, 384)`, in chunks of like length so that little is padded."""
        order = sorted(range(len(ids)), key=lambda index: len(ids[index]))
        size = -(-len(ids) // _CHUNKS)
        parts = [
            self._mean([ids[index] for index in order[start : start + size]])
            for start in range(0, len(order), size)
        ]
        inverse = torch.empty(len(order), dtype=torch.long)
        inverse[torch.tensor(order)] = torch.arange(len(order))
        return torch.cat(parts)[inverse.to(parts[0].device)]

    def _mean(self, ids: list[list[int]]) -> torch.Tensor:
        tokens = nn.utils.rnn.pad_sequence([torch.tensor(row) for row in ids], batch_first=True)
        tokens = tokens.to(next(self.parameters()).device)
        mask = (tokens != 0).long()
        hidden = self.transformer(input_ids=tokens, attention_mask=mask).last_hidden_state.float()
        return (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)  # type: ignore[no-any-return]
