"""`catalogue.xlsx`: the public list, its notes and the changes, for officials who sort."""

from __future__ import annotations

from xmdemand.catalogue.content import Catalogue, CatalogueEntry
from xmdemand.publish import formats
from xmdemand.publish.columns import Column, columns_of
from xmdemand.publish.press import Press, issue_moment
from xmdemand.publish.sheet_rows import Value
from xmdemand.publish.sheets import Book, Field, Layout, add_sheet, new_workbook, workbook_bytes


def render(catalogue: Catalogue, press: Press) -> bytes:
    """The workbook as bytes."""
    book = new_workbook(formats.whole_title(catalogue), catalogue.bureau)
    landscape = press.settings.output.orientation == "landscape"
    _add_list(book, catalogue, landscape=landscape)
    _add_notes(book, catalogue)
    _add_changes(book, catalogue)
    if catalogue.errata:
        _add_errata(book, catalogue)
    return workbook_bytes(book, issue_moment(catalogue))


def _add_list(book: Book, catalogue: Catalogue, *, landscape: bool) -> None:
    columns = columns_of(catalogue)
    fields = [_field(column) for column in columns]
    rows = [[_value(column, entry) for column in columns] for entry in catalogue.entries]
    names = [column.key for column in columns]
    layout = Layout(
        title=formats.whole_title(catalogue),
        under=(f"{formats.scope(catalogue)}　共{len(catalogue.entries)}项",),
        landscape=landscape,
        frozen=names.index("name") + 1 if "name" in names else 0,
        table="tblCatalogue",
        header=_header(catalogue),
    )
    add_sheet(book, "目录", fields, rows, layout)


def _field(column: Column) -> Field:
    width = None if column.nowrap or column.key == "levels" else column.width * 0.19
    return Field(column.heading, column.align, "#,##0" if column.number else "General", width)


def _value(column: Column, entry: CatalogueEntry) -> Value:
    """A number where there is one, so that it sorts; else the words every format prints."""
    found = column.number(entry) if column.number else None
    return column.text(entry) if found is None else found


def _add_notes(book: Book, catalogue: Catalogue) -> None:
    fields = [Field("序号", "center", width=7), Field("事项", width=18), Field("说明", width=96)]
    rows: list[list[Value]] = [
        [at, note.heading, note.text] for at, note in enumerate(catalogue.notes, start=1)
    ]
    add_sheet(book, "说明", fields, rows, Layout(title="说明", header=_header(catalogue)))


def _header(catalogue: Catalogue) -> str:
    return formats.SYNTHETIC if catalogue.synthetic else ""


def _add_changes(book: Book, catalogue: Catalogue) -> None:
    fields = [
        Field("序号", "center", width=7),
        Field("调整类型", "center", width=11),
        Field("职业编码", "center", width=14),
        Field("职业（工种）名称", width=28),
        Field("上年", "center", width=16),
        Field("本年", "center", width=16),
        Field("原因类别", "center", width=14),
        Field("原因", width=48),
    ]
    rows: list[list[Value]] = [
        [
            at,
            formats.CHANGE_KINDS[change.kind],
            change.code,
            change.name,
            change.before,
            change.after,
            formats.CAUSES[change.cause],
            change.reason,
        ]
        for at, change in enumerate(catalogue.changes, start=1)
    ]
    nothing = () if rows else (formats.NO_CHANGES,)
    layout = Layout(
        title="较上年目录的调整情况", after=nothing, frozen=0, header=_header(catalogue)
    )
    add_sheet(book, "较上年调整", fields, rows, layout)


def _add_errata(book: Book, catalogue: Catalogue) -> None:
    widths = (16, 30, 48, 48, 30)
    heads = zip(formats.ERRATUM_HEADINGS, widths, strict=True)
    fields = [Field(heading, width=width) for heading, width in heads]
    rows = [formats.erratum_cells(line) for line in catalogue.errata]
    add_sheet(book, "勘误", fields, rows, Layout(title="勘误", header=_header(catalogue)))
