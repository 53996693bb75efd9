"""The public catalogue: what `catalogue.json` holds and every public file is rendered from.

Light on purpose: a portal that loads a catalogue needs pydantic and nothing heavier.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = "1.0"
"""Of `catalogue.json`. The first number changes when a reader of the old form would break."""


class Frozen(BaseModel):
    """Immutable, and strict about what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EntryLevel(Frozen):
    """A level at which training is encouraged, with its dated rate."""

    key: str
    name: str
    subsidy: float | None = Field(default=None, description="Yuan a certificate; null: 待核.")
    uplift: float | None = Field(default=None, description="Share added for urgent shortage.")


class PublicNumber(Frozen):
    """A number that may be published: rounded, or withheld with its reason."""

    value: float | None
    unit: str
    withheld: Literal["", "few_firms", "dominance", "secondary", "unknown"] = ""


class CatalogueEntry(Frozen):
    """A row of the catalogue."""

    seq: int = Field(ge=1)
    lineage: str = Field(description="Survives recoding and renaming.")
    code: str
    name: str
    marks: Literal["", "L", "S", "LS"] = ""
    industry: str = ""
    field: str
    levels: tuple[EntryLevel, ...]
    stars: int = Field(ge=0, description="0: a training need, not in urgent shortage.")
    tier: str = Field(default="", description="The tier's name, for example 急需紧缺.")
    training: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    department: str = Field(default="", description="The leading department.")
    departments: tuple[str, ...] = ()
    work_types: tuple[str, ...] = ()
    institutions: int | None = Field(default=None, description="null: 待核; 0: 暂无.")
    bodies: int | None = None
    districts: tuple[str, ...] = Field(default=(), description="Where demand concentrates.")
    demand: PublicNumber | None = Field(default=None, description="Training need, persons a year.")
    new: bool = Field(default=False, description="Not in last year's catalogue.")
    new_occupation: bool = Field(default=False, description="Added to the classification lately.")
    previous_seq: int | None = None
    decided: bool = Field(default=False, description="A recorded decision changed the rule's row.")
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
    columns: tuple[str, ...] = Field(description="Public columns, in printing order.")
    entries: tuple[CatalogueEntry, ...]
    notes: tuple[Paragraph, ...] = ()
    changes: tuple[Change, ...] = ()
    method: tuple[MethodSection, ...] = ()
