"""The read side: ask an archive by words, by pictures, by facts.

>>> from flux_assets.search import Archive
>>> Archive("data/demo").search("a cat asleep in Rome", year=2023)  # doctest: +SKIP
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Unpack, cast

import polars as pl

from flux_assets.corpus.lookup import UnknownPhotograph, photo_called
from flux_assets.publishing.photos import read_photos
from flux_assets.search.answering import Answer, Options, answer
from flux_assets.search.answers.arithmetic import Part, compose
from flux_assets.search.answers.background import Background, background_version, read_background
from flux_assets.search.catalogue import Catalogue
from flux_assets.search.conditions import every, passing
from flux_assets.search.filters import Filters, preferred, unknown_places, where
from flux_assets.search.finder import Finder, Wanted
from flux_assets.search.language.plan import NEGATIVE_WEIGHT, THIS_ONE, Plan, Shape, Term
from flux_assets.search.language.planner import literal_plan, plan_question
from flux_assets.search.language.vocabulary import Vocabulary, read_vocabulary
from flux_assets.search.picture_frame import PictureFrame
from flux_assets.search.published import Published
from flux_assets.vision.tags import load_vocabulary
from flux_resources.clip.embedder import Embedder, load_embedder
from flux_resources.data_root import DataRoot
from flux_resources.errors import FluxError
from flux_resources.settings import data_root
from flux_resources.vectors import Vectors, VectorStore, active_vectors

_NO_ANSWER = "among the nearest, but no answer"


class NotBuilt(FluxError):
    """The archive has nothing to search yet; the message says what to run."""


class NotFound(FluxError):
    """No such photograph in the archive."""


class Archive:
    """One archive, opened read-only; several threads may ask it.

    The model is loaded by the first search that needs it.
    """

    def __init__(self, root: str | Path | None = None, *, picture_files: bool = True) -> None:
        """Open `root`; None means `$FLUX_ROOT`, else `./data`.

        Without `picture_files` only photographs of the archive can be named as examples, and no
        other file is ever looked at: for questions of strangers.
        """
        self._archive = DataRoot.open(Path(root) if root else data_root())
        self.paths = self._archive.paths
        self._picture_files = picture_files
        self._published = Published(self.paths.duckdb)
        self._names: tuple[object, Vocabulary] | None = None

    def photos(self) -> pl.DataFrame:
        """The whole `photos` table."""
        self._require_published()
        return read_photos(self.paths, "SELECT * FROM photos")

    def search(self, text: str, **options: Unpack[Options]) -> pl.DataFrame:
        """Photographs that answer a sentence: the rows of `ask`, as pictures in Jupyter.

        Returns:
            `photo_id, score, hit, folded, percentile, why, path, captured_at, location_city,
            location_country, tags, thumb_path, proxy_path`, best first; paths are absolute.
            `score` is the cosine of question and picture (null where facts alone were asked for),
            `percentile` the share of the archive that suits the question less (null in small
            archives), `folded` how many more frames of the same thing there are. Echoes have
            `look, echo_of, echo_score`, an evolution `period, start, place` instead. Motifs are
            one row each: `motif, photographs, years, first, last, score, photo_ids, why`.
            Where nothing is found (see `ask`), these are the nearest, and `why` says so.
        """
        found = self.ask(text, **options)
        return self._pictured(found, str(found.plan))

    def similar(self, photo: str | Path, **options: Unpack[Options]) -> pl.DataFrame:
        """Photographs that look like one of the archive (see `photo_called`) or a picture file.

        Returns the columns of `search`; the photograph itself is left out, and what was taken with
        it in one shutter press.
        """
        options["like"] = [photo]
        return self._pictured(self.ask("", **options), f"like {photo}")

    def ask(self, text: str, **options: Unpack[Options]) -> Answer:
        """Read a sentence, and answer it.

        Raises:
            NotBuilt: no photographs are published, or none has a vector of the active model.
            NotFound: what it is to be like or unlike is neither a photograph nor a picture.
            flux_assets.search.filters.BadFilter: a filter is impossible.
            flux_assets.search.answers.arithmetic.NoDirection: there is nothing to look for.
            flux_resources.clip.errors.ModelUnavailable: the model's weights are not to be had.
        """
        self._require_published()
        plan = literal_plan(text) if options.get("literal") else self.plan(text)
        unknown = unknown_places(cast(Filters, options), self._vocabulary())
        plan = _with_pictures(plan, options)
        pictures = tuple(Term(self._named(what), weight) for what, weight in plan.pictures)
        plan = replace(plan, pictures=pictures, remarks=(*plan.remarks, *unknown))
        with self.catalogue() as catalogue:
            self._require_built(plan, options, catalogue)
            finder = Finder(self._store, catalogue, self._background)
            wanted = self._wanted(plan, options, catalogue)
            cut_off = self._archive.settings.search.cut_off
            found = _denied(answer(plan, wanted, finder, options, cut_off=cut_off))
            if "photo_id" not in found.rows.columns:
                return found
            details = catalogue.details(found.rows["photo_id"])
            return replace(found, rows=_joined(found.rows, details))

    def plan(self, text: str) -> Plan:
        """How a sentence is understood.

        Raises:
            NotBuilt: no photographs are published.
        """
        self._require_published()
        return plan_question(text, self._vocabulary())

    @contextmanager
    def catalogue(self) -> Iterator[Catalogue]:
        """`photos` as it is published now.

        Raises:
            NotBuilt: no photographs are published.
        """
        self._require_published()
        with self._published.reading() as database:
            yield Catalogue(database, self.paths)

    def warm(self) -> None:
        """Load what the first search would load: for a process that answers many.

        Raises:
            NotBuilt: no photographs are published.
            flux_resources.clip.errors.ModelUnavailable: the model's weights are not to be had.
        """
        self._store.warm()
        self.ask("a warm day")

    @cached_property
    def embedder(self) -> Embedder:
        """The active model, loaded once."""
        return load_embedder(self._archive.settings.vision)

    @cached_property
    def _store(self) -> VectorStore:
        return active_vectors(self._archive)

    @cached_property
    def _background(self) -> Background | None:
        model = self._store.table_name
        return read_background(self.paths.background(model), background_version(model))

    def _pictured(self, found: Answer, title: str) -> PictureFrame:
        from flux_assets.search.answer_sheet import draw_answer

        return PictureFrame(found.rows, lambda: draw_answer(found, self, title), title)

    def _vocabulary(self) -> Vocabulary:
        """Read once for each publication and day."""
        today = date.today()  # noqa: DTZ011 the reader's day
        state = self._published.state(), today
        if self._names is None or self._names[0] != state:
            settings = self._archive.settings
            tags = load_vocabulary(settings.vision.vocabulary).tags
            names = read_vocabulary(self._published, settings.search, today=today, tags=tags)
            self._names = state, names
        return self._names[1]

    def _wanted(self, plan: Plan, options: Options, catalogue: Catalogue) -> Wanted:
        filters = cast(Filters, options)
        looked_at = plan.shape is not Shape.ECHOES and (plan.texts or plan.pictures)
        vector = None
        if looked_at or plan.shape in (Shape.MOTIFS, Shape.EVOLUTION):
            sample = self._background.sample if self._background else None
            vector = compose(list(self._parts(plan, catalogue)), sample)
        presses = [catalogue.press(picture) for picture, _ in plan.pictures]
        asked = options.get("min_score")
        return Wanted(
            vector=vector,
            condition=every([passing(plan), where(filters)]),
            wishes=plan.prefer | preferred(filters),
            of_text=bool(plan.texts) and not plan.pictures,
            min_score=plan.min_score if asked is None else asked,
            without=[photo_id for press in presses if press for photo_id in press],
        )

    def _parts(self, plan: Plan, catalogue: Catalogue) -> Iterator[Part]:
        if plan.texts:
            vectors = self.embedder.encode_texts([text for text, _ in plan.texts])
            for (text, weight), vector in zip(plan.texts, vectors, strict=True):
                yield Part(text, vector, weight)
        for picture, weight in plan.pictures:
            yield Part(picture, self._vector_of(picture, catalogue), weight)

    def _named(self, picture: str) -> str:
        """The photo_id of a photograph of the archive; any other picture file stays as it is."""
        if not self._picture_files:
            return picture
        is_file = Path(picture).is_file()
        try:
            with self._published.reading() as database:
                said = str(Path(picture).absolute()) if is_file else picture
                return photo_called(database, said, self.paths)
        except UnknownPhotograph as error:
            if is_file:
                return picture
            raise NotFound(f"{picture} is no picture file, and {error}") from error

    def _vector_of(self, picture: str, catalogue: Catalogue) -> Vectors:
        vector = self._store.vector_of(picture)
        if vector is not None:
            return vector
        if catalogue.press(picture):
            raise NotFound(f"{picture} has no vector of the active model; see: flux status")
        if not self._picture_files:
            raise NotFound(f"{picture} is no photo_id of this archive")
        encoded = self.embedder.encode_images([Path(picture)])
        if encoded.errors[0]:
            raise NotFound(f"{picture} cannot be read as a picture: {encoded.errors[0]}")
        of_file: Vectors = encoded.vectors[0]
        return of_file

    def _require_published(self) -> None:
        if not self.paths.duckdb.exists():
            raise NotBuilt(f"{self.paths.root} has no photographs yet; run: flux materialize")

    def _require_built(self, plan: Plan, options: Options, catalogue: Catalogue) -> None:
        asked = (plan.keeper, options.get("keeper"))
        if any(said is not None for said in asked) and not catalogue.has_keepers():
            raise NotBuilt("no photograph is a keeper yet; see: flux keepers report")
        if not self._store.count():
            raise NotBuilt(
                f"no photograph has a vector of the model {self._store.table_name}; "
                "run: flux materialize"
            )


def _with_pictures(plan: Plan, options: Options) -> Plan:
    """The plan with the pictures that come along.

    Raises:
        NotFound: the sentence speaks of a picture, and none came.
    """
    like = [Term(str(picture)) for picture in options.get("like", ())]
    unlike = [Term(str(picture), -NEGATIVE_WEIGHT) for picture in options.get("unlike", ())]
    named = [term for term in plan.pictures if term.what != THIS_ONE]
    if len(named) < len(plan.pictures) and not like:
        raise NotFound("like which one? name a photo_id or a picture file")
    return replace(plan, pictures=(*named, *like, *unlike))


def _denied(found: Answer) -> Answer:
    """The answer, whose rows claim nothing that its verdict denies."""
    if found.found or found.rows.is_empty():
        return found
    return replace(found, rows=found.rows.with_columns(why=pl.lit(_NO_ANSWER)))


def _joined(rows: pl.DataFrame, details: pl.DataFrame) -> pl.DataFrame:
    own = [name for name in rows.columns if name != "captured_at"]
    return rows.select(own).join(details, on="photo_id", how="inner", maintain_order="left")
