"""Prints the hash of a workbook with something of everything; run with and without lxml."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from xmdemand.ooxml import normalise_ooxml

book = openpyxl.Workbook()
sheet = book.worksheets[0]
sheet.title = "目录"
sheet.append(["标题 𠮷", None, 3])
sheet.append(["&<x>'\" />", 2.5, dt.date(2026, 1, 2)])
sheet.append(["  空格 ", "一行\n两行", True])
sheet.merge_cells("A1:B1")
sheet["A1"].font = Font(name="仿宋", bold=True)
sheet["A3"].comment = Comment("批注", "某人")
sheet["B3"].hyperlink = "https://example.org/?a=1&b=2"
choices = DataValidation(type="list", formula1='"保留,调出"')
sheet.add_data_validation(choices)
choices.add("C3:C9")
sheet.freeze_panes = "A2"
sheet.print_title_rows = "1:1"
sheet.auto_filter.ref = "A1:C3"
sheet.protection.sheet = True
other = book.create_sheet("说明")
other.append(["甲", None, float("inf")])
other["B1"].font = Font(bold=True)
other.oddHeader.right.text = "内部"
stream = io.BytesIO()
book.save(stream)
print(hashlib.sha256(normalise_ooxml(stream.getvalue(), dt.date(2026, 5, 20))).hexdigest())
