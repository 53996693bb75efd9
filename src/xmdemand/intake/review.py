"""Titles a person has to place: a workbook with proposals, and what comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from xmdemand.errors import InputError
from xmdemand.intake import sheetstyle as style
from xmdemand.intake.tables import Tables
from xmdemand.intake.text import words_of
from xmdemand.intake.values import parse_code, parse_date
from xmdemand.notes import Note
from xmdemand.ooxml import normalise_ooxml
from xmdemand.outdir import whole_file

_SHEET, _LISTS = "待确认名称", "选项"
_HEADS = ("名称", "次数", "来源", "首选建议", "把握", "选定职业", "或填编码", "确认人", "确认日期")
_SOURCES = {"post": "用工需求", "wish": "培训意愿", "register": "供求登记等"}
_FIRST = 4
_EPOCH = dt.date(2000, 1, 1)


def titles_to_review(tables: Tables) -> pd.DataFrame:
    """Distinct titles that were not coded, the most frequent first.

    Returns
    -------
    DataFrame
        ``title, n, kinds`` (a tuple), ``alternatives`` (of the coder, best first).
    """
    titles = tables.titles
    if titles is None or titles.empty:
        return pd.DataFrame(columns=["title", "n", "kinds", "alternatives"])
    open_ = titles[titles["status"].isin(["review", "unmatched"]) & (titles["title"] != "")]
    rows = [
        (title, int(rows["n"].sum()), tuple(rows["kind"].unique()), rows["alternatives"].iloc[0])
        for title, rows in open_.groupby("title", sort=False)
    ]
    table = pd.DataFrame(rows, columns=["title", "n", "kinds", "alternatives"])
    return table.sort_values(["n", "title"], ascending=[False, True], ignore_index=True)


def review_workbook(tables: Tables, path: Path) -> Path:
    """Write the titles to be placed, each with its proposals in a drop-down list.

    Raises
    ------
    OutputError
        If the file cannot be written (open in another program).
    """
    book = Workbook()
    sheet = style.first_sheet(book, _SHEET)
    lists = book.create_sheet(_LISTS)
    lists.sheet_state = "hidden"
    sheet.merge_cells("A1:I1")
    style.put(sheet["A1"], "待确认的职业名称")
    sheet["A1"].font, sheet["A1"].alignment = style.TITLE, style.CENTRE
    sheet.row_dimensions[1].height = 34
    hint = "在“选定职业”中选一项，或在“或填编码”中填写编码，并填确认人和日期；今后同名自动沿用。"
    style.put(sheet["A2"], hint)
    sheet["A2"].font = style.HINT
    style.write_row(sheet, _FIRST - 1, _HEADS, head=True)
    for row, item in enumerate(titles_to_review(tables).to_dict("records"), _FIRST):
        _title_row(sheet, lists, row, item)
    style.set_widths(sheet, [30, 8, 18, 34, 8, 34, 16, 12, 14])
    sheet.freeze_panes = f"B{_FIRST}"
    style.print_setup(sheet, head_row=_FIRST - 1)
    with whole_file(path) as fresh:
        book.save(fresh)
        normalise_ooxml(fresh, _EPOCH)
    return path


def _title_row(sheet: Worksheet, lists: Worksheet, row: int, item: Mapping[Any, Any]) -> None:
    options = [f"{option['code']} {option['name']}" for option in item["alternatives"]]
    sources = "、".join(_SOURCES.get(kind, kind) for kind in item["kinds"])
    best = options[0] if options else ""
    score = float(item["alternatives"][0]["score"]) if options else None
    style.write_row(sheet, row, [item["title"], item["n"], sources, best, score, "", "", "", ""])
    sheet.cell(row, 5).number_format = "0%"
    sheet.cell(row, 9).number_format = "yyyy-mm-dd"
    sheet.cell(row, 7).number_format = "@"
    for place in (6, 7, 8, 9):
        sheet.cell(row, place).fill = style.MUST_FILL
    if options:
        for place, option in enumerate(options, 1):
            style.put(lists.cell(row, place), option)
        last = get_column_letter(len(options))
        rule = DataValidation(type="list", formula1=f"{_LISTS}!$A${row}:${last}${row}")
        rule.add(f"F{row}")
        sheet.add_data_validation(rule)


def read_review(path: Path) -> pd.DataFrame:
    """Read what people placed.

    Returns
    -------
    DataFrame
        ``title, code, who, when`` (text), ready to be added to `coded_titles.csv`; rows without a
        choice are left out.

    Raises
    ------
    InputError
        If the workbook is not one of ours, or a choice has no code, no name or no day; all cells
        are named at once.
    """
    try:
        book = load_workbook(path, data_only=True, read_only=True)
    except (OSError, ValueError, KeyError, BadZipFile, InvalidFileException) as error:
        raise InputError.told(
            Note("intake.review_unreadable", str(path), fields={"foreign": str(error)})
        ) from error
    with_review = _SHEET in book.sheetnames
    rows = list(book[_SHEET].iter_rows(min_row=_FIRST, values_only=True)) if with_review else []
    book.close()
    if not with_review:
        raise InputError.told(Note("intake.review_no_sheet", str(path), fields={"sheet": _SHEET}))
    wrong: list[Note] = []
    placed = []
    for number, cells in enumerate(rows, _FIRST):
        title, *_, chosen, code, who, when = (list(cells) + [None] * 9)[:9]
        if not words_of(title) or not (words_of(chosen) or words_of(code)):
            continue
        found = parse_code(code if words_of(code) else words_of(chosen).split(" ")[0])
        day = parse_date(when)
        if found.value is None:
            wrong.append(Note("intake.review_lacks_code", f"G{number}"))
        if not words_of(who):
            wrong.append(Note("intake.review_lacks_who", f"H{number}"))
        if day.value is None:
            wrong.append(Note("intake.review_lacks_day", f"I{number}"))
        if found.value and day.value and words_of(who):
            placed.append((str(title), found.value, words_of(who), f"{day.value:%Y-%m-%d}"))
    if wrong:
        told = {"told": tuple(wrong)}
        raise InputError.told(Note("intake.review_incomplete", str(path), len(wrong), fields=told))
    return pd.DataFrame(placed, columns=["title", "code", "who", "when"], dtype=str)
