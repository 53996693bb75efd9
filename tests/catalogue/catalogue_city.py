"""What the catalogue's tests share: a synthetic city taken through the rooms, and its pieces."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from xmdemand import market, shortage, survey
from xmdemand.catalogue import Content, Record, compile
from xmdemand.intake.tables import Tables
from xmdemand.market.outlook import Outlook
from xmdemand.occupations import Classification
from xmdemand.profile import Profile
from xmdemand.settings import Settings
from xmdemand.shortage.ranking import Ranking
from xmdemand.survey.employers import EmployerDemand
from xmdemand.survey.workers import WorkerIntent
from xmdemand.synth import city

DRAWS = 100


@dataclass(frozen=True)
class Year:
    """Everything `compile` takes, for one year."""

    ranking: Ranking
    tables: Tables
    profile: Profile
    settings: Settings
    classification: Classification
    demand: EmployerDemand
    intent: WorkerIntent
    outlook: Outlook

    def decided(self, *decisions: dict[str, Any]) -> Year:
        """The same year with decisions of departments."""
        blank = {"reason": "行业发展需要", "who": "陈示例", "department": "市工信局"}
        blank |= {"date": dt.date(self.settings.year, 5, 10), "evidence_hash": ""}
        table = pd.DataFrame([blank | decision for decision in decisions])
        return replace(self, tables=replace(self.tables, decisions=table))

    def with_profile(self, **changes: Any) -> Year:
        """The same year under another profile."""
        return replace(self, profile=self.profile.model_copy(update=changes))


def settings_of(year: int) -> Settings:
    return Settings.model_validate(
        {
            "year": year,
            "synthetic": True,
            "seed": 1,
            "dates": {
                "reference_start": dt.date(year - 1, 5, 1),
                "reference_end": dt.date(year, 4, 30),
                "cut_off": dt.date(year, 4, 30),
                "issued": dt.date(year, 5, 20),
            },
            "method": {"draws": DRAWS},
        }
    )


def take_year(year: int) -> Year:
    """One year of the city through survey, market and shortage, without a past."""
    profile, classification = Profile.load("xiamen"), Classification.load()
    tables = city(profile=profile, classification=classification, year=year, mess=False).tables
    return through_rooms(tables, profile, classification, settings_of(year))


def through_rooms(
    tables: Tables, profile: Profile, classification: Classification, settings: Settings
) -> Year:
    """Tables through survey, market and shortage."""
    common: dict[str, Any] = {"n_draws": DRAWS, "seed": 1}
    demand = survey.employer_demand(
        tables, profile, classification=classification, singleton="adjust", **common
    )
    intent = survey.worker_intent(tables, profile, classification=classification, **common)
    outlook = market.outlook(tables, profile, start=settings.dates.forecast_start, **common)
    ranking = shortage.rank(
        demand,
        outlook,
        intent,
        profile,
        classification=classification,
        year=settings.year,
        pipeline=tables.pipeline,
        trainable=tables.trainable,
        **common,
    )
    return Year(ranking, tables, profile, settings, classification, demand, intent, outlook)


def compiled(
    year: Year,
    *,
    previous: Record | None = None,
    district: str | None = None,
    city: Record | None = None,
) -> Content:
    """The year's catalogue."""
    return compile(
        year.ranking,
        year.tables,
        year.profile,
        year.settings,
        classification=year.classification,
        demand=year.demand,
        intent=year.intent,
        outlook=year.outlook,
        previous=previous,
        district=district,
        city=city,
    )
