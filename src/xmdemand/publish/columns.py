"""The public columns, declared once: heading, words of a cell, width, alignment.

Every renderer prints the columns that the catalogue names, in its order, from this table; so the
formats cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from xmdemand.catalogue.content import Catalogue, CatalogueEntry, PublicNumber, column_heading
from xmdemand.errors import OutputError, name_some
from xmdemand.notes import Note
from xmdemand.publish import formats


@dataclass(frozen=True)
class Column:
    """A column of the printed table.

    Parameters
    ----------
    key
        Name in the profile's `public_columns`.
    text
        The words of an entry's cell.
    width
        Points it takes of a landscape page; elsewhere its share, relative to the other columns.
    align
        How the cell is set.
    nowrap
        Whether a line break would spoil it (codes).
    phrases
        Whether lines break between the listed words only, never within one.
    number
        The value for spreadsheets, where it is one.
    """

    key: str
    text: Callable[[CatalogueEntry], str]
    width: float
    align: Literal["left", "center", "right"] = "left"
    nowrap: bool = False
    phrases: bool = False
    number: Callable[[CatalogueEntry], float | None] | None = None

    @property
    def heading(self) -> str:
        """What stands above it."""
        return column_heading(self.key)


def _numbers(key: str, width: float, digits: int = 0) -> Column:
    """A column of published numbers."""

    def published(entry: CatalogueEntry) -> PublicNumber | None:
        found: PublicNumber | None = getattr(entry, key)
        return found

    def value(entry: CatalogueEntry) -> float | None:
        found = published(entry)
        return found.value if found else None

    def words(entry: CatalogueEntry) -> str:
        return formats.public_number(published(entry), digits)

    return Column(key, words, width, "right", nowrap=True, number=value)


def _by_district(entry: CatalogueEntry) -> str:
    return "；".join(
        f"{part.district}{formats.public_number(part.number)}" for part in entry.demand_by_district
    )


def _levels(entry: CatalogueEntry) -> str:
    return formats.known(formats.listing([level.name for level in entry.levels]))


def _subsidy(entry: CatalogueEntry) -> str:
    rates = (f"{level.name} {formats.rate(level)}" for level in entry.levels)
    return formats.known("；".join(rates))


def _uplift(entry: CatalogueEntry) -> str:
    shares = formats.in_order([formats.percent(level.uplift or None) for level in entry.levels])
    return formats.listing(shares)


_DECLARED = (
    Column("seq", lambda e: str(e.seq), 27.5, "center", nowrap=True, number=lambda e: e.seq),
    Column("industry", lambda e: formats.place(e.industry), 48, "center", phrases=True),
    Column("field", lambda e: formats.place(e.field), 48, "center", phrases=True),
    Column("name", formats.name_with_marks, 101.5),
    Column("code", lambda e: e.code, 63, "center", nowrap=True),
    Column("work_types", lambda e: formats.listing(e.work_types), 80, phrases=True),
    Column("levels", _levels, 101.5, "center", phrases=True),
    Column("stars", lambda e: formats.stars(e.stars), 48.5, "center", nowrap=True),
    Column("training", lambda e: formats.training(e.training), 91, "center", phrases=True),
    Column("groups", lambda e: formats.groups(e.groups), 48.5, "center", phrases=True),
    Column("department", lambda e: formats.known(e.department), 69.5, "center", phrases=True),
    Column("subsidy", _subsidy, 92),
    Column("uplift", _uplift, 40, "center"),
    Column("institutions", lambda e: formats.count(e.institutions), 40, "center"),
    Column("bodies", lambda e: formats.count(e.bodies), 40, "center"),
    Column("districts", lambda e: formats.listing(e.districts), 60, phrases=True),
    _numbers("demand", 52),
    Column("demand_by_district", _by_district, 92, phrases=True),
    _numbers("ratio", 46, 2),
    _numbers("wage", 52),
    Column("decision", lambda e: e.decision, 86),
    Column("remark", lambda e: e.remark, 70, phrases=True),
)
COLUMNS = {column.key: column for column in _DECLARED}
"""Every column that can be printed, by key."""


def columns_of(catalogue: Catalogue) -> tuple[Column, ...]:
    """The columns a catalogue prints, in its order.

    Fields of an entry that have no column of their own (marks and the like, which stand in the
    name or the remark) are for machine files and passed over.

    Raises
    ------
    OutputError
        If the catalogue names a column that is not declared.
    """
    fields = CatalogueEntry.model_fields
    unknown = [key for key in catalogue.columns if key not in COLUMNS and key not in fields]
    if unknown:
        known = {"known": ", ".join(COLUMNS)}
        raise OutputError.told(Note("publish.no_column", name_some(unknown), fields=known))
    return tuple(COLUMNS[key] for key in catalogue.columns if key in COLUMNS)


def widths(columns: Sequence[Column], room: float) -> list[float]:
    """Widths in points that fill `room`: columns that must not break keep theirs.

    >>> [round(width) for width in widths([COLUMNS["code"], COLUMNS["name"]], 717)]
    [63, 654]
    """
    fixed = sum(column.width for column in columns if column.nowrap)
    others = sum(column.width for column in columns) - fixed
    if not others or fixed > room / 2:
        return [column.width * room / (fixed + others) for column in columns]
    scale = (room - fixed) / others
    return [column.width * (1 if column.nowrap else scale) for column in columns]


def cells(entry: CatalogueEntry, columns: Sequence[Column]) -> list[str]:
    """The words of an entry's row."""
    return [column.text(entry) for column in columns]
