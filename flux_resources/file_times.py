"""When a file was changed, as the ledger can hold it."""

import os

_FIRST, _LAST = -(2**63), 2**63 - 1  # what an integer of SQLite holds: the years 1677 to 2262


def modified_ns(stat: os.stat_result) -> int:
    """Modification time in nanoseconds since the epoch, cut to 64 bits with a sign."""
    return min(max(stat.st_mtime_ns, _FIRST), _LAST)
