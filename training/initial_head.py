"""Where the projection starts: the ridge regression from picture features to caption vectors."""

import torch
from torch import nn

_RIDGE = 0.02


@torch.no_grad()
def fit_head(head: nn.Linear, features: torch.Tensor, targets: torch.Tensor) -> None:
    """Set `head` so that `features` `(n, w)` come near `targets` `(n, d)` in least squares.

    Training then begins inside the space of the text tower, which keeps what it knows of words
    that no caption contains.
    """
    mean, goal = features.mean(0), targets.mean(0)
    centred = features - mean
    penalty = _RIDGE * len(features) * features.var() * torch.eye(features.shape[1])
    solution = torch.linalg.solve(centred.T @ centred + penalty, centred.T @ (targets - goal))
    head.weight.copy_(solution.T)
    head.bias.copy_(goal - mean @ solution)
