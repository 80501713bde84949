"""FLUX and exiftool on all shared files."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.exif_agreement import FIELDS, RULES, compare


def test_flux_agrees_with_exiftool(real_photographs: Path, tmp_path: Path) -> None:
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed (Debian: libimage-exiftool-perl)")
    files = sorted(file for file in real_photographs.rglob("*") if file.is_file())

    comparisons = compare(files, tmp_path)

    counted = [comparison for comparison in comparisons if not comparison.aside]
    compared = Counter(comparison.field for comparison in counted)
    same = Counter(comparison.field for comparison in counted if comparison.same)
    assert all(same[field] / compared[field] >= 0.99 for field in FIELDS)
    assert min(compared.values()) > 20
    assert len(comparisons) - len(counted) <= 2
    assert all(comparison.rule in RULES for comparison in comparisons if not comparison.same)
