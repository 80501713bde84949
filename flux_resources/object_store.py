"""The object store: a bucket of any store that speaks S3.

Credentials come from the environment alone (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, perhaps
`AWS_SESSION_TOKEN`) and are read there by obstore: no variable, message or file of FLUX holds them.
"""

import os
from datetime import timedelta
from typing import TYPE_CHECKING

from flux_resources.errors import FluxError
from flux_resources.settings_sections import ObjectStoreSettings

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

_NEEDED = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_SECRET = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID")


class ObjectStoreError(FluxError):
    """The object store cannot be used; the message says what to do."""


def open_store(settings: ObjectStoreSettings) -> "S3Store":
    """The bucket of the settings, seen from its prefix. Nothing is asked of it yet.

    A request that fails is tried again, twice; who calls tries whole steps again.

    Raises:
        ObjectStoreError: something is missing: the URL, the credentials, or the library.
    """
    if settings.url is None:
        raise ObjectStoreError("no object store: set object_store.url to s3://bucket/prefix")
    if missing := [name for name in _NEEDED if not os.environ.get(name)]:
        raise ObjectStoreError(f"no credentials: set {' and '.join(missing)} in the environment")
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise ObjectStoreError(
            "the object store needs obstore: pip install 'flux-archive[s3]'"
        ) from error
    bucket, _, prefix = settings.url.removeprefix("s3://").partition("/")
    place: S3Config = {"region": settings.region}
    if settings.endpoint:
        place["endpoint"] = settings.endpoint
    return S3Store(
        bucket,
        prefix=prefix.strip("/") or None,
        config=place,
        client_options={"allow_http": True, "timeout": "120s", "connect_timeout": "10s"},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=60)},
    )


def in_words(error: BaseException) -> str:
    """The first line of an error, without what the environment keeps secret."""
    text = (str(error) or type(error).__name__).split("\n", 1)[0]
    for name in _SECRET:
        if value := os.environ.get(name):
            text = text.replace(value, "***")
    return text
