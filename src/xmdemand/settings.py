"""An edition's own choices, as `edition.toml` states them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from xmdemand.profile import Profile
    from xmdemand.tomlfile import Problem


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Dates(_Frozen):
    """Reference period and days of an edition. They are inputs: nothing reads the clock."""

    reference_start: dt.date
    reference_end: dt.date
    cut_off: dt.date
    issued: dt.date

    @property
    def forecast_start(self) -> dt.date:
        """First month of the twelve forecast: the one after the cut-off."""
        month = self.cut_off.replace(day=1) + dt.timedelta(days=32)
        return month.replace(day=1)


class Method(_Frozen):
    """Choices of method."""

    index: Literal["composite", "ba", "cettic", "ratio"] = "composite"
    weights: Mapping[str, float] = {}
    """Weight by indicator, where it differs from the declared one."""
    draws: int = Field(default=1000, ge=100)
    top: int = Field(default=50, ge=1)
    singleton: Literal["fail", "certainty", "adjust", "average", "merge"] = "adjust"


class Output(_Frozen):
    """What is made and how it is laid out."""

    orientation: Literal["landscape", "portrait"] = "landscape"
    red_head: bool = False
    """Whether the PDF starts with the notice under its red head."""
    only: tuple[str, ...] = ()


class Fonts(_Frozen):
    """Where the officially licensed fonts are, if the bureau has them."""

    dir: str | None = None


class Settings(_Frozen):
    """The content of `edition.toml`."""

    schema_version: Literal[1] = 1
    year: int = Field(ge=2000, le=2100)
    profile: str = "xiamen"
    """A packaged profile's key, or the path of a profile file beside `edition.toml`."""
    title: str = "training-need"
    """Key of one of the profile's preset titles."""
    number: str = ""
    """The document number; empty leaves the blank to fill in."""
    classification_as_of: int | None = None
    seed: int = Field(default=1, ge=0)
    synthetic: bool = False
    """Whether the inputs are made-up examples; every output then says so."""
    dates: Dates
    method: Method = Method()
    output: Output = Output()
    fonts: Fonts = Fonts()

    @classmethod
    def load(cls, path: str | Path) -> Settings:
        """Read an edition's `edition.toml`.

        Raises
        ------
        NotFoundError
            If there is no such file.
        SettingError
            If something is wrong; all problems at once, each with its key and line.
        """
        from xmdemand.tomlfile import problems_of, read_toml, refuse

        path = Path(path)
        values, text = read_toml(path)
        try:
            settings = cls.model_validate(values)
        except ValidationError as error:
            raise refuse(path, text, problems_of(error)) from None
        if problems := _contradictions(settings):
            raise refuse(path, text, problems)
        return settings


def settings_template(year: int, profile: Profile, *, synthetic: bool = False) -> str:
    """The text of a new `edition.toml`, every choice explained for the people who fill it in.

    Days follow the profile's calendar: a reference period of the twelve months before the cut-off.

    Examples
    --------
    >>> from xmdemand.profile import Profile
    >>> text = settings_template(2026, Profile.load("xiamen"))
    >>> text.splitlines()[0]
    '# 2026年厦门市目录的设置。等号右边可以改，井号后面是说明。'
    """
    from importlib.resources import files

    cut_off = dt.date.fromisoformat(f"{year}-{profile.calendar.cut_off}")
    last_year = dt.date.fromisoformat(f"{year - 1}-{profile.calendar.cut_off}")
    publish_by = dt.date.fromisoformat(f"{year}-{profile.calendar.publish_by}")
    titles = "\n".join(f"#   {one.key}：{profile.title(one.key, year)}" for one in profile.titles)
    template = (files("xmdemand") / "profiles" / "edition.toml.in").read_text(encoding="utf-8")
    return template.format(
        year=year,
        city=profile.city,
        profile=profile.key,
        titles=titles,
        title=profile.titles[0].key,
        synthetic=str(synthetic).lower(),
        reference_start=last_year + dt.timedelta(days=1),
        reference_end=cut_off,
        cut_off=cut_off,
        issued=publish_by - dt.timedelta(days=11),
    )


def _contradictions(settings: Settings) -> list[Problem]:
    from xmdemand.tomlfile import problem

    dates = settings.dates
    found = []
    if dates.reference_end <= dates.reference_start:
        where = ("dates", "reference_end")
        found.append(problem(where, "ends_before_start", start=dates.reference_start))
    if dates.cut_off < dates.reference_end:
        where = ("dates", "cut_off")
        found.append(problem(where, "before_reference_end", end=dates.reference_end))
    if dates.issued < dates.cut_off:
        found.append(problem(("dates", "issued"), "before_cut_off", cut_off=dates.cut_off))
    if dates.issued.year != settings.year:
        found.append(problem(("dates", "issued"), "outside_year", year=settings.year))
    for name, weight in settings.method.weights.items():
        if not 0 <= weight < float("inf"):
            found.append(problem(("method", "weights", name), "no_weight", found=weight))
    return found
