"""A city: its districts, industries, fields, departments, groups, levels, rules and dates.

Everything that is true of one city and not of another stands in a profile (`profiles/xiamen.toml`)
and nowhere in code. Another city writes another profile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xmdemand.errors import NotFoundError, name_some
from xmdemand.notes import Note
from xmdemand.occupation_map import under

if TYPE_CHECKING:
    import pandas as pd

    from xmdemand.occupation_map import OccupationMap
    from xmdemand.occupations import Classification

_Dated = TypeVar("_Dated", "Subsidy", "Uplift")
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class District(_Frozen):
    """A district, with the spellings that mean it, and the streets, towns and parks within it."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class Industry(_Frozen):
    """An industry the city plans for, in its block (the "4+4+6")."""

    key: str
    name: str
    block: str
    source: str = ""


class TrainingField(_Frozen):
    """A field of the city's training plan, with its departments, the leading one first."""

    key: str
    name: str
    departments: Annotated[tuple[str, ...], Field(min_length=1)]


class Group(_Frozen):
    """A key group of people for whom training is subsidised."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()


class Level(_Frozen):
    """A skill level. `order` rises with skill (the official numbering falls)."""

    key: str
    name: str
    order: int
    aliases: tuple[str, ...] = ()
    high_skill: bool = False
    outside: bool = False
    """Not part of the ladder of levels (a special-ability certificate)."""


class TrainingCategory(_Frozen):
    """A category of training: does it serve entry into an occupation or upgrading within it?"""

    key: str
    name: str
    serves: Literal["entry", "upgrade", "either"]


class Subsidy(_Frozen):
    """A rate in force from a day on, until the next one or `until`."""

    level: str
    amount: float = Field(ge=0)
    """Yuan a certificate."""
    since: dt.date
    until: dt.date | None = None


class Uplift(_Frozen):
    """A share added to the rate for listed occupations in urgent shortage."""

    share: Share
    since: dt.date
    until: dt.date | None = None


class Tier(_Frozen):
    """A degree of urgency. `quota` is the number of rows the first edition aims at or above it."""

    stars: int = Field(ge=1)
    name: str
    mark: str
    quota: int = Field(ge=0)


class TierRule(_Frozen):
    """When a row enters or leaves a tier, in terms of P(index >= cut)."""

    enter: Share = 0.7
    leave: Share = 0.3
    leave_twice: Share = 0.5
    first: Share = 0.5
    frozen_editions: int = Field(default=5, ge=1)


class ListingRule(_Frozen):
    """When an occupation is listed, and what evidence a rating takes."""

    form: Literal["need", "shortage"] = "need"
    """`need`: N decides the rows, the index the stars. `shortage`: only starred rows are listed."""
    need_persons: Positive = 30
    intent_persons: Positive = 30
    probability: Share = 0.7
    min_reporters: int = Field(default=5, ge=0)
    min_posts: int = Field(default=12, ge=0)
    min_weight_observed: Share = 0.5
    field_quota: Mapping[str, int] = {}
    industry_quota: Mapping[str, int] = {}


class BadJobRule(_Frozen):
    """High turnover and low pay is not a shortage of skill."""

    turnover_ratio: Positive = 1.5
    log_pay: float = -0.15
    probability: Share = 0.8


class Priors(_Frozen):
    """What is assumed where no evidence sets it. Each is named in the method page."""

    coverage_sigma: Positive = 0.3
    realisation_median: Positive = 0.7
    realisation_sigma: Positive = 0.3
    realisation_group_sigma: Positive = 0.1
    enrolment: tuple[float, float] = (2.0, 8.0)
    unqualified_share: tuple[float, float] = (3.0, 7.0)
    trainable_share: Share = 0.8
    graduate_entry: Share = 0.5
    graduate_stay: Share = 0.6
    voluntary_variance_factor: float = Field(default=2.0, ge=1)
    months_open: Positive = 2.0


class DisclosureRule(_Frozen):
    """What may be published of a number."""

    min_firms: int = Field(default=3, ge=1)
    dominance_n: int = Field(default=2, ge=1)
    dominance_share: Share = 0.85
    p_percent: Share = 0.10
    rounding: int = Field(default=10, ge=1)


class Calendar(_Frozen):
    """Days of a year (month-day) and the age inputs may have."""

    cut_off: str = "04-30"
    publish_by: str = "05-31"
    max_input_age_months: int = Field(default=12, ge=1)


class Title(_Frozen):
    """A preset title; `{city}` and `{year}` are filled in."""

    key: str
    text: str
    short: str

    def __str__(self) -> str:
        return self.text


class Profile(_Frozen):
    """A city's profile; see `Profile.load`.

    Examples
    --------
    >>> profile = Profile.load("xiamen")
    >>> len(profile.districts), len(profile.industries), len(profile.fields)
    (6, 14, 4)
    >>> profile.subsidy("level_3", dt.date(2026, 5, 20)) is None  # no rate is known: 待核
    True
    >>> profile.eligible_code("4-10-01-05"), profile.eligible_code("1-02-00-01")
    (True, False)
    >>> print(profile.title("training-need", 2026))
    2026年厦门市职业技能培训需求（含急需紧缺工种）指导目录
    """

    schema_version: Literal[1] = 1
    key: str
    city: str
    bureau: str
    classification: str | None = None
    """Path of a classification CSV beside the profile; none means the national one."""
    districts: Annotated[tuple[District, ...], Field(min_length=1)]
    not_districts: tuple[str, ...] = ()
    """Place names people write that are no district (zones): flagged, never guessed."""
    industries: tuple[Industry, ...] = ()
    fields: Annotated[tuple[TrainingField, ...], Field(min_length=1)]
    departments: tuple[str, ...] = ()
    """Departments of the occupation map that no field names."""
    groups: tuple[Group, ...] = ()
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    training: tuple[TrainingCategory, ...] = ()
    subsidies: tuple[Subsidy, ...] = ()
    uplifts: tuple[Uplift, ...] = ()
    titles: Annotated[tuple[Title, ...], Field(min_length=1)]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    tier_rule: TierRule = TierRule()
    listing: ListingRule = ListingRule()
    bad_job: BadJobRule = BadJobRule()
    eligible: tuple[str, ...]
    """Code prefixes of occupations the city trains for."""
    barred: tuple[str, ...] = ()
    """Code prefixes that are never listed."""
    priors: Priors = Priors()
    disclosure: DisclosureRule = DisclosureRule()
    public_columns: tuple[str, ...]
    calendar: Calendar = Calendar()
    files: Mapping[str, str] = {}
    """Names of output files by kind, where they differ from the default."""
    occupation_map: str | None = None
    """CSV beside the profile: prefix, industry, field, department; the longest prefix wins."""
    folder: Path | None = Field(default=None, exclude=True)
    """Where the profile was read from."""

    @classmethod
    def load(cls, name: str | Path) -> Profile:
        """Read a packaged profile by its key, or any profile by the path of its TOML file.

        Raises
        ------
        NotFoundError
            If there is neither a packaged profile nor a file of that name.
        SettingError
            If something is wrong; all problems at once, each with its key and line.
        """
        from xmdemand.profile_rules import contradictions
        from xmdemand.tomlfile import problems_of, read_toml, refuse

        path = profile_path(name)
        values, text = read_toml(path)
        try:
            profile = cls.model_validate({**values, "folder": path.resolve().parent})
        except ValidationError as error:
            raise refuse(path, text, problems_of(error)) from None
        if problems := contradictions(profile):
            raise refuse(path, text, problems)
        return profile

    @classmethod
    def find(cls, name: str, *, beside: Path) -> Profile:
        """The profile that an edition names: packaged, or a file beside its `edition.toml`."""
        return cls.load(profile_path(name, beside=beside))

    def load_classification(self, as_of: int | None = None) -> Classification:
        """The classification the city codes by: its own, or the national one as of a year."""
        from xmdemand.occupations import Classification

        if self.classification is None:
            return Classification.load(as_of)
        return Classification.load(path=self.path_of(self.classification))

    def names(
        self, what: Literal["industries", "fields", "groups", "levels", "training"]
    ) -> dict[str, str]:
        """Printed names by key.

        >>> Profile.load("xiamen").names("fields")["digital"]
        '数字经济'
        """
        return {item.key: item.name for item in getattr(self, what)}

    def eligible_code(self, code: str) -> bool:
        """Whether the city trains for an occupation: an eligible prefix, and no barred one."""
        return under(code, self.eligible) and not under(code, self.barred)

    def classify(self, codes: Iterable[str]) -> pd.DataFrame:
        """Industry, field and department of occupations, by the longest prefix in the map.

        Parameters
        ----------
        codes
            Occupation codes.

        Returns
        -------
        DataFrame
            Indexed by code (as given), columns ``industry`` (key, empty if none), ``field``
            (key), ``department`` (name). Without a map, or for a code no prefix covers, all
            three are empty.
        """
        import pandas as pd

        index = pd.Index(list(codes), name="occupation", dtype="object")
        found = [self.occupations.find(code) for code in index]
        columns = ["industry", "field", "department"]
        return pd.DataFrame([entry[:3] for entry in found], index=index, columns=columns)

    @cached_property
    def occupations(self) -> OccupationMap:
        """The map from code prefixes to industry, field and department."""
        from xmdemand.occupation_map import OccupationMap

        if self.occupation_map is None:
            return OccupationMap({})
        return OccupationMap.load(self.path_of(self.occupation_map), profile=self)

    def path_of(self, file: str) -> Path:
        """The path of a file named in the profile, which stands beside it."""
        return (self.folder or Path()) / file

    def subsidy(self, level: str, day: dt.date) -> float | None:
        """The rate in force for a level on a day, yuan; None if none is known."""
        rate = _in_force([one for one in self.subsidies if one.level == level], day)
        return None if rate is None else rate.amount

    def uplift(self, day: dt.date) -> float:
        """The share added on a day to rates of occupations in urgent shortage; 0 if none."""
        uplift = _in_force(self.uplifts, day)
        return 0.0 if uplift is None else uplift.share

    def title(self, key: str, year: int) -> Title:
        """A preset title with city and year filled in; ``str()`` of it is the full text.

        Raises
        ------
        NotFoundError
            If the profile has no title of that key.
        """
        for title in self.titles:
            if title.key == key:
                text = title.text.format(city=self.city, year=year)
                return title.model_copy(update={"text": text})
        known = name_some(title.key for title in self.titles)
        fields = {"found": key, "known": known}
        raise NotFoundError.told(Note("settings.no_title", self.key, fields=fields))


def packaged() -> tuple[str, ...]:
    """Keys of the profiles that come with the package."""
    folder = files("xmdemand") / "profiles"
    return tuple(sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".toml")))


def profile_path(name: str | Path, *, beside: Path | None = None) -> Path:
    """The file of a profile: a packaged one by its key, or a path."""
    if isinstance(name, str) and name in packaged():
        return Path(str(files("xmdemand") / "profiles" / f"{name}.toml"))
    path = (beside or Path()) / name
    if path.is_file():
        return path
    known = name_some(packaged())
    fields = {"known": known}
    raise NotFoundError.told(Note("settings.no_profile", str(path), fields=fields))


def _in_force(items: Iterable[_Dated], day: dt.date) -> _Dated | None:
    """The latest item in force on a day."""
    known = [one for one in items if one.since <= day and (one.until is None or day <= one.until)]
    return max(known, key=lambda one: one.since, default=None)
