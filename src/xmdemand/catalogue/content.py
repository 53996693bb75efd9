"""The public catalogue: what `catalogue.json` holds and every public file is rendered from.

Light on purpose: a portal that loads a catalogue needs pydantic and nothing heavier.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xmdemand.catalogue import lookup
from xmdemand.errors import InputError, NotFoundError
from xmdemand.notes import Language, Note, text

SCHEMA_VERSION = "1.0"
"""Of `catalogue.json`. The first number changes when a reader of the old form would break, the
second when fields are added. This package reads every version of its first number up to its own."""


COLUMNS: dict[str, tuple[str, ...]] = {
    "seq": ("seq",),
    "industry": ("industry",),
    "field": ("field",),
    "name": ("name", "marks"),
    "code": ("code",),
    "work_types": ("work_types",),
    "levels": ("levels",),
    "stars": ("stars", "tier"),
    "training": ("training",),
    "groups": ("groups",),
    "department": ("department", "departments"),
    "subsidy": ("levels.subsidy", "levels.subsidy_since"),
    "uplift": ("levels.uplift",),
    "institutions": ("institutions",),
    "bodies": ("bodies",),
    "districts": ("districts",),
    "demand": ("demand",),
    "demand_by_district": ("demand_by_district",),
    "ratio": ("ratio",),
    "wage": ("wage",),
    "decision": ("decision",),
    "remark": ("remark", "new", "new_occupation", "previous_seq", "decided", "thin"),
}
"""Columns a catalogue may print, in default order, each with the entry's fields it stands for.

A profile's `public_columns` name columns, or single fields for the machine-readable files alone.
`seq, lineage, code, name, pinyin, initials` identify a row and are always there.
"""


SHOWN_ROWS = 10
SHOWN_COLUMNS = ("seq", "name", "code", "stars", "field", "department")
"""What a notebook shows of a catalogue."""


def column_heading(column: str, lang: Language = "zh") -> str:
    """The printed heading of a column.

    >>> column_heading("code", "en")
    'Code'
    """
    return text(f"catalogue.column_{column}", lang)


class Frozen(BaseModel):
    """Immutable, and strict about what it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True
    )


class EntryLevel(Frozen):
    """A level at which training is encouraged, with its dated rate."""

    key: str
    name: str
    subsidy: float | None = Field(default=None, description="Yuan a certificate; null: 待核.")
    subsidy_since: dt.date | None = Field(default=None, description="The rate is in force since.")
    uplift: float | None = Field(default=None, description="Share added for urgent shortage.")


Withheld = Literal["", "few_firms", "dominance", "p_percent", "secondary", "unknown"]


class PublicNumber(Frozen):
    """A number that may be published: rounded, or withheld with its reason."""

    value: float | None
    unit: str
    withheld: Withheld = ""


class DistrictNumber(Frozen):
    """A number of one district."""

    district: str
    number: PublicNumber


class Term(Frozen):
    """A word of the catalogue with its key, for filters."""

    key: str
    name: str


class TierTerm(Term):
    """A degree of urgency: its stars, name and printed mark."""

    stars: int
    mark: str


class Legend(Frozen):
    """The words entries use, in the profile's order: what a page or a portal filters by."""

    fields: tuple[Term, ...] = ()
    industries: tuple[Term, ...] = ()
    districts: tuple[Term, ...] = ()
    groups: tuple[Term, ...] = ()
    levels: tuple[Term, ...] = ()
    training: tuple[Term, ...] = ()
    tiers: tuple[TierTerm, ...] = ()


class Total(Frozen):
    """A published sum over rows of the catalogue."""

    scope: Literal["all", "field", "industry", "major", "sub-major", "minor"]
    key: str
    name: str
    district: str = Field(default="", description="Name of the district; empty: the city.")
    number: PublicNumber


class Erratum(Frozen):
    """A line that a revision of a frozen edition changed."""

    revision: int = Field(ge=1)
    date: dt.date
    line: str
    old: str
    new: str
    reason: str


class CatalogueEntry(Frozen):
    """A row of the catalogue.

    Words (`industry`, `field`, `groups`, ...) are the names of `Catalogue.legend`. A field the
    profile does not publish is null or empty; `Catalogue.columns` tells which are published.
    """

    seq: int = Field(ge=1)
    lineage: str = Field(description="Survives recoding and renaming.")
    code: str
    name: str
    pinyin: str = Field(default="", description="Of the name, without tones or blanks.")
    initials: str = Field(default="", description="First letters of the pinyin.")
    marks: Literal["", "L", "S", "LS"] = ""
    industry: str = ""
    field: str = ""
    levels: tuple[EntryLevel, ...] = ()
    stars: int = Field(default=0, ge=0, description="0: a training need, not in urgent shortage.")
    tier: str = Field(default="", description="The tier's name, for example 急需紧缺.")
    training: tuple[str, ...] = ()
    groups: tuple[str, ...] | None = Field(
        default=(), description="Groups that stand out; empty: 不限; null (nobody was asked): 待核."
    )
    department: str = Field(default="", description="The leading department.")
    departments: tuple[str, ...] = ()
    work_types: tuple[str, ...] = ()
    institutions: int | None = Field(default=None, description="null: 待核; 0: 暂无.")
    bodies: int | None = None
    districts: tuple[str, ...] = Field(default=(), description="Where demand concentrates.")
    demand: PublicNumber | None = Field(default=None, description="Training need, persons a year.")
    demand_by_district: tuple[DistrictNumber, ...] = ()
    ratio: PublicNumber | None = Field(default=None, description="Posts per seeker (求人倍率).")
    wage: PublicNumber | None = Field(default=None, description="Offered, yuan a month.")
    thin: bool = Field(
        default=False, description="Rests on thin evidence (fewer firms than asked)."
    )
    new: bool = Field(default=False, description="Not in last year's catalogue.")
    new_occupation: bool = Field(default=False, description="Added to the classification lately.")
    previous_seq: int | None = None
    decided: bool = Field(default=False, description="A recorded decision changed the rule's row.")
    decision: str = Field(default="", description="In words: what the rule said, what was decided.")
    remark: str = ""


class Change(Frozen):
    """A difference from last year's catalogue, with its cause."""

    kind: Literal["added", "removed", "raised", "lowered", "renamed", "recoded"]
    lineage: str
    code: str
    name: str
    before: str = ""
    after: str = ""
    cause: Literal["data", "method", "classification", "decision"]
    reason: str = Field(description="In words, Chinese.")


class Paragraph(Frozen):
    """A numbered paragraph of the 说明."""

    heading: str = ""
    text: str


class Table(Frozen):
    """A small table of the method page."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class Figure(Frozen):
    """A figure of the method page: kind and data; drawn by the renderer."""

    kind: Literal["intervals", "bars", "calibration", "fan"]
    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()
    unit: str = ""
    note: str = ""


class MethodSection(Frozen):
    """A section of the method page."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = ()


class Catalogue(Frozen):
    """A published catalogue.

    Entries stand in catalogue order; `code` is an attribute, `lineage` the key.
    """

    schema_version: str = SCHEMA_VERSION
    city: str
    bureau: str
    year: int
    title: str
    number: str = Field(default="", description="Document number; empty: a blank to fill in.")
    synthetic: bool = False
    issued: dt.date
    cut_off: dt.date
    reference_start: dt.date
    reference_end: dt.date
    classification: str = Field(description="Edition of the classification, in words.")
    district: str = Field(default="", description="Of a district's own list; empty: the city.")
    revision: int = Field(default=0, ge=0, description="0: the first issue.")
    columns: tuple[str, ...] = Field(description="Public columns, in printing order.")
    legend: Legend = Legend()
    entries: tuple[CatalogueEntry, ...]
    totals: tuple[Total, ...] = ()
    notes: tuple[Paragraph, ...] = ()
    changes: tuple[Change, ...] = ()
    errata: tuple[Erratum, ...] = ()
    method: tuple[MethodSection, ...] = ()

    @classmethod
    def load(cls, source: str | Path | bytes) -> Catalogue:
        """Read and validate a published catalogue: the path or the bytes of `catalogue.json`.

        Needs nothing heavier than pydantic.

        Raises
        ------
        NotFoundError
            If there is no such file.
        InputError
            If it is no catalogue, or of a form this version cannot read.
        """
        if not isinstance(source, bytes):
            path = Path(source)
            if not path.is_file():
                raise NotFoundError.told(Note("catalogue.no_catalogue", str(path)))
            source = path.read_bytes()
        try:
            catalogue = cls.model_validate_json(source)
        except ValidationError as error:
            raise InputError.told(_why_unreadable(source, error)) from None
        _check_version(catalogue.schema_version)
        return catalogue

    def __repr__(self) -> str:
        return f"<Catalogue {self.title!r}: {len(self.entries)} entries>"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        from html import escape

        head = "".join(f"<th>{column_heading(name)}</th>" for name in SHOWN_COLUMNS)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _shown(entry)) + "</tr>"
            for entry in self.entries[:SHOWN_ROWS]
        )
        return (
            f"<b>{escape(self.title)}</b><p>{len(self.entries)} entries, issued {self.issued}"
            f"{', synthetic data' if self.synthetic else ''}</p><table>{head}{rows}</table>"
        )

    def search(
        self,
        text: str = "",
        *,
        district: str | None = None,
        group: str | None = None,
        level: str | None = None,
        field: str | None = None,
    ) -> tuple[CatalogueEntry, ...]:
        """Rows whose name, code, pinyin, initials or work types hold every word of `text`.

        Parameters
        ----------
        text
            Words divided by blanks; width and case do not matter. Empty: all rows.
        district, group, level, field
            Key or name of a term of the legend.

        Returns
        -------
        tuple of CatalogueEntry
            In catalogue order.

        Raises
        ------
        NotFoundError
            If the legend has no such term.
        InputError
            If the catalogue does not publish the column filtered by.
        """
        return lookup.find(self, text, district=district, group=group, level=level, field=field)

    def by_code(self, code: str) -> CatalogueEntry:
        """The row with a code.

        Raises
        ------
        NotFoundError
            If it is not listed.
        """
        return lookup.by_code(self, code)

    def recommend(self, *, group: str, district: str | None = None) -> tuple[CatalogueEntry, ...]:
        """Rows for a key group of people: those that name it, then those open to all (不限).

        Parameters
        ----------
        group
            Key or name of the group.
        district
            Key or name; rows whose demand concentrates there come before the others.

        Returns
        -------
        tuple of CatalogueEntry
            The most urgent first. Rows that name other groups only, or whose groups nobody was
            asked about, are left out.
        """
        return lookup.recommend(self, group=group, district=district)


def _shown(entry: CatalogueEntry) -> tuple[str, ...]:
    stars = "★" * entry.stars
    return str(entry.seq), entry.name, entry.code, stars, entry.field, entry.department


def _check_version(version: str) -> None:
    if not re.fullmatch(r"\d{1,4}\.\d{1,4}", version):
        raise InputError.told(Note("catalogue.no_schema_version", fields={"found": version}))
    first, second = (int(part) for part in version.split("."))
    ours_first, ours_second = (int(part) for part in SCHEMA_VERSION.split("."))
    if first != ours_first or second > ours_second:
        key = "schema_newer" if first >= ours_first else "schema_older"
        fields = {"found": version, "first": f"{ours_first}.0", "last": SCHEMA_VERSION}
        raise InputError.told(Note(f"catalogue.{key}", fields=fields))


def _why_unreadable(source: bytes, error: ValidationError) -> Note:
    try:
        version = json.loads(source)["schema_version"]
    except (ValueError, KeyError, TypeError):
        version = None
    if isinstance(version, str):
        _check_version(version)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    fields = {
        "at": where or Note("core.the_whole"),
        "version": SCHEMA_VERSION,
        "foreign": first["msg"],
    }
    return Note("catalogue.not_a_catalogue", fields=fields)
