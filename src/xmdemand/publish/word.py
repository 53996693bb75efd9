"""`catalogue.docx`: the annex for officials who edit in Word or WPS."""

from __future__ import annotations

from typing import Any

from xmdemand.catalogue.content import Catalogue
from xmdemand.publish import formats
from xmdemand.publish.columns import cells, columns_of
from xmdemand.publish.official_docx import add_table, document_bytes, new_document, say
from xmdemand.publish.press import Press, issue_moment


def render_catalogue(catalogue: Catalogue, press: Press) -> bytes:
    """The document as bytes."""
    landscape = press.settings.output.orientation == "landscape"
    title = formats.whole_title(catalogue)
    document = new_document(title, catalogue.bureau, landscape=landscape)
    say(document, "附件", "附件标识")
    say(document, catalogue.title, "公文标题")
    if catalogue.synthetic:
        say(document, formats.SYNTHETIC, "公文副题")
    say(document, formats.scope(catalogue), "表文居中")
    _add_list(document, catalogue)
    _add_notes(document, catalogue)
    _add_changes(document, catalogue)
    _add_errata(document, catalogue)
    return document_bytes(document, issue_moment(catalogue))


def _add_list(document: Any, catalogue: Catalogue) -> None:
    columns = columns_of(catalogue)
    if not catalogue.entries:
        say(document, formats.NO_ENTRIES)
        return
    add_table(
        document,
        [column.heading for column in columns],
        [cells(entry, columns) for entry in catalogue.entries],
        [column.width for column in columns],
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
    add_table(
        document,
        formats.CHANGE_HEADINGS,
        [formats.change_cells(change) for change in catalogue.changes],
        (4, 12, 8, 8, 8, 24),
        centred=(True, False, True, True, True, False),
    )


def _add_errata(document: Any, catalogue: Catalogue) -> None:
    if catalogue.errata:
        say(document, "勘误", "Heading 1")
        rows = [formats.erratum_cells(line) for line in catalogue.errata]
        add_table(document, formats.ERRATUM_HEADINGS, rows, (8, 12, 12, 12, 16))
