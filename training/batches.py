"""Random batches of cached pictures and tokenized texts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from training.sources import Captioned
from training.towers import PREFIX, TextTower


@dataclass(frozen=True)
class Pool:
    """A training set: one activation tensor per view, and the token ids of every caption."""

    views: list[torch.Tensor]
    captions: list[list[list[int]]]

    def __len__(self) -> int:
        return len(self.captions)


@dataclass(frozen=True)
class Batch:
    """`hidden` `(n, tokens, 384)`, `texts` m rows of ids, `owner` `(m,)` the picture of each."""

    hidden: torch.Tensor
    texts: list[list[int]]
    owner: torch.Tensor


def pool(views: list[torch.Tensor], items: list[Captioned], text: TextTower) -> Pool:
    return Pool(views, [text.token_ids(list(item.captions)) for item in items])


class Batches:
    """Every main picture once an epoch, and in each batch a few drawn from the extra pool."""

    def __init__(
        self, main: Pool, extra: Pool | None, size: int, texts: int, keep: float, seed: int
    ) -> None:
        self.main, self.extra = main, extra
        self.size, self.texts, self.keep = size, texts, keep
        self._random = np.random.default_rng(seed)

    def __len__(self) -> int:
        return len(self.main) // self.size

    def epoch(self) -> Iterator[Batch]:
        order = self._random.permutation(len(self.main))
        for start in range(0, len(self) * self.size, self.size):
            parts = [(self.main, np.sort(order[start : start + self.size]), self.texts)]
            if self.extra is not None:
                count = min(self.size // 6, len(self.extra))
                rows = np.sort(self._random.choice(len(self.extra), count, replace=False))
                parts.append((self.extra, rows, 1))
            yield self._batch(parts)

    def _batch(self, parts: "list[tuple[Pool, np.ndarray, int]]") -> Batch:
        hidden: list[torch.Tensor] = []
        texts: list[list[int]] = []
        owner: list[int] = []
        for source, rows, count in parts:
            for row in rows:
                view = self._random.integers(len(source.views))
                for caption in self._random.permutation(len(source.captions[row]))[:count]:
                    texts.append(source.captions[row][caption])
                    owner.append(len(hidden))
                hidden.append(source.views[view][row])
        return Batch(self._fewer_patches(torch.stack(hidden)), texts, torch.tensor(owner))

    def _fewer_patches(self, hidden: torch.Tensor) -> torch.Tensor:
        """A random share of the patches of each picture: it regularises, and costs less."""
        if self.keep >= 1:
            return hidden
        patches = hidden.shape[1] - PREFIX
        generator = torch.Generator().manual_seed(int(self._random.integers(2**31)))
        chance = torch.rand(len(hidden), patches, generator=generator)
        kept = chance.argsort(dim=1)[:, : int(patches * self.keep)] + PREFIX
        prefix = torch.arange(PREFIX).expand(len(hidden), PREFIX)
        index = torch.cat([prefix, kept.sort(dim=1).values], dim=1)
        return hidden.gather(1, index[..., None].expand(-1, -1, hidden.shape[2]))
