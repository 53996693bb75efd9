"""A city: its districts, industries, fields, departments, groups, levels, rules and dates.

Everything that is true of one city and not of another stands in a profile (`profiles/xiamen.toml`)
and nowhere in code. Another city writes another profile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class District(_Frozen):
    """A district, with the spellings that mean it."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


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
    departments: tuple[str, ...]


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


class Profile(_Frozen):
    """A city's profile; see `Profile.load`."""

    schema_version: Literal[1] = 1
    key: str
    city: str
    bureau: str
    classification: str | None = None
    """Path of a classification CSV beside the profile; none means the national one."""
    districts: tuple[District, ...]
    not_districts: tuple[str, ...] = ()
    """Place names people write that are no district (zones): flagged, never guessed."""
    industries: tuple[Industry, ...] = ()
    fields: tuple[TrainingField, ...]
    groups: tuple[Group, ...] = ()
    levels: tuple[Level, ...]
    training: tuple[TrainingCategory, ...] = ()
    subsidies: tuple[Subsidy, ...] = ()
    uplifts: tuple[Uplift, ...] = ()
    titles: tuple[Title, ...]
    tiers: tuple[Tier, ...]
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
