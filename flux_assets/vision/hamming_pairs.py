"""All pairs of 64-bit hashes within a Hamming distance, exactly. Pure numpy.

Multi-index hashing: two hashes that differ in at most `r` bits differ in at most `r // 5` bits of
one of five chunks of 12 or 13 bits (pigeonhole). So each chunk's buckets are compared only with
the buckets of nearly the same chunk, in dense blocks. Source: Norouzi, Punjani and Fleet, Fast
Exact Search in Hamming Space with Multi-Index Hashing, 2014. For 12 bits that leaves a fifteenth
of all pairs. Hashes that crowd into few buckets cost time, up to five times brute force, and not
memory.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import local
from typing import Any, NamedTuple

import numpy as np

Hashes = np.ndarray[Any, np.dtype[np.uint64]]
Indices = np.ndarray[Any, np.dtype[np.int32]]
Distances = np.ndarray[Any, np.dtype[np.uint8]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
_Run = tuple[int, int, int]  # a bucket, and some of its hashes from start to end

_BLOCK = 1 << 18  # comparisons at once in each thread: 2.3 MiB, which stay in its cache
_ROWS_PER_RUN, _RUNS_PER_TASK = 64, 8  # so that no crowd, however large, is one thread's answer


class _Chunk(NamedTuple):
    """Some neighbouring bits of a hash, counted from the lowest."""

    shift: int
    width: int

    @property
    def buckets(self) -> int:
        return 1 << self.width

    def of(self, hashes: Hashes) -> Hashes:
        values: Hashes = (hashes >> np.uint64(self.shift)) & np.uint64(self.buckets - 1)
        return values


_CHUNKS = (_Chunk(0, 12), _Chunk(12, 13), _Chunk(25, 13), _Chunk(38, 13), _Chunk(51, 13))
_ONE_BUCKET = (_Chunk(0, 0),)
_FEW = 1 << 30  # comparisons that brute force makes in the time it takes to go through buckets


class Pairs(NamedTuple):
    """Positions of two hashes, and how many bits differ. Three arrays of one length."""

    first: Indices
    second: Indices
    distance: Distances

    def only(self, chosen: Flags) -> "Pairs":
        """Those of the pairs where `chosen`, `(n,)`, is true."""
        return Pairs(self.first[chosen], self.second[chosen], self.distance[chosen])


NO_PAIRS = Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint8))


def pairs_within(hashes: Hashes, radius: int, *, workers: int = 1) -> Iterator[Pairs]:
    """Every pair of `hashes` that differs in at most `radius` bits, once, in blocks.

    `first` is less than `second`. The order of the blocks is the same in every run.
    """
    return _search(hashes, hashes, radius, workers)


def pairs_between(
    hashes: Hashes, others: Hashes, radius: int, *, workers: int = 1
) -> Iterator[Pairs]:
    """Every pair of one of `hashes` (`first`) and one of `others` (`second`), in blocks."""
    return _search(hashes, others, radius, workers)


def joined(blocks: Iterator[Pairs], radius: int, most: int) -> tuple[Pairs, int]:
    """All blocks in one, and the distance up to which they are complete.

    Where there are more than `most` pairs, the furthest are left out, a whole distance at a time,
    so that memory stays bounded and what remains is exact.
    """
    kept: list[Pairs] = []
    counts = np.zeros(radius + 1, np.int64)
    for block in blocks:
        kept.append(_closer(block, radius))
        counts += np.bincount(block.distance, minlength=len(counts))
        if counts[: radius + 1].sum() > most:
            radius = int((counts.cumsum() <= most).sum()) - 1
            kept = [_closer(_concatenated(kept), radius)]
    return _concatenated(kept), radius


def _closer(pairs: Pairs, radius: int) -> Pairs:
    return pairs.only(pairs.distance.astype(np.int16) <= radius)


def _concatenated(blocks: list[Pairs]) -> Pairs:
    return Pairs(*map(np.concatenate, zip(NO_PAIRS, *blocks, strict=True)))


def _search(hashes: Hashes, others: Hashes, radius: int, workers: int) -> Iterator[Pairs]:
    chunks = _ONE_BUCKET if len(hashes) * len(others) < _FEW else _CHUNKS
    with ThreadPoolExecutor(workers) as pool:
        for number, chunk in enumerate(chunks):
            rows = _Chunked.of(hashes, chunk)
            columns = rows if others is hashes else _Chunked.of(others, chunk)
            search = _ChunkSearch(rows, columns, chunks[: number + 1], radius, len(chunks))
            waiting: deque[Future[Pairs]] = deque()
            for task in rows.tasks():
                waiting.append(pool.submit(search.run, task))
                if len(waiting) > 2 * workers:  # answers that nobody took yet cost memory
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


@dataclass(frozen=True)
class _Chunked:
    """Hashes sorted by one chunk; bucket `b` holds those from `starts[b]` to `starts[b + 1]`."""

    hashes: Hashes
    positions: Indices
    starts: np.ndarray[Any, np.dtype[np.int64]]

    @classmethod
    def of(cls, hashes: Hashes, chunk: _Chunk) -> "_Chunked":
        values = chunk.of(hashes)
        order = np.argsort(values, kind="stable").astype(np.int32)
        starts = np.searchsorted(values[order], np.arange(chunk.buckets + 1))
        return cls(hashes[order], order, starts)

    def tasks(self) -> list[list[_Run]]:
        """All hashes, a few runs of one bucket each for one thread at a time."""
        runs = [
            (bucket, start, min(start + _ROWS_PER_RUN, self.starts[bucket + 1]))
            for bucket in np.flatnonzero(np.diff(self.starts)).tolist()
            for start in range(self.starts[bucket], self.starts[bucket + 1], _ROWS_PER_RUN)
        ]
        return [runs[n : n + _RUNS_PER_TASK] for n in range(0, len(runs), _RUNS_PER_TASK)]

    def slices(self, buckets: np.ndarray[Any, Any]) -> list[slice]:
        """Where those of the buckets lie that hold anything."""
        starts, ends = self.starts[buckets].tolist(), self.starts[buckets + 1].tolist()
        return [slice(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


class _ChunkSearch:
    """Pairs whose hashes nearly share one chunk, and nearly share no earlier one."""

    def __init__(
        self,
        rows: _Chunked,
        columns: _Chunked,
        chunks: Sequence[_Chunk],
        radius: int,
        parts: int,
    ) -> None:
        self._rows, self._columns = rows, columns
        *self._earlier, self._chunk = chunks
        self._radius, self._budget = radius, radius // parts
        every = np.arange(self._chunk.buckets)
        self._masks = every[np.bitwise_count(every) <= self._budget]
        self._memory = local()  # each thread uses its own again and again

    def run(self, task: list[_Run]) -> Pairs:
        """Pairs of the rows of one task."""
        return _concatenated([pairs for run in task for pairs in self._run(*run)])

    def _run(self, bucket: int, start: int, end: int) -> Iterator[Pairs]:
        near = bucket ^ self._masks
        # Among themselves, hashes of two buckets need to meet once only.
        slices = self._columns.slices(near[near >= bucket] if self._among() else near)
        if not slices:
            return
        columns = np.concatenate([self._columns.hashes[part] for part in slices])
        step = max(1, _BLOCK // len(columns))
        for first_row in range(start, end, step):
            rows = slice(first_row, min(first_row + step, end))
            bits = self._differences(self._rows.hashes[rows], columns)
            hits = np.flatnonzero(bits <= self._radius)  # in two dimensions it would be far slower
            if hits.size:
                row, column = np.divmod(hits, len(columns))
                positions = np.concatenate([self._columns.positions[part] for part in slices])
                first, second = self._rows.positions[rows][row], positions[column]
                xor = self._rows.hashes[rows][row] ^ columns[column]
                yield self._new(Pairs(first, second, bits.ravel()[hits]), xor)

    def _among(self) -> bool:
        return self._rows is self._columns

    def _differences(self, rows: Hashes, columns: Hashes) -> Distances:
        """Bits that differ, `(rows, columns)`; overwritten by the thread's next call."""
        size = len(rows) * len(columns)
        if getattr(self._memory, "size", 0) < size:
            self._memory.size = max(size, _BLOCK)
            self._memory.xor = np.empty(self._memory.size, np.uint64)
            self._memory.counts = np.empty(self._memory.size, np.uint8)
        shape = len(rows), len(columns)
        xor = np.bitwise_xor(rows[:, None], columns, out=self._memory.xor[:size].reshape(shape))
        counts: Distances = self._memory.counts[:size].reshape(shape)
        np.bitwise_count(xor, out=counts)
        return counts

    def _new(self, pairs: Pairs, xor: Hashes) -> Pairs:
        """Those that no earlier chunk has found; among themselves, each once."""
        new = np.ones(len(xor), np.bool_)
        for earlier in self._earlier:
            new &= np.bitwise_count(earlier.of(xor)) > self._budget
        if not self._among():
            return pairs.only(new)
        new &= (self._chunk.of(xor) != 0) | (pairs.first < pairs.second)
        first, second = pairs.first[new], pairs.second[new]
        return Pairs(np.minimum(first, second), np.maximum(first, second), pairs.distance[new])
