"""What colours a file's numbers mean, and the same colours in sRGB.

Pure functions on Pillow images.
"""

import io
import struct
from contextlib import suppress

import numpy as np
from PIL import Image, ImageCms

Profile = ImageCms.ImageCmsProfile
_EXIF_IFD, _COLOR_SPACE, _INTEROP_IFD, _INTEROP_INDEX = 0x8769, 0xA001, 0xA005, 1
_P3_PRIMARIES = 12  # ITU-T H.273
# Primaries as CIE XYZ under D50, in the order of the columns (red, green, blue).
_ADOBE_RGB = (
    (0.60974, 0.31111, 0.01947),
    (0.20528, 0.62567, 0.06087),
    (0.14919, 0.06322, 0.74457),
)
_SRGB = (
    (0.43607, 0.22249, 0.01392),
    (0.38515, 0.71689, 0.09708),
    (0.14307, 0.06061, 0.71410),
)
_DISPLAY_P3 = (
    (0.51512, 0.24120, -0.00105),
    (0.29198, 0.69225, 0.04189),
    (0.15710, 0.06657, 0.78407),
)


def profile_of(image: Image.Image) -> Profile | None:
    """The colour profile of an opened image; None means sRGB.

    An embedded profile comes first; without one the primaries of an HEIC file count, and what
    EXIF says: cameras write Adobe RGB as interoperability index `R03`. A broken profile is none.
    """
    if image.mode == "LAB":
        return Profile(ImageCms.createProfile("LAB"))
    with suppress(ImageCms.PyCMSError, OSError, ValueError):
        if embedded := image.info.get("icc_profile"):
            profile = Profile(io.BytesIO(embedded))
            return None if _is_srgb(profile) else profile
    if image.mode == "RGB" and _primaries(image) == _P3_PRIMARIES:
        return rgb_profile(_DISPLAY_P3)
    if image.mode == "RGB" and _is_adobe_rgb(image):
        return adobe_rgb()
    return None


def to_srgb(image: Image.Image, profile: Profile | None) -> Image.Image:
    """An 8-bit RGB image in sRGB; a profile of another kind of pixels counts as none."""
    if profile is not None:
        srgb = ImageCms.createProfile("sRGB")
        with suppress(ImageCms.PyCMSError):
            converted = ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB")
            if converted is not None:
                return converted
    return image.convert("RGB")


def adobe_rgb() -> Profile:
    """Adobe RGB (1998)."""
    return rgb_profile(_ADOBE_RGB, gamma=563 / 256)


def rgb_profile(
    primaries: tuple[tuple[float, float, float], ...], gamma: float | None = None
) -> Profile:
    """A profile with these primaries (D50 XYZ) and, unless a `gamma` is given, sRGB's tone curve.

    Made from the sRGB profile of LittleCMS by writing other numbers into its tags, which hold
    them in units of 1/65536 (ICC.1:2010, 10.15 and 10.31).
    """
    content = bytearray(Profile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", content, 128)
    tags = dict(struct.unpack_from(">4sI", content, 132 + 12 * n) for n in range(count))
    for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True):
        struct.pack_into(">3i", content, tags[name] + 8, *(round(v * 65536) for v in column))
    if gamma is not None:  # of the curve (a x + b)^gamma for x >= d, else c x
        curve = (gamma, 1.0, 0.0, 1.0, 0.0)
        struct.pack_into(">5i", content, tags[b"rTRC"] + 12, *(round(v * 65536) for v in curve))
    return Profile(io.BytesIO(bytes(content)))


def _is_srgb(profile: Profile) -> bool:
    """Whether a profile is sRGB by name and by numbers, so that converting would change nothing."""
    if not ImageCms.getProfileDescription(profile).startswith("sRGB"):
        return False
    core = profile.profile
    colorants = (core.red_colorant, core.green_colorant, core.blue_colorant)
    found = [colorant[0] for colorant in colorants if colorant is not None]
    return len(found) == len(_SRGB) and np.allclose(found, _SRGB, atol=0.002)


def _primaries(image: Image.Image) -> int | None:
    """The colour primaries of an HEIC file, by their number in ITU-T H.273."""
    nclx = image.info.get("nclx_profile")
    return nclx.get("color_primaries") if isinstance(nclx, dict) else None


def _is_adobe_rgb(image: Image.Image) -> bool:
    with suppress(Exception):  # EXIF that cannot be read says nothing
        exif = image.getexif()
        interop = exif.get_ifd(_INTEROP_IFD).get(_INTEROP_INDEX)
        space = exif.get_ifd(_EXIF_IFD).get(_COLOR_SPACE)
        return str(interop).startswith("R03") or space == 2  # 2: written by some, in no standard
    return False
