"""`catalogue.docx`: the annex for officials who edit in Word or WPS."""

from __future__ import annotations

from typing import Any

from xmdemand.catalogue.content import Catalogue
from xmdemand.publish import formats
from xmdemand.publish.columns import cells, columns_of, widths
from xmdemand.publish.official_docx import (
    add_table,
    document_bytes,
    new_document,
    say,
    set_tables,
)
from xmdemand.publish.pdf import ROOM, TITLE_LINE
from xmdemand.publish.press import Press, issue_moment


def render_catalogue(catalogue: Catalogue, press: Press) -> bytes:
    """The document as bytes."""
    landscape = press.settings.output.orientation == "landscape"
    title = formats.whole_title(catalogue)
    document = new_document(title, catalogue.bureau, landscape=landscape)
    if not landscape:
        set_tables(document, 9.0)
    say(document, "附件", "附件标识")
    lines = formats.title_lines(catalogue.title, TITLE_LINE[landscape])
    say(document, "\n".join(lines), "公文标题")
    if catalogue.synthetic:
        say(document, formats.SYNTHETIC, "公文副题")
    say(document, formats.scope(catalogue), "目录范围")
    _add_list(document, catalogue, landscape=landscape)
    _add_notes(document, catalogue)
    _add_changes(document, catalogue)
    _add_errata(document, catalogue)
    return document_bytes(document, issue_moment(catalogue))


def _add_list(document: Any, catalogue: Catalogue, *, landscape: bool) -> None:
    columns = columns_of(catalogue)
    if not catalogue.entries:
        say(document, formats.NO_ENTRIES)
        return
    add_table(
        document,
        [column.heading for column in columns],
        [cells(entry, columns) for entry in catalogue.entries],
        widths(columns, ROOM[landscape]),
        centred=[column.align == "center" for column in columns],
    )


def _add_notes(document: Any, catalogue: Catalogue) -> None:
    if catalogue.notes:
        say(document, "说明", "Heading 1")
    for at, note in enumerate(catalogue.notes, start=1):
        heading = f"{note.heading}。" if note.heading else ""
        say(document, f"{at}. {heading}{note.text}")


def _add_changes(document: Any, catalogue: Catalogue) -> None:
    say(document, "较上年目录的调整情况", "Heading 1")
    if not catalogue.changes:
        say(document, formats.NO_CHANGES)
        return
    say(document, formats.changes_in_all(catalogue.changes))
    add_table(
        document,
        formats.CHANGE_HEADINGS,
        [formats.change_cells(change) for change in catalogue.changes],
        (4, 12, 7, 5, 5, 28),
        centred=(True, False, True, True, True, False),
    )


def _add_errata(document: Any, catalogue: Catalogue) -> None:
    if catalogue.errata:
        say(document, "勘误", "Heading 1")
        rows = [formats.erratum_cells(line) for line in catalogue.errata]
        add_table(document, formats.ERRATUM_HEADINGS, rows, (8, 12, 12, 12, 16))
