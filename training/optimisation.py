"""Learning rates by depth, a cosine schedule, and the running average that is shipped."""

import math
from dataclasses import dataclass

import torch
from torch import nn

from training.towers import ImageTower, TextTower


@dataclass(frozen=True)
class Rates:
    """Peak learning rates; each block below the top one learns `decay` times as fast."""

    head: float = 3e-4
    image: float = 1e-4
    text: float = 1e-4
    scale: float = 1e-2
    decay: float = 0.8
    weight_decay: float = 0.05


def optimizer(
    image: ImageTower, text: TextTower, scale: nn.Parameter, rates: Rates
) -> torch.optim.AdamW:
    """AdamW over what is tuned; vectors (biases, norms, layer scales) do not decay."""
    layers: list[tuple[nn.Module, float]] = [
        (image.head, rates.head),
        (image.trunk.norm, rates.image),
    ]
    for blocks, rate in ((image.upper, rates.image), (text.transformer.encoder.layer, rates.text)):
        top = len(blocks) - 1
        layers += [(block, rate * rates.decay ** (top - i)) for i, block in enumerate(blocks)]
    groups = [{"params": [scale], "peak": rates.scale, "weight_decay": 0.0}]
    for module, peak in layers:
        matrices = [p for p in module.parameters() if p.ndim > 1]
        vectors = [p for p in module.parameters() if p.ndim < 2]
        if matrices:
            decay = rates.weight_decay
            groups.append({"params": matrices, "peak": peak, "weight_decay": decay})
        groups.append({"params": vectors, "peak": peak, "weight_decay": 0.0})
    return torch.optim.AdamW(groups, lr=rates.head, betas=(0.9, 0.98), eps=1e-6)


def set_rates(optimizer: torch.optim.Optimizer, step: int, total: int, warmup: int = 20) -> None:
    """Linear warm-up, then half a cosine to zero."""
    factor = min(1.0, (step + 1) / warmup) * 0.5 * (1 + math.cos(math.pi * step / total))
    for group in optimizer.param_groups:
        group["lr"] = group["peak"] * factor


class Average:
    """An exponential moving average of parameters, short while there is little to average."""

    def __init__(self, parameters: list[nn.Parameter], decay: float) -> None:
        self._parameters = parameters
        self._decay = decay
        self._steps = 0
        self._values = [p.detach().clone() for p in parameters]

    @torch.no_grad()
    def update(self) -> None:
        self._steps += 1
        decay = min(self._decay, self._steps / (self._steps + 10))
        torch._foreach_lerp_(self._values, [p.detach() for p in self._parameters], 1 - decay)

    @torch.no_grad()
    def exchange(self) -> None:
        """Swap the average with the live weights; a second call swaps back."""
        for parameter, value in zip(self._parameters, self._values, strict=True):
            live = parameter.detach().clone()
            parameter.copy_(value)
            value.copy_(live)
