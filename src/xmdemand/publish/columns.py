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
        Share of the printed width, relative to the other columns.
    align
        How the cell is set.
    nowrap
        Whether a line break would spoil it (codes).
    number
        The value for spreadsheets, where it is one.
    """

    key: str
    text: Callable[[CatalogueEntry], str]
    width: float
    align: Literal["left", "center", "right"] = "left"
    nowrap: bool = False
    number: Callable[[CatalogueEntry], float | None] | None = None

    @property
    def heading(self) -> str:
        """What stands above it."""
        return column_heading(self.key)


def _value(key: str) -> Callable[[CatalogueEntry], float | None]:
    def value(entry: CatalogueEntry) -> float | None:
        found: PublicNumber | None = getattr(entry, key)
        return found.value if found else None

    return value


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
    Column("seq", lambda e: str(e.seq), 4.4, "center", True, lambda e: e.seq),
    Column("industry", lambda e: e.industry, 7.4, "center"),
    Column("field", lambda e: e.field, 7.4, "center"),
    Column("name", formats.name_with_marks, 15.2),
    Column("code", lambda e: e.code, 9, "center", True),
    Column("work_types", lambda e: formats.listing(e.work_types), 12),
    Column("levels", _levels, 13.8, "center"),
    Column("stars", lambda e: formats.stars(e.stars), 6, "center", True),
    Column("training", lambda e: formats.training(e.training), 20, "center"),
    Column("groups", lambda e: formats.groups(e.groups), 10.4, "center"),
    Column("department", lambda e: formats.known(e.department), 7.4, "center"),
    Column("subsidy", _subsidy, 14),
    Column("uplift", _uplift, 6, "center"),
    Column("institutions", lambda e: formats.count(e.institutions), 6, "center"),
    Column("bodies", lambda e: formats.count(e.bodies), 6, "center"),
    Column("districts", lambda e: formats.listing(e.districts), 9),
    Column("demand", lambda e: formats.public_number(e.demand), 8, "right", True, _value("demand")),
    Column("demand_by_district", _by_district, 14),
    Column("ratio", lambda e: formats.public_number(e.ratio, 2), 7, "right", True, _value("ratio")),
    Column("wage", lambda e: formats.public_number(e.wage), 8, "right", True, _value("wage")),
    Column("decision", lambda e: e.decision, 13),
    Column("remark", lambda e: e.remark, 7),
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
        raise OutputError(
            f"public_columns: {name_some(unknown)} cannot be printed; "
            f"known are {', '.join(COLUMNS)}"
        )
    return tuple(COLUMNS[key] for key in catalogue.columns if key in COLUMNS)


def cells(entry: CatalogueEntry, columns: Sequence[Column]) -> list[str]:
    """The words of an entry's row."""
    return [column.text(entry) for column in columns]
