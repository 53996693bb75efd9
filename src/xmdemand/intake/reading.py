"""The stage: a folder of files -> `Tables`, every row accounted for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from xmdemand.intake.bygone import OTHER_YEAR, of_earlier_year
from xmdemand.intake.codebooks import BOOK_UNUSED, CODE_BOOK, translated
from xmdemand.intake.coding import read_confirmed
from xmdemand.intake.finishing import finish
from xmdemand.intake.forms import turned
from xmdemand.intake.guarded import GuardedReader
from xmdemand.intake.guards import completed, flag_closed, refuse_contradictions
from xmdemand.intake.indicators import in_columns
from xmdemand.intake.layout import Layout, find_layout
from xmdemand.intake.ledger import Ledger
from xmdemand.intake.mapping import SKIP, Confirmed, read_mapping
from xmdemand.intake.names import Names
from xmdemand.intake.opening import HIDDEN, open_source
from xmdemand.intake.others import other_table
from xmdemand.intake.parsing import parse_sheet
from xmdemand.intake.several import apart, below
from xmdemand.intake.sources import Grid, Source, Unread, walk
from xmdemand.intake.surplus import OTHER_SURPLUS, of_surplus, refuse_spare_rows
from xmdemand.intake.tables import Tables
from xmdemand.profile import Profile

EXAMPLE_SHEET = re.compile(r"示例|样例|示范|举例|范例")
"""Names of sheets that show how to fill in the others."""

if TYPE_CHECKING:
    from xmdemand.occupations import Classification


def read(
    inputs: Path,
    profile: Profile,
    classification: Classification,
    *,
    coded_titles: Path | None = None,
    mapping: Path | None = None,
    decisions: Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
) -> Tables:
    """Read every file below a folder.

    Parameters
    ----------
    inputs
        Folder of files, sub-folders and zip archives; read in sorted order.
    profile
        The city's: its districts, groups and levels.
    classification
        By which titles are coded.
    coded_titles
        CSV of what people confirmed: ``title, code, who, when``.
    mapping
        TOML of confirmed headings, by default ``mapping.toml`` in `inputs`.
    decisions
        CSV of departments' decisions, read beside the inputs.
    progress
        Called with a file's name, how many are done, how many there are.

    Returns
    -------
    Tables
        Every row of every file is accepted or in the quarantine.

    Raises
    ------
    InputError
        If `mapping` or `coded_titles` cannot be used. A file that cannot be read raises nothing:
        it is told in ``files``, and the others are read.
    """
    inputs = Path(inputs)
    confirmed = read_mapping(mapping or inputs / "mapping.toml")
    titles = read_confirmed(coded_titles)
    ledger = Ledger(Names.of(profile, classification.frame["name"]))
    sources: list[Source | Unread] = list(walk(inputs)) if inputs.is_dir() else []
    if decisions is not None and decisions.is_file():
        sources.append(Source(decisions.name, decisions))
    with GuardedReader() as guarded:
        for done, item in enumerate(sources, 1):
            for found in translated(list(_sheets_of(item, guarded))):
                if isinstance(found, Unread):
                    ledger.unread(found)
                else:
                    _enter(ledger, found, confirmed)
            if progress is not None:
                progress(item.file if isinstance(item, Unread) else item.name, done, len(sources))
    return finish(ledger, profile, classification, titles)


def _sheets_of(item: Source | Unread, guarded: GuardedReader) -> Iterator[Grid | Unread]:
    if isinstance(item, Unread):
        yield item
    else:
        yield from open_source(item, guarded)


def _enter(ledger: Ledger, grid: Grid, confirmed: Confirmed) -> None:
    """Read one sheet into the ledger, tables that stand side by side one by one."""
    told = confirmed.columns_of(grid.file, grid.sheet)
    for part in apart(grid, lambda own: find_layout(own, told, names=ledger.names)):
        _enter_table(ledger, part, confirmed)


def _enter_table(ledger: Ledger, grid: Grid, confirmed: Confirmed) -> None:
    kind = confirmed.kind_of(grid.file, grid.sheet)
    if kind == SKIP:
        ledger.skip(grid, "intake.told_to_skip")
    elif HIDDEN in grid.remarks:
        ledger.skip(grid, HIDDEN)
    elif not kind and {CODE_BOOK, BOOK_UNUSED} & set(grid.remarks):
        ledger.skip(grid, CODE_BOOK if CODE_BOOK in grid.remarks else BOOK_UNUSED)
    elif EXAMPLE_SHEET.search(grid.sheet) and not kind:
        ledger.skip(grid, "intake.example_sheet")
    elif ledger.known_before(grid):
        ledger.skip(grid, "intake.same_file")
    elif not any(cell not in (None, "") for row in grid.rows for cell in row):
        ledger.skip(grid, "intake.empty_sheet")
    elif not kind and (other := other_table(grid, first_of_all=True)):
        ledger.skip(grid, other)
    else:
        told = confirmed.columns_of(grid.file, grid.sheet)
        layout: Layout | str = "intake.no_table"
        if spread := in_columns(grid, ledger.names):
            layout = find_layout(spread, told, kind=kind, names=ledger.names)
        if spread and not isinstance(layout, str):
            grid = spread
        else:
            layout = find_layout(grid, told, kind=kind, names=ledger.names)
        if isinstance(layout, str) and not kind and (form := turned(grid)):
            found = find_layout(form, told, names=ledger.names)
            grid, layout = (grid, layout) if isinstance(found, str) else (form, found)
        if isinstance(layout, str) and (other := other_table(grid)):
            ledger.skip(grid, other)
        elif isinstance(layout, str):
            ledger.no_table(grid, layout)
        elif not kind and of_surplus(grid, layout):
            ledger.skip(grid, OTHER_SURPLUS)
        elif not kind and of_earlier_year(layout.above, further=bool(grid.offset)):
            ledger.skip(grid, OTHER_YEAR)
        else:
            layout = completed(layout, grid, ledger.names, told)
            sheet = parse_sheet(grid, layout, ledger.names, ledger.parsers)
            refuse_spare_rows(sheet)
            refuse_contradictions(sheet)
            flag_closed(sheet)
            ledger.enter(sheet)
            if sheet.body.rest:
                _enter_table(ledger, below(grid, layout, sheet.body.rest), confirmed)
