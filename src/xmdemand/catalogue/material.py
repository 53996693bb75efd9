"""What a catalogue is compiled from, in one place, with the look-ups every step needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from xmdemand.catalogue.record import Record, RecordEntry
from xmdemand.intake.tables import Tables
from xmdemand.market.outlook import Outlook
from xmdemand.profile import Profile
from xmdemand.settings import Settings
from xmdemand.shortage.ranking import Ranking
from xmdemand.survey.employers import EmployerDemand
from xmdemand.survey.workers import WorkerIntent

if TYPE_CHECKING:
    from xmdemand.occupations import Classification


@dataclass(frozen=True, eq=False)
class Material:
    """The results of the rooms to the left, the city's profile and the edition's choices."""

    ranking: Ranking
    tables: Tables
    profile: Profile
    settings: Settings
    classification: Classification
    demand: EmployerDemand | None = None
    intent: WorkerIntent | None = None
    outlook: Outlook | None = None
    previous: Record | None = None
    district: str | None = None
    city: Record | None = None
    """Of a district's list: the city's record of the same edition, if it is made."""

    @property
    def alone(self) -> bool:
        """Whether this is a district's list and the city's numbers are not there to be seen."""
        return self.district is not None and (self.city is None or not self.city.cells)

    @cached_property
    def eligible(self) -> tuple[str, ...]:
        """Codes of all occupations the city trains for, in code order."""
        return tuple(
            code for code in self.classification.units() if self.profile.eligible_code(code)
        )

    @cached_property
    def new_occupations(self) -> frozenset[str]:
        """Occupations the classification took up after its first book."""
        frame = self.classification.frame
        if "since" not in frame.columns:
            return frozenset()
        since = pd.to_numeric(frame["since"])
        return frozenset(frame["code"][since > since.min()].astype(str))

    @cached_property
    def places(self) -> dict[str, Place]:
        """Industry, field and department of every eligible or ranked occupation."""
        codes = sorted({*self.eligible, *map(str, self.ranking.frame.index)})
        return places(codes, self.profile)

    @cached_property
    def former(self) -> Mapping[str, RecordEntry]:
        """Last year's entries by lineage; empty in a first edition."""
        if self.previous is None:
            return {}
        return {entry.lineage: entry for entry in self.previous.entries}

    def district_name(self, key: str) -> str:
        """A district's name, whether the data say its code or its name."""
        return _named(key, self.profile.districts, "code")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an occupation belongs in the city's plans: names, empty where the profile has none."""

    industry: str = ""
    field: str = ""
    department: str = ""
    departments: tuple[str, ...] = ()


def places(codes: list[str], profile: Profile) -> dict[str, Place]:
    """Industry, field and departments of occupations, as names, the leading department first."""
    table = profile.classify(codes)[["industry", "field", "department"]]
    rows = table.itertuples(index=False, name=None)
    fields = {field.name: field for field in profile.fields}
    found = {}
    for code, (industry, field, own) in zip(codes, rows, strict=True):
        field = _named(field, profile.fields, "key")
        general = fields[field].departments if field in fields else ()
        department = own or (general[0] if general else "")
        rest = tuple(name for name in general if name != department)
        found[code] = Place(
            industry=_named(industry, profile.industries, "key"),
            field=field,
            department=department,
            departments=(department, *rest) if department else rest,
        )
    return found


def plain(value: Any) -> Any:
    """A number, text, tuple or truth value as JSON knows it; missing becomes None."""
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "item"):
        value = value.item()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return None if value is None or value is pd.NA or value != value else value


def plain_rows(frame: pd.DataFrame | None) -> tuple[dict[str, Any], ...]:
    """A table as JSON rows."""
    if frame is None:
        return ()
    names = [str(name) for name in frame.columns]
    return tuple(
        {name: plain(value) for name, value in zip(names, row, strict=True)}
        for row in frame.itertuples(index=False, name=None)
    )


def _named(value: str, terms: Iterable[Any], key: str) -> str:
    for term in terms:
        if value in (getattr(term, key), term.name):
            return str(term.name)
    return value
