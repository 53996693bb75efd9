"""The content model: listing, selection, consultation, changes, disclosure control.

`compile` turns a ranking into an edition's `Content`: the internal `Record` and its public
projection, the `Catalogue`. Loading a published catalogue needs the light part only.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xmdemand.catalogue.answers import collect_consultation, write_decisions
    from xmdemand.catalogue.changes import diff
    from xmdemand.catalogue.compose import compile
    from xmdemand.catalogue.consultation import write_consultation
    from xmdemand.catalogue.content import Catalogue, CatalogueEntry, Legend
    from xmdemand.catalogue.explanation import Explanation, explain
    from xmdemand.catalogue.lifecycle import (
        Revision,
        as_it_stands,
        check_buildable,
        freeze,
        revise,
        state_of,
    )
    from xmdemand.catalogue.projection import project
    from xmdemand.catalogue.record import Content, Record, for_next_year, load_record
    from xmdemand.catalogue.schema import catalogue_schema, typescript_types

_HOME = {
    "Catalogue": "content",
    "CatalogueEntry": "content",
    "Content": "record",
    "Explanation": "explanation",
    "Legend": "content",
    "Record": "record",
    "Revision": "lifecycle",
    "as_it_stands": "lifecycle",
    "catalogue_schema": "schema",
    "check_buildable": "lifecycle",
    "collect_consultation": "answers",
    "compile": "compose",
    "diff": "changes",
    "explain": "explanation",
    "for_next_year": "record",
    "freeze": "lifecycle",
    "load_record": "record",
    "project": "projection",
    "revise": "lifecycle",
    "state_of": "lifecycle",
    "typescript_types": "schema",
    "write_consultation": "consultation",
    "write_decisions": "answers",
}

__all__ = [
    "Catalogue",
    "CatalogueEntry",
    "Content",
    "Explanation",
    "Legend",
    "Record",
    "Revision",
    "as_it_stands",
    "catalogue_schema",
    "check_buildable",
    "collect_consultation",
    "compile",
    "diff",
    "explain",
    "for_next_year",
    "freeze",
    "load_record",
    "project",
    "revise",
    "state_of",
    "typescript_types",
    "write_consultation",
    "write_decisions",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
