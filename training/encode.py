"""Whole sets to vectors of unit length, with the towers as they stand in training."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch.nn import functional

from training.towers import ImageTower, TextTower


def _chunks(items: Any, size: int) -> Iterator[Any]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


@torch.no_grad()
def features(tower: ImageTower, hidden: torch.Tensor, size: int = 64) -> torch.Tensor:
    """Cached activations `(n, 261, 384)` to pooled features `(n, 768)`, float32 on the CPU."""
    tower.eval()
    device = tower.head.weight.device
    with torch.autocast(device.type, torch.bfloat16):
        parts = [tower.pooled(part.to(device)).float().cpu() for part in _chunks(hidden, size)]
    return torch.cat(parts)


@torch.no_grad()
def pictures(tower: ImageTower, hidden: torch.Tensor) -> torch.Tensor:
    """Cached activations `(n, 261, 384)` to unit vectors `(n, 384)`."""
    head = tower.head
    pooled = features(tower, hidden).to(head.weight.device)
    return functional.normalize(head(pooled), dim=-1).cpu()


@torch.no_grad()
def texts(tower: TextTower, sentences: Sequence[str], size: int = 256) -> torch.Tensor:
    """Sentences to unit vectors `(n, 384)`."""
    tower.eval()
    device = next(tower.parameters()).device
    ids = tower.token_ids(list(sentences))
    with torch.autocast(device.type, torch.bfloat16):
        parts = [tower(part).float().cpu() for part in _chunks(ids, size)]
    return functional.normalize(torch.cat(parts), dim=-1)
