"""The contrastive loss, with several captions per picture."""

import torch
from torch.nn import functional


def contrastive_loss(
    pictures: torch.Tensor, texts: torch.Tensor, owner: torch.Tensor, scale: torch.Tensor
) -> torch.Tensor:
    """Both directions of InfoNCE over one batch.

    `pictures` `(n, d)` and `texts` `(m, d)` are of unit length, `owner` `(m,)` is the picture
    that a text describes. A picture with several texts shares its probability evenly among them.
    """
    logits = scale * pictures @ texts.T
    positive = (owner[None] == torch.arange(len(pictures), device=owner.device)[:, None]).float()
    from_picture = -(positive * logits.log_softmax(dim=1)).sum(1) / positive.sum(1)
    from_text = functional.cross_entropy(logits.T, owner)
    return (from_picture.mean() + from_text) / 2
