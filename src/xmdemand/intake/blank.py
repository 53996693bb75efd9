"""Blank input workbooks to send out: headings, drop-down lists, instructions, from `KINDS`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xmdemand.intake import sheetstyle as style
from xmdemand.intake.columns import KINDS, Column, Kind
from xmdemand.ooxml import normalise_ooxml
from xmdemand.outdir import unwritable
from xmdemand.profile import Profile

ENTRY_ROWS = 500
"""Rows with drop-down lists and formats."""
_LISTS = "选项"


def write_blank_workbooks(folder: Path, profile: Profile, *, year: int) -> list[Path]:
    """Write one blank workbook for every kind of input file.

    Parameters
    ----------
    folder
        Where to; made if it is not there.
    profile
        Names the city, its districts, groups and levels (drop-down lists).
    year
        Year of the catalogue, for the titles.

    Returns
    -------
    list of Path
        The workbooks, in the order of `KINDS`.

    Raises
    ------
    OutputError
        If a file cannot be written (open in another program).
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, kind in enumerate(KINDS.values(), 1):
        path = folder / f"{number}_{kind.title}.xlsx"
        try:
            blank_workbook(kind, profile, year=year).save(path)
        except OSError as error:
            raise unwritable(path, error) from error
        normalise_ooxml(path, dt.date(year, 1, 1))
        paths.append(path)
    return paths


def blank_workbook(kind: Kind, profile: Profile, *, year: int) -> Workbook:
    """The blank workbook of one kind: the table, the instructions, the lists behind drop-downs."""
    book = Workbook()
    table = style.first_sheet(book, "填报表")
    columns = [column for column in kind.columns if _asked(kind, column)]
    _table(table, kind, columns, f"{year}年{profile.city}{kind.title}")
    _drop_downs(book, table, columns, profile)
    _instructions(book.create_sheet("填表说明"), kind, columns, profile)
    book.properties.title = f"{year}年{profile.city}{kind.title}"
    book.properties.creator = profile.bureau
    return book


def _asked(kind: Kind, column: Column) -> bool:
    """Whether our own form asks for a column; others are only understood when they come.

    Firms name a contact for questions; of persons nothing that identifies them is asked.
    """
    if kind.name == "workers" and column.name in ("submitted", "seconds"):
        return False
    return column.kind != "ignored" or (column.personal and kind.name != "workers")


def _table(sheet: Worksheet, kind: Kind, columns: Sequence[Column], title: str) -> None:
    last = get_column_letter(len(columns))
    sheet.merge_cells(f"A1:{last}1")
    style.put(sheet["A1"], title)
    sheet["A1"].font, sheet["A1"].alignment = style.TITLE, style.CENTRE
    sheet.row_dimensions[1].height = 34
    sheet.merge_cells(f"A2:{last}2")
    style.put(sheet["A2"], f"{kind.row}。黄底为必填列；填写要求见“填表说明”，请勿改动表头。")
    sheet["A2"].font, sheet["A2"].alignment = style.HINT, style.WRAP
    style.write_row(sheet, 3, [column.header for column in columns], head=True)
    sheet.row_dimensions[3].height = 44
    for place, column in enumerate(columns, 1):
        cell = sheet.cell(3, place)
        if column.required:
            cell.fill = style.MUST_FILL
        if column.expected:
            cell.comment = Comment(column.expected, "填表说明", width=240, height=80)
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = max(
            11, min(24, style.display_width(column.header) + 3)
        )
        for row in range(4, 4 + ENTRY_ROWS):
            entry = sheet.cell(row, place)
            entry.number_format = _FORMATS.get(column.kind, "General")
            if row < 34:
                entry.border = style.THIN
    sheet.freeze_panes = "A4"
    style.print_setup(sheet, head_row=3)
    if len(columns) > 14:
        sheet.page_setup.paperSize = 8  # A3


_FORMATS = {
    "text": "@",
    "title": "@",
    "titles": "@",
    "code": "@",
    "firm_id": "@",
    "wage": "@",
    "uncertain": "@",
    "month": "@",
    "date": "yyyy-mm-dd",
    "share": "0%",
    "count": "0",
}


def _options(column: Column, profile: Profile) -> list[str]:
    if column.choices:
        return [words[0] for words in column.choices.values()]
    levels = [level.name for level in sorted(profile.levels, key=lambda v: v.order)]
    return {
        "district": [district.name for district in profile.districts],
        "group": [group.name for group in profile.groups],
        "level": levels,
        "levels": [*levels, "不限"],
    }.get(column.kind, [])


def _drop_downs(
    book: Workbook, sheet: Worksheet, columns: Sequence[Column], profile: Profile
) -> None:
    """Lists live on a hidden sheet: a list typed into the rule may hold 255 characters at most."""
    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    at = 0
    for place, column in enumerate(columns, 1):
        options = _options(column, profile)
        if not options:
            continue
        at += 1
        for row, option in enumerate([column.header, *options], 1):
            style.put(lists.cell(row, at), option)
        letter, name = get_column_letter(at), f"list_{column.name}"
        area = f"{quote_sheetname(_LISTS)}!${letter}$2:${letter}${len(options) + 1}"
        book.defined_names[name] = DefinedName(name, attr_text=area)
        strict = column.kind not in ("levels",)
        rule = DataValidation(type="list", formula1=f"={name}", allow_blank=True)
        rule.errorStyle = "stop" if strict else "information"
        rule.errorTitle, rule.error = column.header, "请从下拉列表中选择"
        rule.promptTitle, rule.prompt = column.header, column.expected[:250] or "请从列表中选择"
        rule.showErrorMessage = rule.showInputMessage = True
        target = get_column_letter(place)
        rule.add(f"{target}4:{target}{3 + ENTRY_ROWS}")
        sheet.add_data_validation(rule)


def _instructions(
    sheet: Worksheet, kind: Kind, columns: Sequence[Column], profile: Profile
) -> None:
    sheet.merge_cells("A1:E1")
    style.put(sheet["A1"], f"{kind.title}填表说明")
    sheet["A1"].font, sheet["A1"].alignment = style.TITLE, style.CENTRE
    sheet.row_dimensions[1].height = 34
    row = 2
    for line in _ADVICE.get(kind.name, ()) + _COMMON:
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=5)
        style.put(sheet.cell(row, 1), f"{row - 1}. {line}")
        sheet.cell(row, 1).font, sheet.cell(row, 1).alignment = style.BODY, style.WRAP
        sheet.row_dimensions[row].height = 20 if style.display_width(line) < 92 else 36
        row += 1
    head = row + 1
    style.write_row(sheet, head, ["栏目", "必填", "填写要求", "示例", "可选内容"], head=True)
    for number, column in enumerate(columns, head + 1):
        options = "、".join(_options(column, profile))
        must = "是" if column.required else ""
        style.write_row(
            sheet, number, [column.header, must, column.expected, column.example, options]
        )
        sheet.cell(number, 2).alignment = style.CENTRE
        lines = max(style.display_width(options) / 44, style.display_width(column.expected) / 34)
        sheet.row_dimensions[number].height = 18 * max(1, int(lines) + 1)
    style.set_widths(sheet, [26, 7, 36, 22, 46])
    sheet.sheet_view.showGridLines = False
    style.print_setup(sheet, head_row=0, landscape=False)


_COMMON = (
    "一行只填一条记录，不要合并单元格，不要插入小计、合计行。",
    "人数填整数；确实说不准的可填范围（如10-20），不要填“若干”。没有的填0，不清楚的留空。",
    "编码、信用代码以文本填写，避免被软件改成日期或科学计数。",
)
_ADVICE = {
    "employers": (
        "被调查单位不打算招人的，填一行：岗位名称留空，各项人数填0，同样有效。",
        "“未来12个月计划招用”包括补缺和新增；“当前空缺人数”只填正在招的。",
        "联系人和电话只用于核对，读入时即隐去，不进入任何结果。",
    ),
    "workers": (
        "本表不收集姓名、身份证号和手机号码。",
        "没有培训意愿的人也要填一行，希望参加的培训留空，否则意愿会被高估。",
    ),
    "register": (
        "上期结转是期初仍有效的登记，本期新增是当月新登记的；两项都要，合计可不填。",
        "未说明求职职业的人数单列一行，职业名称填“未说明”。",
    ),
    "firms": ("抽样框列全部单位；未被抽中的单位“调查方式”“调查结果”留空。",),
    "decisions": ("每项决定都要有理由、决定人和日期，缺一不收。",),
}
