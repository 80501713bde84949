"""Errors of the image-text models, in a module that imports nothing heavy."""

from flux_resources.errors import FluxError


class ModelUnavailable(FluxError):
    """The weights of a model are missing, damaged or not to be had; the message says what to do.

    Raised instead of falling back: vectors of another model, or of random weights, look like any
    others, and nobody would notice.
    """
