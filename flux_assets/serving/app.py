"""The service: an archive asked over HTTP, and one page to do so."""

import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import anyio.to_thread
from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from starlette.middleware.base import RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware

from flux_assets.search.answers.arithmetic import NoDirection
from flux_assets.search.archive import Archive, NotFound
from flux_assets.search.filters import BadFilter
from flux_assets.serving.parameters import SearchParameters, SimilarParameters
from flux_assets.serving.pictures import picture_file
from flux_assets.serving.records import Found, Problem, found
from flux_resources.errors import FluxError

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
_PAGE = Path(__file__).with_name("page")
_AT_ONCE = 8  # requests; each search takes memory of its own
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such photograph."},
    422: {"model": Problem, "description": "A parameter is impossible."},
    503: {"model": Problem, "description": "The archive cannot answer yet."},
}
logger = logging.getLogger(__name__)


def build_app(archive: Archive, *, hosts: Sequence[str] = LOOPBACK) -> FastAPI:
    """The service of one archive.

    Args:
        archive: opened without `picture_files`; it is warmed up when the service starts.
        hosts: names under which the service may be called, so that no page of the web can reach
            it under a name of its own; `*` for any.
    """

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = _AT_ONCE
        await anyio.to_thread.run_sync(partial(_warm, archive))
        yield

    # The documentation pages of FastAPI load scripts from other hosts.
    app = FastAPI(title="FLUX", lifespan=running, docs_url=None, redoc_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*hosts], www_redirect=False)
    app.middleware("http")(_guarded)
    app.add_exception_handler(FluxError, _flux_problem)
    app.add_exception_handler(RequestValidationError, _bad_parameter)
    _add_questions(app, archive)
    _add_pictures(app, archive)
    for path, name in (("/", "index.html"), ("/page.css", "page.css"), ("/page.js", "page.js")):
        app.get(path, include_in_schema=False)(_file(_PAGE / name))
    return app


def _add_questions(app: FastAPI, archive: Archive) -> None:
    @app.get("/search", responses=_PROBLEMS)
    def search(parameters: Annotated[SearchParameters, Query()]) -> Found:
        """Photographs that answer a sentence, or pass filters."""
        return found(archive.ask(parameters.q, **parameters.options()))

    @app.get("/similar/{photo_id}", responses=_PROBLEMS)
    def similar(photo_id: str, parameters: Annotated[SimilarParameters, Query()]) -> Found:
        """Photographs that look like one of the archive."""
        options = parameters.options()
        options["like"] = [photo_id]
        return found(archive.ask("", **options))

    @app.get("/photos/{photo_id}", responses=_PROBLEMS)
    def photo(photo_id: str) -> dict[str, Any]:
        """Everything that the table `photos` knows of a photograph."""
        with archive.catalogue() as catalogue:
            known = catalogue.photo(photo_id)
        if known is None:
            raise NotFound(f"{photo_id} is no photo_id of this archive")
        return known

    @app.get("/choices", responses=_PROBLEMS)
    def choices() -> dict[str, list[int] | list[str]]:
        """Values that filters can be set to, the most frequent first."""
        with archive.catalogue() as catalogue:
            return catalogue.choices()


def _add_pictures(app: FastAPI, archive: Archive) -> None:
    pictures: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}}}
    options: dict[str, Any] = {"responses": _PROBLEMS | pictures, "response_class": FileResponse}

    @app.get("/thumbs/{photo_id}.jpg", **options)
    def thumb(photo_id: str) -> FileResponse:
        """A thumbnail."""
        return _picture(picture_file(archive, photo_id, "thumb"))

    @app.get("/proxies/{photo_id}.jpg", **options)
    def proxy(photo_id: str) -> FileResponse:
        """A working copy."""
        return _picture(picture_file(archive, photo_id, "proxy"))


def _picture(file: Path) -> FileResponse:
    headers = {"Cache-Control": "private, max-age=300"}
    return FileResponse(file, media_type="image/jpeg", headers=headers)


def _file(file: Path) -> Callable[[], FileResponse]:
    return lambda: FileResponse(file, headers={"Cache-Control": "no-cache"})


def _warm(archive: Archive) -> None:
    """An archive that cannot answer yet is served all the same: each question says why."""
    try:
        archive.warm()
    except FluxError as error:
        logger.warning("%s", error)


async def _guarded(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Nothing of the service may be shown within other pages, or load anything from elsewhere."""
    response = await call_next(request)
    response.headers.update(_HEADERS)
    return response


def _flux_problem(_: Request, error: Exception) -> JSONResponse:
    impossible = isinstance(error, (BadFilter, NoDirection))
    status = 422 if impossible else 404 if isinstance(error, NotFound) else 503
    return JSONResponse({"detail": str(error)}, status)


def _bad_parameter(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    reasons = [
        f"{'.'.join(map(str, problem['loc'][1:]))}: {problem['msg']}" for problem in error.errors()
    ]
    return JSONResponse({"detail": "; ".join(reasons)}, 422)
