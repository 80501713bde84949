"""Write what became of the chosen shots, and the impostors, into the keeper tree.

The folder has the layout of a data root and holds the inbox; paths in the truth are relative to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import numpy as np

from flux_assets.demo.keepers import (
    IN_TURN,
    KeeperKind,
    KeeperPlan,
    keeper_name,
    write_keeper,
)
from flux_assets.demo.plan import Shot
from flux_assets.demo.staging import THREADS, canonical_of, inbox_file
from flux_assets.demo.truth import KeeperTruth

KEEPERS = "FLUX_ARCHIVE/KEEPERS"
DRIFTED_DAY = "2022-02-12"
IMPOSTORS = 4


def stage_keepers(staging: Path, shots: Sequence[Shot], seed: int) -> list[KeeperTruth]:
    """Write a keeper for each chosen shot, and the impostors; one truth row per keeper."""
    seeds = np.random.default_rng((seed, 1)).integers(2**31, size=len(shots)).tolist()
    plans, rows = [], []
    for n, (shot, kind) in enumerate(_kinds(shots)):
        original, target = inbox_file(shot), _keeper_file(shot, kind, n + 1)
        plans.append(KeeperPlan(staging / original, staging / target, kind, seeds[n]))
        rows.append(KeeperTruth(target, kind.value, original, canonical_of(shot)))
    for n, (shot, *others) in enumerate(_impostors(shots)):
        time_of, target = inbox_file(shot), _keeper_file(shot, KeeperKind.IMPOSTOR, n + 1)
        first, second = (staging / inbox_file(other) for other in others)
        plans.append(
            KeeperPlan(
                *(staging / time_of, staging / target, KeeperKind.IMPOSTOR, n),
                exposed_twice=(first, second),
            )
        )
        rows.append(KeeperTruth(target, KeeperKind.IMPOSTOR.value, None, None, time_of))
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write_keeper, plans))
    return rows


def _kinds(shots: Sequence[Shot]) -> list[tuple[Shot, KeeperKind]]:
    """What becomes of each chosen shot.

    The keepers of one day are all an hour off; every fifth whose number the counter gave out in
    another year, too, bears that number alone; with the others the kinds take turns.
    """
    counted = Counter(shot.file_number for shot in shots)
    chosen = [shot for shot in shots if shot.keeper]
    drifted = [shot for shot in chosen if f"{shot.captured_at:%Y-%m-%d}" == DRIFTED_DAY]
    others = [shot for shot in chosen if shot not in drifted]
    wrapped = [shot for shot in others if counted[shot.file_number] > 1][::5]
    turns = (shot for shot in others if shot not in wrapped)
    return [
        *((shot, KeeperKind.SESSION_DRIFTED) for shot in drifted),
        *((shot, KeeperKind.WRAPPED) for shot in wrapped),
        *zip(turns, cycle(IN_TURN), strict=False),
    ]


def _impostors(shots: Sequence[Shot]) -> list[tuple[Shot, Shot, Shot]]:
    """Shots that were not kept, and two of other sessions each that are exposed on one frame."""
    rest = [shot for shot in shots if not shot.keeper and shot.burst is None]
    step = len(rest) // (IMPOSTORS + 2)
    spread = rest[:: step or 1]
    return [(spread[n], spread[n + 1], spread[n + 2]) for n in range(len(spread) - 2)][:IMPOSTORS]


def _keeper_file(shot: Shot, kind: KeeperKind, number: int) -> str:
    return f"{KEEPERS}/{shot.captured_at:%Y}/{keeper_name(kind, canonical_of(shot), number)}"
