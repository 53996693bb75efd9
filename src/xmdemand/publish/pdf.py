"""PDF by Typst: the signed catalogue and the method page, as PDF/A-2a and PDF/UA-1.

The data go to the template as JSON, so there is nothing to escape. A character that no font has
is refused by name before typesetting, and by Typst itself after.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xmdemand.catalogue.content import Catalogue, Table
from xmdemand.errors import OutputError, need_extra
from xmdemand.notes import Note
from xmdemand.publish import formats
from xmdemand.publish.columns import cells, columns_of, widths
from xmdemand.publish.figures import draw
from xmdemand.publish.letters import letter_lines
from xmdemand.publish.press import Press, issue_moment
from xmdemand.publish.sheets import display_width
from xmdemand.publish.templates import broken_at

STANDARDS: list[Any] = ["a-2a", "ua-1"]
MOST_TOLD = 5
ROOM = {True: 717.0, False: 442.0}
"""Width of the type area in points, of a page on its side and upright."""
TITLE_LINE = {True: 32, False: 20}
"""Characters of a title that stand on one line of it."""


def render_catalogue(catalogue: Catalogue, press: Press) -> bytes:
    """`catalogue.pdf`: the annex as printed and signed."""
    columns = columns_of(catalogue)
    output = press.settings.output
    landscape = output.orientation == "landscape"
    notice = letter_lines("notice.txt.j2", catalogue, press) if output.red_head else []
    data = _frame(catalogue, press) | {
        "notice": notice,
        "title_lines": formats.title_lines(catalogue.title, TITLE_LINE[landscape]),
        "landscape": landscape,
        "columns": [
            {"key": c.key, "heading": c.heading, "width": width}
            | {"align": c.align, "phrases": c.phrases}
            for c, width in zip(columns, widths(columns, ROOM[landscape]), strict=True)
        ],
        "rows": [cells(entry, columns) for entry in catalogue.entries],
        "notes": [note.model_dump() for note in catalogue.notes],
        "totals": [
            [formats.total_scope(total), total.name, formats.with_unit(total.number)]
            for total in catalogue.totals
        ],
        "changes": [formats.change_cells(change) for change in catalogue.changes],
        "changes_in_all": formats.changes_in_all(catalogue.changes),
        "no_entries": formats.NO_ENTRIES,
        "no_changes": formats.NO_CHANGES,
        "errata": [formats.erratum_cells(line) for line in catalogue.errata],
    }
    return _typeset("catalogue.typ", data, catalogue, press, file=press.files["pdf"])


def render_method(catalogue: Catalogue, press: Press) -> bytes:
    """`method.pdf`: data, method, uncertainty and limits, with the figures of the page."""
    figures = {}
    sections = []
    font = press.fonts.chains()["hei"][0]
    for section in catalogue.method:
        names = []
        for at, figure in enumerate(section.figures):
            name = f"{section.key}-{at}.svg"
            figures[name] = draw(figure, press.templates, font=font, ident=f"{section.key}-{at}")
            names.append({"file": name, "title": figure.title, "note": figure.note})
        tables = [
            table.model_dump() | {"widths": _widths(table), "sides": formats.sides(table.rows)}
            for table in section.tables
        ]
        words = section.model_dump(exclude={"figures", "tables"})
        sections.append(words | {"tables": tables, "figures": names})
    title = {"title_lines": formats.title_lines(f"{catalogue.title}编制方法")}
    data = _frame(catalogue, press) | title | {"sections": sections}
    file = press.files["method_pdf"]
    return _typeset("method.typ", data, catalogue, press, file=file, figures=figures)


def _widths(table: Table) -> list[int]:
    """Relative widths of a small table's columns, by their longest word within bounds."""
    lines = [table.columns, *table.rows]
    return [
        min(max(display_width(line[at]) for line in lines) + 2, 40)
        for at in range(len(table.columns))
    ]


def _frame(catalogue: Catalogue, press: Press) -> dict[str, Any]:
    """What both documents need: title, days, fonts."""
    return {
        "fonts": {role: list(names) for role, names in press.fonts.chains().items()},
        "title": catalogue.title,
        "synthetic": formats.SYNTHETIC if catalogue.synthetic else "",
        "bureau": catalogue.bureau,
        "number": catalogue.number,
        "issued": formats.day(catalogue.issued),
        "scope": formats.scope(catalogue),
    }


def _typeset(
    name: str,
    data: Mapping[str, Any],
    catalogue: Catalogue,
    press: Press,
    *,
    file: str,
    figures: Mapping[str, str] | None = None,
) -> bytes:
    try:
        import typst
    except ImportError:
        raise need_extra("typst", "pdf") from None
    press.fonts.check(_texts(data), file=file)
    sources = {
        name: press.templates.text(name).encode(),
        "official.typ": press.templates.text("official.typ").encode(),
        "data.json": json.dumps(data, ensure_ascii=False).encode(),
        **{part: svg.encode() for part, svg in (figures or {}).items()},
    }
    main: Any = {"main": sources.pop(name), **sources}
    try:
        pdf, warnings = typst.compile_with_warnings(
            main,
            format="pdf",
            font_paths=press.fonts.loaded,
            ignore_system_fonts=True,
            pdf_standards=STANDARDS,
            timestamp=issue_moment(catalogue),
        )
    except typst.TypstError as error:
        raise _refused(file, [_say(error, name, press)]) from error
    if warnings:
        raise _refused(file, [_say(each, name, press) for each in warnings])
    return bytes(pdf)


def _refused(file: str, told: Sequence[Note]) -> OutputError:
    fields = {"told": tuple(told[:MOST_TOLD])}
    return OutputError.told(Note("publish.not_typeset", file, len(told), fields=fields))


def _say(problem: Any, name: str, press: Press) -> Note:
    """Typst's words, with the template's own path in place of its name in memory."""
    lines = [line.strip() for line in problem.diagnostic.splitlines()]
    place = next((line.removeprefix("┌─ ") for line in lines if line.startswith("┌─")), name)
    source, _, at = place.partition(":")
    line = at.split(":")[0]
    path = press.templates.find(source if source.endswith(".typ") else name)
    return broken_at(path, int(line) if line.isdigit() else None, problem.message)


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every text of the data with where it stands; rows are counted from 1."""
    for key, value in data.items():
        if key != "fonts":
            yield from _walk(key, value)


def _walk(place: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for key, part in value.items():
            yield from _walk(f"{place}.{key}", part)
    elif isinstance(value, Sequence):
        for at, part in enumerate(value, start=1):
            yield from _walk(f"{place} {at}", part)
