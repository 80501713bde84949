"""Train the bundled image-text model, from sources to the shipped folder.

    python -m training.train_mini --wheels DIR --images DIR --captions DIR \
        --class-samples DIR --work DIR --out flux_resources/clip/models/mini

It trains on the training split and prints figures of the dev split as it goes, which is how the
values below were chosen; dev stays out of training because the tag threshold is set on it too.
The test split is looked at once, and only with `--out`, which also writes the model. Every
figure goes to `--log` as a line of JSON.
"""

import argparse
import json
import math
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from training import encode
from training.activations import cached
from training.batches import Batch, Batches, pool
from training.extras import class_texts, with_effects
from training.initial_head import fit_head
from training.memory import keep_freed_memory
from training.metrics import recall, zero_shot
from training.objective import contrastive_loss
from training.optimisation import Average, Rates, optimizer, set_rates
from training.pack_mini import round_to_packed, ship, state
from training.phrases import with_phrase
from training.sources import (
    Captioned,
    content_digest,
    read_class_samples,
    read_flickr8k,
    unpack_wheels,
)
from training.towers import ImageTower, TextTower

_FIRST_TEMPERATURE = 0.05
_HIGHEST_SCALE = 100.0
IMAGES_SHA256 = "4c0c4a32c576cab57dbacc0fec8632a98af125cbff3c452dd439ad4c97badd58"
SAMPLES_SHA256 = "3a90ed113176aade240a342f4036fe2460d95b54c8a0e99fbb1136186f91915b"
_EFFECT_PICTURES = 200
_UNSEEN = 10


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    for name in ("wheels", "images", "captions", "class-samples", "work"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="write the model here, and report the test split")
    parser.add_argument("--log", type=Path, help="append the figures, one JSON object a line")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--texts", type=int, default=2, help="captions per picture and step")
    parser.add_argument("--keep", type=float, default=0.4, help="share of patches in training")
    parser.add_argument("--views", type=int, default=1, help="random views of each photograph")
    parser.add_argument("--drop-path", type=float, default=0.1)
    parser.add_argument("--average", type=float, default=0.99)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


class Trainer:
    """Towers, data and optimiser of one run."""

    def __init__(self, options: argparse.Namespace) -> None:
        torch.manual_seed(options.seed)
        self.options, self.started = options, time.monotonic()
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        dinov2, self.minilm = unpack_wheels(options.wheels, options.work)
        self.image = ImageTower(dinov2, options.drop_path, self.device)
        self.text = TextTower(self.minilm, self.device)
        self.scale = nn.Parameter(torch.tensor(math.log(1 / _FIRST_TEMPERATURE)))
        self._read()

    def _read(self) -> None:
        verify(self.options)
        data = read_flickr8k(self.options.images, self.options.captions)
        samples = read_class_samples(self.options.class_samples)
        # A tenth of the classes is never shown: do words that training lacks still work?
        self.unseen = samples[::_UNSEEN]
        self.class_names = [sample.captions[0] for sample in samples]
        seen = [sample for number, sample in enumerate(samples) if number % _UNSEEN]
        extra = class_texts(seen) + with_effects(data.train, _EFFECT_PICTURES, seed=1)
        self.train_items, self.dev, self.test = data.train, data.dev, data.test
        names = ["whole", "random", *(f"random{n}" for n in range(2, self.options.views + 1))]
        views = [self._cached(data.train, name, "train") for name in names]
        self.main = pool(views, with_phrase(data.train, seed=2), self.text)
        self.extra = pool([self._cached(extra, "whole", "extra")], extra, self.text)

    def _cached(self, items: list[Captioned], view: str, name: str) -> torch.Tensor:
        return cached(items, view, self.image, self.options.work, name)

    def log(self, **figures: Any) -> None:
        line = json.dumps({"seconds": round(time.monotonic() - self.started), **figures})
        print(line, flush=True)
        if self.options.log:
            with self.options.log.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    def evaluate(self, stage: str) -> None:
        """Figures of the dev split, and of the unseen classes among all thousand."""
        hidden = self._cached(self.unseen, "whole", "unseen")
        names = encode.texts(self.text, [f"a photo of a {name}" for name in self.class_names])
        unseen = zero_shot(encode.pictures(self.image, hidden), names, _UNSEEN)
        self.log(stage=stage, **self._recall(self.dev, "dev"), unseen_classes=unseen)

    def report(self) -> None:
        self.log(stage="test split", **self._recall(self.test, "test"))

    def _recall(self, items: list[Captioned], name: str) -> dict[str, Any]:
        hidden = self._cached(items, "whole", name)
        sentences = [text for item in items for text in item.captions]
        return dict(recall(encode.pictures(self.image, hidden), encode.texts(self.text, sentences)))

    def start_head(self) -> None:
        sentences = [text for item in self.train_items for text in item.captions]
        targets = encode.texts(self.text, sentences).view(len(self.train_items), -1, 384).mean(1)
        head = self.image.head.cpu()
        fit_head(head, encode.features(self.image, self.main.views[0]), targets)
        self.image.head.to(self.device)

    def train(self) -> None:
        options = self.options
        self.start_head()
        adam = optimizer(self.image, self.text, self.scale, Rates())
        parameters = [p for group in adam.param_groups for p in group["params"]]
        average = Average(parameters, options.average)
        batches = Batches(
            self.main, self.extra, options.batch, options.texts, options.keep, options.seed
        )
        total, step = len(batches) * options.epochs, 0
        for epoch in range(1, options.epochs + 1):
            losses = []
            for batch in batches.epoch():
                set_rates(adam, step, total)
                loss = self.loss(batch)
                adam.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                nn.utils.clip_grad_norm_(parameters, 1.0)
                adam.step()
                average.update()
                losses.append(loss.item())
                step += 1
            self.log(epoch=epoch, loss=round(sum(losses) / len(losses), 4))
            if epoch % 4 == 0:
                self.evaluate(f"epoch {epoch}")
        average.exchange()

    def loss(self, batch: Batch) -> torch.Tensor:
        self.image.train()
        self.text.train()
        with torch.autocast(self.device, torch.bfloat16):
            pictures = functional.normalize(self.image(batch.hidden.to(self.device)).float(), dim=1)
            texts = functional.normalize(self.text(batch.texts).float(), dim=1)
        scale = self.scale.to(self.device).exp().clamp(max=_HIGHEST_SCALE)
        return contrastive_loss(pictures, texts, batch.owner.to(self.device), scale)


def verify(options: argparse.Namespace) -> None:
    """Raises ValueError where the pictures are not those that the log speaks of."""
    for folder, pattern, expected in (
        (options.images, "*.jpg", IMAGES_SHA256),
        (options.class_samples, "n*_*.JPEG", SAMPLES_SHA256),
    ):
        found = content_digest(folder.glob(pattern))
        if found != expected:
            raise ValueError(f"{folder}/{pattern} has digest {found}, expected {expected}")


def main() -> None:
    options = arguments()
    keep_freed_memory()
    options.work.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(options)
    settings = {
        key: str(value) for key, value in vars(options).items() if not isinstance(value, Path)
    }
    trainer.log(device=trainer.device, **settings)
    trainer.train()
    trainer.evaluate("average, float32")
    round_to_packed(trainer.image, trainer.text, trainer.scale)
    trainer.evaluate("average, int8")
    if options.out:
        trainer.report()
        weights = state(trainer.image, trainer.text, trainer.scale)
        path = ship(weights, trainer.minilm / "tokenizer.json", options.out)
        trainer.log(stage="shipped", bytes=path.stat().st_size)


if __name__ == "__main__":
    main()
