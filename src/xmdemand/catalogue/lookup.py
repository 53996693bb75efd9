"""Finding rows of a catalogue: by words, by filters, for a group of people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from xmdemand.errors import ArgumentTypeError, InputError, NotFoundError, name_some

if TYPE_CHECKING:
    from xmdemand.catalogue.content import Catalogue, CatalogueEntry, Term


def folded(text: str) -> str:
    """Text without differences of width and case.

    >>> folded("ＣＮＣ 操作员")
    'cnc 操作员'
    """
    return unicodedata.normalize("NFKC", text).casefold()


def find(
    catalogue: Catalogue,
    text: str = "",
    *,
    district: str | None = None,
    group: str | None = None,
    level: str | None = None,
    field: str | None = None,
) -> tuple[CatalogueEntry, ...]:
    """Rows that hold every word of `text` and pass every filter, in catalogue order."""
    if not isinstance(text, str):
        raise ArgumentTypeError(f"text is words to look for, not {type(text).__name__}")
    words = folded(text).split()
    legend = catalogue.legend
    wanted = {
        column: _term(asked, terms, catalogue, column)
        for column, asked, terms in (
            ("districts", district, legend.districts),
            ("groups", group, legend.groups),
            ("levels", level, legend.levels),
            ("field", field, legend.fields),
        )
        if asked is not None
    }
    return tuple(
        entry
        for entry in catalogue.entries
        if all(word in _searched(entry) for word in words)
        and all(name in _names(entry, column) for column, name in wanted.items())
    )


def recommend(
    catalogue: Catalogue, *, group: str, district: str | None = None
) -> tuple[CatalogueEntry, ...]:
    """Rows that name a key group before those open to all; of the district, then urgent first."""
    wanted = _term(group, catalogue.legend.groups, catalogue, "groups")
    rows = [row for row in catalogue.entries if row.groups == () or wanted in (row.groups or ())]
    here = (
        None
        if district is None
        else _term(district, catalogue.legend.districts, catalogue, "districts")
    )
    return tuple(
        sorted(
            rows,
            key=lambda entry: (
                not entry.groups,
                here is not None and here not in entry.districts,
                -entry.stars,
                entry.seq,
            ),
        )
    )


def by_code(catalogue: Catalogue, code: str) -> CatalogueEntry:
    """The row of an occupation, by its code in any width of digits and dashes."""
    wanted = folded(code).strip().translate({ord(dash): "-" for dash in "‐‑‒–—―−"})
    for entry in catalogue.entries:
        if entry.code == wanted:
            return entry
    raise NotFoundError(f"{code!r} is not in the catalogue of {catalogue.year}")


def _searched(entry: CatalogueEntry) -> str:
    parts = (entry.name, entry.code, entry.pinyin, entry.initials, *entry.work_types)
    return folded(" ".join(parts))


def _names(entry: CatalogueEntry, column: str) -> tuple[str, ...]:
    if column == "levels":
        return tuple(level.name for level in entry.levels)
    if column == "field":
        return (entry.field,)
    return entry.districts if column == "districts" else entry.groups or ()


def _term(asked: str, terms: Iterable[Term], catalogue: Catalogue, column: str) -> str:
    terms = list(terms)
    plain = folded(asked).strip()
    for term in terms:
        if plain in (folded(term.key), folded(term.name)):
            break
    else:
        raise NotFoundError(f"no {column} {asked!r}; there are {name_some(t.name for t in terms)}")
    if column not in catalogue.columns:
        raise InputError(
            f"this catalogue does not publish {column!r}, so it cannot be filtered by it"
        )
    return term.name
