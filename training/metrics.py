"""Retrieval and zero-shot figures from vectors of unit length."""

from typing import TypedDict

import torch

_CUTS = (1, 5, 10)


class Recall(TypedDict):
    """Share of queries with a right answer among the first 1, 5 and 10."""

    text_to_image: list[float]
    image_to_text: list[float]


def recall(pictures: torch.Tensor, texts: torch.Tensor) -> Recall:
    """`texts` holds the captions of the first picture, then of the second, equally many each."""
    per_picture = len(texts) // len(pictures)
    scores = pictures @ texts.T
    columns = torch.arange(len(texts))
    right = scores[columns // per_picture, columns]
    text_rank = (scores > right[None]).sum(0)
    best = torch.stack(
        [row[i * per_picture : (i + 1) * per_picture].max() for i, row in enumerate(scores)]
    )
    picture_rank = (scores > best[:, None]).sum(1)
    return Recall(
        text_to_image=[round((text_rank < cut).float().mean().item(), 4) for cut in _CUTS],
        image_to_text=[round((picture_rank < cut).float().mean().item(), 4) for cut in _CUTS],
    )


def zero_shot(pictures: torch.Tensor, labels: torch.Tensor, every: int) -> list[float]:
    """Share of pictures whose own label is first, and among the first five.

    Picture i belongs to label `i * every`; all labels compete.
    """
    first = (pictures @ labels.T).topk(5, dim=1).indices
    hits = first == torch.arange(len(pictures))[:, None] * every
    return [round(found.float().mean().item(), 4) for found in (hits[:, 0], hits.any(dim=1))]
