"""Query parameters of the service: every filter and option of `Archive.search`, typed."""

from typing import Annotated, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from flux_assets.search.answering import Options
from flux_assets.search.answers.collapse import Sort
from flux_assets.search.filters import Boost

MOST = 200  # answers on one page
_DEEPEST = 100_000


def _position(near: str) -> tuple[float, float]:
    try:
        lat, lon = map(float, near.split(","))
    except ValueError as error:
        raise ValueError("write latitude and longitude: 39.95,-75.20") from error
    return lat, lon


def _checked(near: str) -> str:
    _position(near)
    return near


class SimilarParameters(BaseModel):
    """Which photographs may be answers, and how they are laid out.

    A parameter that may be repeated is met by any one of its values.
    """

    model_config = ConfigDict(extra="forbid")

    year: list[int] = Field([], description="May be repeated.")
    season: list[str] = Field(
        [], description="winter, spring, summer or autumn where the photograph was made."
    )
    months: list[str] = Field([], description="Numbers or names.")
    days: list[str] = Field([], description="Weekdays or dates: sunday, 2022-01-15.")
    city: list[str] = Field([], description="Case does not matter.")
    country: list[str] = Field([], description="In English.")
    near: Annotated[str, AfterValidator(_checked)] | None = Field(
        None, description="Latitude and longitude in degrees: 39.95,-75.20"
    )
    radius_m: float | None = Field(None, description="Metres about `near`; default a block.")
    weather: list[str] = Field([], description="clear, rain, fog, ...")
    tags: list[str] = Field([], description="A photograph must have all of them.")
    boost: list[Literal["weather", "tags"]] = Field(
        [], description="These count in favour of a photograph instead of being required."
    )
    camera: list[str] = Field([], description="A model, a make or both.")
    keeper: bool | None = Field(None, description="Keepers, or photographs that are none.")
    unlike: list[str] = Field([], description="photo_ids that count against.")
    min_score: float | None = Field(None, ge=-1, le=1, description="Least cosine.")
    limit: int | None = Field(None, ge=1, le=MOST, description="Answers; default 12.")
    offset: int = Field(0, ge=0, le=_DEEPEST, description="Answers to skip; for the next page.")
    sort: Sort = Field("relevance", description="The best first, or in order of time.")
    every_frame: bool = Field(
        False, description="Show frames of a burst and near duplicates one by one."
    )

    def options(self) -> Options:
        """As `Archive.ask` takes them."""
        given = self.model_dump(exclude={"q", "boost"}, exclude_none=True)
        if self.near is not None:
            given["near"] = _position(self.near)
        given["months"] = [int(month) if month.isdecimal() else month for month in self.months]
        for name in self.boost:
            given[name] = Boost(*given[name])
        return cast(Options, given)


class SearchParameters(SimilarParameters):
    """A question, and the same filters and options."""

    q: str = Field("", max_length=1000, description="A sentence; without one, filters alone.")
    like: list[str] = Field([], description="photo_ids that the answers are to look like.")
    literal: bool = Field(False, description="Read no dates, places or weather out of `q`.")
