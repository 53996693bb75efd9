"""Word documents after GB/T 9704-2012: styles, page, page numbers, tables.

All looks are in styles, so an official can edit the text without touching a font. The standard's
fonts are named and not embedded; where one is missing, Word and WPS take another.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from xmdemand.errors import need_extra
from xmdemand.ooxml import normalise_ooxml
from xmdemand.publish.sheet_rows import clean

LINE = 28.95
"""Points a line: 22 lines in a type area of 225 mm, as the standard asks."""
_LATIN = "Times New Roman"
_STYLES = {
    "Normal": ("仿宋_GB2312", 16.0, "justify", 2),
    "公文标题": ("方正小标宋简体", 22.0, "center", 0),
    "公文副题": ("楷体_GB2312", 16.0, "center", 0),
    "公文机关": ("方正小标宋简体", 32.0, "center", 0),
    "公文字号": ("仿宋_GB2312", 16.0, "center", 0),
    "附件标识": ("黑体", 16.0, "left", 0),
    "主送机关": ("仿宋_GB2312", 16.0, "left", 0),
    "Heading 1": ("黑体", 16.0, "left", 2),
    "Heading 2": ("楷体_GB2312", 16.0, "left", 2),
    "附件说明": ("仿宋_GB2312", 16.0, "justify", 0),
    "署名": ("仿宋_GB2312", 16.0, "right", 0),
    "成文日期": ("仿宋_GB2312", 16.0, "right", 0),
    "标注": ("黑体", 10.5, "right", 0),
    "目录范围": ("仿宋_GB2312", 12.0, "center", 0),
    "表头": ("黑体", 10.5, "center", 0),
    "表文": ("仿宋_GB2312", 10.5, "left", 0),
    "表文居中": ("仿宋_GB2312", 10.5, "center", 0),
    "表注": ("仿宋_GB2312", 10.5, "left", 0),
    "Footer": ("宋体", 14.0, "left", 0),
}
"""Style: font, size in points, alignment, first-line indent in characters."""
_INDENTS = {
    "署名": {"rightChars": "200", "right": "640"},
    "成文日期": {"rightChars": "400", "right": "1280"},
    "附件说明": {"leftChars": "500", "left": "1600", "hangingChars": "300", "hanging": "960"},
}
"""Signature and day from the right, annexes hanging under their name, as the standard asks."""
_TIGHT = {"表头", "表文", "表文居中", "表注", "Footer"}
PARAGRAPH_ORDER = (
    *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr"),
    *("suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku", "wordWrap"),
    *("overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi", "adjustRightInd"),
    *("snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap"),
    *("jc", "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId"),
    *("cnfStyle", "rPr", "sectPr", "pPrChange"),
)
"""Children of `w:pPr` in the order of ECMA-376, part 1, 17.3.1.26."""
_OFF_GRID = {"公文标题": 34.0, "公文机关": 48.0}
"""Styles with a line of their own, in points, apart from the page's grid."""


def new_document(title: str, author: str, *, landscape: bool = False) -> Any:
    """An empty document with page and styles of the standard.

    Raises
    ------
    MissingExtraError
        If python-docx is not installed.
    """
    try:
        from docx import Document
    except ImportError:
        raise need_extra("python-docx", "docx") from None
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = author
    document.core_properties.last_modified_by = author
    document.core_properties.comments = ""
    document.core_properties.language = "zh-CN"
    _set_page(document, landscape=landscape)
    for name, (font, size, align, indent) in _STYLES.items():
        _set_style(document, name, font, size, align, indent)
    _set_language(document)
    _number_pages(document)
    return document


def set_tables(document: Any, size: float) -> None:
    """Another size of type in tables, in points."""
    from docx.shared import Pt

    for name in ("表头", "表文", "表文居中"):
        document.styles[name].font.size = Pt(size)


def document_bytes(document: Any, when: dt.datetime) -> bytes:
    """The document as a file that is the same on every day."""
    document.core_properties.created = when.replace(tzinfo=None)
    document.core_properties.modified = when.replace(tzinfo=None)
    document.core_properties.revision = 1
    _drop_thumbnail(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return normalise_ooxml(buffer.getvalue(), when)


def say(document: Any, text: str, style: str = "Normal") -> Any:
    """Add a paragraph; control characters an XML file cannot hold are left out."""
    return document.add_paragraph(clean(text), style=style)


def add_table(
    document: Any,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    centred: Sequence[bool] = (),
) -> Any:
    """A ruled table with a repeated head and rows that never split.

    Parameters
    ----------
    widths
        Relative widths of the columns; together they fill the type area.
    centred
        Which columns are centred.
    """
    from docx.shared import Emu

    table = document.add_table(rows=2, cols=len(headings), style="Table Grid")
    table.autofit = False
    section = document.sections[-1]
    room = section.page_width - section.left_margin - section.right_margin
    sizes = [Emu(int(room * width / sum(widths))) for width in widths]
    for column, size in zip(table.columns, sizes, strict=True):
        column.width = size
    _narrow_margins(table)
    head, body = table._tbl.tr_lst
    head.get_or_add_trPr().append(_element("w:tblHeader", val="true"))
    middle = centred or [False] * len(headings)
    for at, size in enumerate(sizes):
        _shape_cell(document, head.tc_lst[at], "表头", size)
        _shape_cell(document, body.tc_lst[at], "表文居中" if middle[at] else "表文", size)
    for row in (head, body):
        row.get_or_add_trPr().append(_element("w:cantSplit", val="true"))
    _fill_row(head, headings)
    for texts in rows:
        # Copies of one finished row: cell by cell python-docx takes ten times as long.
        _fill_row(_copied(body), texts)
    table._tbl.remove(body)
    return table


def _copied(row: Any) -> Any:
    new = deepcopy(row)
    row.addprevious(new)
    return new


def _shape_cell(document: Any, cell: Any, style: str, width: int) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.text.paragraph import Paragraph

    cell.width = width
    cell.get_or_add_tcPr().vAlign_val = WD_ALIGN_VERTICAL.CENTER
    paragraph = Paragraph(cell.p_lst[0], document)
    paragraph.style = document.styles[style]
    paragraph.add_run(" ")


def _fill_row(row: Any, texts: Sequence[str]) -> None:
    for place, text in zip(row.iter(_qn("w:t")), texts, strict=True):
        place.text = clean(text)


def _narrow_margins(table: Any) -> None:
    """One millimetre at the sides of a cell."""
    margins = _element("w:tblCellMar")
    for side in ("w:left", "w:right"):
        margins.append(_element(side, w="57", type="dxa"))
    look = table._tbl.tblPr.find(_qn("w:tblLook"))
    look.addprevious(margins)


def _set_page(document: Any, *, landscape: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    sides = {"top": 37, "bottom": 35, "left": 28, "right": 26}
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        sides = {"top": 28, "bottom": 26, "left": 22, "right": 22}
    for side, size in sides.items():
        setattr(section, f"{side}_margin", Mm(size))
    section.footer_distance = Mm(sides["bottom"] - 12)
    for old in section._sectPr.findall(_qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(_element("w:docGrid", type="lines", linePitch=str(round(LINE * 20))))


def _set_style(document: Any, name: str, font: str, size: float, align: str, indent: int) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.shared import Pt, RGBColor

    known = name in document.styles
    style = (
        document.styles[name] if known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    )
    style.font.name, style.font.size = _LATIN, Pt(size)
    style.font.bold = style.font.italic = False
    style.font.color.rgb = RGBColor(0xC0, 0, 0) if name == "公文机关" else RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for key in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[key]
    fonts.set(_qn("w:eastAsia"), font)
    shape = style.paragraph_format
    shape.alignment = getattr(WD_ALIGN_PARAGRAPH, align.upper())
    shape.space_before = shape.space_after = Pt(0)
    properties = style.element.get_or_add_pPr()
    if name in _TIGHT:
        shape.line_spacing = 1.0
    else:
        shape.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        shape.line_spacing = Pt(_OFF_GRID.get(name, LINE))
    if name in _TIGHT or name in _OFF_GRID:
        properties.append(_element("w:snapToGrid", val="0"))
    if name == "公文字号":
        rule = _element("w:pBdr")
        rule.append(_element("w:bottom", val="single", sz="12", space="4", color="C00000"))
        properties.append(rule)
    first = {"firstLineChars": str(indent * 100), "firstLine": str(int(indent * size * 20))}
    properties.append(_element("w:ind", **_INDENTS.get(name, first)))
    for gap in ("w:autoSpaceDE", "w:autoSpaceDN"):  # none between Chinese and digits
        properties.append(_element(gap, val="0"))
    _put_in_order(properties)


def _put_in_order(properties: Any) -> None:
    """Children in the order of the standard's schema; Word refuses some files that break it."""
    places = {_qn(f"w:{name}"): at for at, name in enumerate(PARAGRAPH_ORDER)}
    properties[:] = sorted(properties, key=lambda child: places[child.tag])


def _set_language(document: Any) -> None:
    """Chinese for every run that names no language of its own."""
    for lang in document.styles.element.iter(_qn("w:lang")):
        lang.set(_qn("w:val"), "en-US")  # of Latin script; Chinese here would split numbers
        lang.set(_qn("w:eastAsia"), "zh-CN")


def _number_pages(document: Any) -> None:
    """— 1 — at the foot: right on odd pages, left on even ones, one character in."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles["Footer"]
        place = (
            {"rightChars": "100", "right": "280"}
            if side == "right"
            else {
                "leftChars": "100",
                "left": "280",
            }
        )
        shape = paragraph._p.get_or_add_pPr()
        shape.append(_element("w:ind", **place))
        shape.append(_element("w:jc", val=side))
        paragraph.add_run("— ")
        for kind in ("begin", None, "end"):
            run = paragraph.add_run()
            if kind is None:
                code = _element("w:instrText")
                code.text = "PAGE"
                run._r.append(code)
            else:
                run._r.append(_element("w:fldChar", fldCharType=kind))
        paragraph.add_run(" —")


def _drop_thumbnail(document: Any) -> None:
    """python-docx's template carries a picture of an empty page."""
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]


def _element(name: str, **values: str) -> Any:
    from docx.oxml import OxmlElement

    element = OxmlElement(name)
    for key, value in values.items():
        element.set(_qn(f"w:{key}"), value)
    return element


def _qn(name: str) -> str:
    from docx.oxml.ns import qn

    found: str = qn(name)
    return found
