"""The public face of a record: the profile's whitelist decides which fields leave the house."""

from __future__ import annotations

from collections.abc import Iterable

from xmdemand.catalogue.content import COLUMNS, Catalogue, CatalogueEntry
from xmdemand.catalogue.record import Record
from xmdemand.errors import SettingError, name_some
from xmdemand.notes import Note
from xmdemand.profile import Profile

ALWAYS = ("seq", "lineage", "code", "name", "pinyin", "initials")


def project(record: Record, profile: Profile) -> Catalogue:
    """The catalogue as the profile lets it be published, from the record's full rows.

    Entries keep a field if one of the profile's public columns stands for it; every other field
    is null or empty. Totals stay only if the need itself is published.

    Raises
    ------
    SettingError
        If the profile names a column that does not exist.
    """
    fields = public_fields(profile.public_columns)
    rows = sorted((entry.row for entry in record.entries if entry.row), key=lambda row: row.seq)
    catalogue = record.catalogue
    return catalogue.model_copy(
        update={
            "columns": printed_columns(profile.public_columns),
            "entries": tuple(whitelisted(row, fields) for row in rows),
            "totals": catalogue.totals if "demand" in fields else (),
        }
    )


def printed_columns(names: Iterable[str]) -> tuple[str, ...]:
    """The columns to print, in the profile's order; the number of a row always comes first.

    >>> printed_columns(["code", "name", "marks", "lineage"])
    ('seq', 'code', 'name')
    """
    printed = [name for name in names if name in COLUMNS]
    return tuple(printed) if "seq" in printed else ("seq", *printed)


def public_fields(names: Iterable[str]) -> frozenset[str]:
    """The entry's fields that the columns and single fields of a whitelist stand for."""
    single = set(CatalogueEntry.model_fields)
    unknown = [name for name in names if name not in COLUMNS and name not in single]
    if unknown:
        known = {"known": ", ".join(COLUMNS)}
        raise SettingError.told(Note("catalogue.no_column", name_some(unknown), fields=known))
    fields = set(ALWAYS)
    for name in names:
        fields.update(COLUMNS.get(name, (name,)))
    return frozenset(fields)


def whitelisted(row: CatalogueEntry, fields: frozenset[str]) -> CatalogueEntry:
    """A row with everything not public made null or empty."""
    closed = {
        name: info.get_default(call_default_factory=True)
        for name, info in CatalogueEntry.model_fields.items()
        if name not in fields
    }
    hidden = {
        part: None
        for part in ("subsidy", "subsidy_since", "uplift")
        if f"levels.{part}" not in fields
    }
    if "levels" in fields and hidden:
        closed["levels"] = tuple(level.model_copy(update=hidden) for level in row.levels)
    return row.model_copy(update=closed)
