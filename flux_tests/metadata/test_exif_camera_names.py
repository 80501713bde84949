"""Makers and models as people say them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flux_assets.metadata.camera_names import people_say


@pytest.mark.parametrize(
    ("make", "model", "people"),
    [
        ("RICOH IMAGING COMPANY, LTD.", "RICOH GR IIIx", ("RICOH", "GR IIIx")),
        ("RICOH IMAGING COMPANY, LTD.  ", "RICOH GR III", ("RICOH", "GR III")),
        ("RICOH IMAGING COMPANY, LTD.", "PENTAX K-3 II", ("RICOH", "PENTAX K-3 II")),
        ("PENTAX RICOH IMAGING", "GR", ("RICOH", "GR")),
        ("RICOH", "GR Digital", ("RICOH", "GR Digital")),
        ("PENTAX Corporation", "PENTAX K10D", ("PENTAX", "K10D")),
        ("NIKON CORPORATION", "NIKON D70", ("Nikon", "D70")),
        ("NIKON CORPORATION", "NIKON Z 8", ("Nikon", "Z 8")),
        ("Canon", "Canon EOS 5D Mark II", ("Canon", "EOS 5D Mark II")),
        ("OLYMPUS IMAGING CORP.", "E-P3", ("Olympus", "E-P3")),
        ("OM Digital Solutions", "OM-1", ("OM SYSTEM", "OM-1")),
        ("EASTMAN KODAK COMPANY", "KODAK DX4900 ZOOM", ("Kodak", "DX4900 ZOOM")),
        ("Hewlett-Packard", "HP PhotoSmart 318", ("HP", "PhotoSmart 318")),
        ("KONICA MINOLTA", "DiMAGE A2", ("Konica Minolta", "DiMAGE A2")),
        ("CASIO COMPUTER CO.,LTD.", "EX-Z70", ("Casio", "EX-Z70")),
        ("LEICA CAMERA AG", "LEICA Q2", ("Leica", "Q2")),
        ("samsung", "SM-G930P", ("Samsung", "SM-G930P")),
        ("SONY", "ILCE-7M3", ("Sony", "ILCE-7M3")),
        ("Acme Optical Co., Ltd.", "Acme One", ("Acme Optical", "One")),
        ("Canon", "Canon", ("Canon", "Canon")),
        (None, "NIKON  D70", (None, "NIKON D70")),
        ("Apple", None, ("Apple", None)),
    ],
)
def test_the_brand_comes_first_and_once(
    make: str | None, model: str | None, people: tuple[str | None, str | None]
) -> None:
    assert people_say(make, model) == people


_names = st.text(min_size=1).filter(lambda name: name.strip())


@given(_names, _names)
def test_whatever_a_camera_writes_it_keeps_a_name(make: str, model: str) -> None:
    assert all(people_say(make, model))
