"""How coarsely JPEG rounded a picture: what its file says, whatever can still be seen of it."""

import numpy as np
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

_COARSE = 4  # of the 8 frequencies in each direction; the finer ones are rarely there at all


def quantization_step(image: Image.Image) -> float | None:
    """Mean step of the coarser half of luminance, levels of 255; None for what is no JPEG.

    1 is the finest, 8 and 16 are qualities 75 and 50 of libjpeg. The image need not be decoded.
    """
    if not isinstance(image, JpegImageFile) or not image.layer:
        return None
    _, _, _, table = image.layer[0]
    steps = np.reshape(image.quantization[table], (8, 8))
    return float(steps[:_COARSE, :_COARSE].mean())
