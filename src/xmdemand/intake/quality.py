"""The data-quality report: what was read, what was refused and why, one sheet per sender."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xmdemand.intake import sheetstyle as style
from xmdemand.intake.columns import KINDS
from xmdemand.intake.sheetstyle import first_sheet
from xmdemand.intake.tables import Tables
from xmdemand.notes import Note, text
from xmdemand.ooxml import normalise_ooxml
from xmdemand.outdir import whole_file
from xmdemand.profile import Profile

_EPOCH = dt.date(2000, 1, 1)
_BAD_NAME = re.compile(r"[\[\]:*?/\\']")


def write_quality_report(tables: Tables, profile: Profile, path: Path) -> Path:
    """Write `quality_report` to a file.

    Raises
    ------
    OutputError
        If the file cannot be written (open in another program).
    """
    with whole_file(path) as fresh:
        quality_report(tables, profile).save(fresh)
        normalise_ooxml(fresh, _EPOCH)
    return path


def quality_report(tables: Tables, profile: Profile) -> Workbook:
    """A workbook that tells what was read and can be sent back to the senders.

    The first sheet accounts for every file; the second shows what the tables cover; then comes one
    sheet a sender (a folder, else a file) with every refused row and odd cell: where, what stands
    there, what is expected.
    """
    files = tables.files if tables.files is not None else pd.DataFrame()
    problems = _problems(tables)
    book = Workbook()
    overview = first_sheet(book, "总览")
    senders = _sender_sheets(files, problems)
    _overview(overview, files, problems, senders, profile)
    _coverage(book.create_sheet("覆盖情况"), tables, profile)
    unused = [note for note in tables.notes if note.code == "intake.unused"]
    proposals = tables.proposals if tables.proposals is not None else pd.DataFrame()
    if len(proposals) or unused:
        _headings(book.create_sheet("表头确认"), proposals, unused)
    for sender, name in senders.items():
        _sender(book.create_sheet(name), sender, files, problems)
    return book


def sender_of(file: str) -> str:
    """Who sent a file: its top folder or archive, else the file itself.

    >>> sender_of("思明区/3月.xlsx"), sender_of("集美区.xlsx")
    ('思明区', '集美区.xlsx')
    """
    return PurePosixPath(file).parts[0] if file else ""


def _problems(tables: Tables) -> pd.DataFrame:
    parts = []
    for table, verdict in ((tables.quarantine, "退回"), (tables.oddities, "请核对")):
        if table is not None and len(table):
            parts.append(table.assign(verdict=verdict))
    if not parts:
        columns = ["file", "sheet", "row", "column", "found", "expected", "code", "text", "verdict"]
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True).sort_values(
        ["file", "sheet", "row"], kind="stable", ignore_index=True
    )


def _sender_sheets(files: pd.DataFrame, problems: pd.DataFrame) -> dict[str, str]:
    """Sender -> sheet name, unique within 31 characters, for senders with something to mend."""
    unread = files.loc[files["state"] == "refused", "file"]
    concerned = {sender_of(file) for file in (*problems["file"], *unread)}
    names: dict[str, str] = {}
    used = {"总览", "覆盖情况", "表头确认"}
    for sender in sorted(concerned):
        base = _BAD_NAME.sub("_", sender)[:26] or "未名"
        name, number = base, 2
        while name.casefold() in used:
            name, number = f"{base}_{number}", number + 1
        used.add(name.casefold())
        names[sender] = name
    return names


def _overview(
    sheet: Worksheet,
    files: pd.DataFrame,
    problems: pd.DataFrame,
    senders: dict[str, str],
    profile: Profile,
) -> None:
    _title(sheet, f"{profile.city}数据质量报告", 10)
    totals = files[["rows_read", "accepted", "refused"]].sum() if len(files) else None
    if totals is not None:
        line = (
            f"共 {files['file'].nunique()} 个文件，读入 {totals['rows_read']:,} 行："
            f"采用 {totals['accepted']:,} 行，退回 {totals['refused']:,} 行；"
            f"另有 {int((problems['verdict'] == '请核对').sum()):,} 处请核对。"
        )
        style.put(sheet["A2"], line)
        sheet["A2"].font = style.BODY
    heads = [
        "文件",
        "工作表",
        "种类",
        "读入行",
        "采用行",
        "退回行",
        "采用率",
        "请核对",
        "情况",
        "明细",
    ]
    style.write_row(sheet, 4, heads, head=True)
    odd = problems[problems["verdict"] == "请核对"].groupby(["file", "sheet"]).size()
    for row, item in enumerate(files.to_dict("records"), 5):
        kind = KINDS[item["kind"]].title if item["kind"] else ""
        share = item["accepted"] / item["rows_read"] if item["rows_read"] else None
        state = {"read": "已读取", "skipped": "未读取", "refused": "拒收"}[item["state"]]
        why = f"{state}：{_reason(item['code'])}" if item["code"] else state
        count = int(odd.get((item["file"], item["sheet"]), 0))
        style.write_row(
            sheet,
            row,
            [
                item["file"],
                item["sheet"],
                kind,
                item["rows_read"],
                item["accepted"],
                item["refused"],
                share,
                count,
                why,
                "",
            ],
        )
        sheet.cell(row, 7).number_format = "0%"
        target = senders.get(sender_of(item["file"]))
        if target:
            cell = sheet.cell(row, 10)
            style.put(cell, "查看")
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{target}'!A1")
            cell.font = Font(name="微软雅黑", size=10.5, color="0563C1", underline="single")
        if item["refused"] or item["state"] == "refused":
            sheet.cell(row, 6).fill = style.MUST_FILL
    widths = [44, 16, 22, 9, 9, 9, 9, 9, 44, 8]
    style.set_widths(sheet, widths)
    style.fit_heights(sheet, 5, widths)
    sheet.freeze_panes = "A5"
    style.print_setup(sheet, head_row=4)


def _reason(code: str) -> str:
    return text(code, where="", n=1).lstrip("：") if code else ""


def _coverage(sheet: Worksheet, tables: Tables, profile: Profile) -> None:
    _title(sheet, "覆盖情况", 4)
    style.write_row(sheet, 3, ["资料", "项目", "数量", "说明"], head=True)
    for row, line in enumerate(_coverage_lines(tables, profile), 4):
        style.write_row(sheet, row, line)
    style.set_widths(sheet, [24, 30, 14, 60])
    sheet.freeze_panes = "A4"
    style.print_setup(sheet, head_row=3)


def _coverage_lines(tables: Tables, profile: Profile) -> Iterable[list[object]]:
    for kind in KINDS.values():
        table = getattr(tables, kind.name)
        if table is None:
            yield [kind.title, "记录", 0, "没有收到这类文件"]
            continue
        yield [kind.title, "记录", len(table), ""]
        if "firm" in table:
            yield [kind.title, "单位", int(table["firm"].nunique()), ""]
        if "district" in table:
            seen = set(table["district"])
            absent = [d.name for d in profile.districts if d.name not in seen]
            note = f"没有：{'、'.join(absent)}" if absent else "各区都有"
            yield [kind.title, "覆盖的区", len(profile.districts) - len(absent), note]
        if "month" in table and len(table):
            months = table["month"].dropna()
            span = f"{months.min():%Y-%m} 至 {months.max():%Y-%m}" if len(months) else ""
            yield [kind.title, "月份", int(months.nunique()), span]
        if "occupation_status" in table and len(table):
            coded = table["occupation_status"].isin(["coded", "group", "not_stated", ""])
            share = f"{coded.mean():.0%} 的记录已对上职业；其余见待确认名称"
            share = "全部记录已对上职业" if coded.all() else share
            yield [kind.title, "待对应职业", int((~coded).sum()), share]


def _headings(sheet: Worksheet, proposals: pd.DataFrame, unused: Sequence[Note]) -> None:
    """Headings that were taken by likeness, wait for a person, or were not read."""
    _title(sheet, "需要确认的表头", 6)
    hint = "请在 inputs/mapping.toml 中确认；已按相似度采用的也请看一眼。"
    style.put(sheet["A2"], hint)
    sheet["A2"].font = style.HINT
    style.write_row(sheet, 4, ["文件", "工作表", "原表头", "对应栏目", "相似度", "处理"], head=True)
    for row, item in enumerate(proposals.to_dict("records"), 5):
        state = "已采用" if item["taken"] else "待确认" if item["kind"] else "整张表待确认"
        values = [item["file"], item["sheet"], item["heading"], item["header"], item["score"]]
        style.write_row(sheet, row, [*values, state])
        sheet.cell(row, 5).number_format = "0%"
    for row, note in enumerate(unused, len(proposals) + 5):
        file, _, name = note.where.rpartition("!")
        style.write_row(sheet, row, [file, name, note.fields["headings"], "", "", "不认识，未读取"])
    widths = [44, 16, 30, 26, 9, 14]
    style.set_widths(sheet, widths)
    style.fit_heights(sheet, 5, widths)
    style.print_setup(sheet, head_row=4)


def _sender(sheet: Worksheet, sender: str, files: pd.DataFrame, problems: pd.DataFrame) -> None:
    _title(sheet, f"{sender}：需要核对和更正的内容", 8)
    hint = (
        "“退回”的行没有采用，更正后请重新提交整个文件（文件名不变即可覆盖）；“请核对”的行已采用。"
    )
    style.put(sheet["A2"], hint)
    sheet["A2"].font = style.HINT
    heads = ["文件", "工作表", "行", "栏目", "填写内容", "问题", "应填", "处理"]
    style.write_row(sheet, 4, heads, head=True)
    row = 5
    for item in files[files["file"].map(sender_of) == sender].to_dict("records"):
        if item["state"] == "refused":
            style.write_row(
                sheet,
                row,
                [item["file"], item["sheet"], "", "", "", _reason(item["code"]), "", "拒收"],
            )
            row += 1
    for item in problems[problems["file"].map(sender_of) == sender].to_dict("records"):
        values = [
            item["file"],
            item["sheet"],
            item["row"],
            item["column"],
            item["found"] or "（空）",
        ]
        style.write_row(
            sheet, row, [*values, _reason(item["code"]), item["expected"], item["verdict"]]
        )
        if item["verdict"] == "退回":
            sheet.cell(row, 8).fill = style.MUST_FILL
        row += 1
    widths = [30, 14, 7, 22, 26, 34, 36, 9]
    style.set_widths(sheet, widths)
    style.fit_heights(sheet, 5, widths)
    sheet.freeze_panes = "A5"
    sheet.auto_filter.ref = f"A4:H{max(row - 1, 4)}"
    style.print_setup(sheet, head_row=4)


def _title(sheet: Worksheet, title: str, columns: int) -> None:
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=columns)
    style.put(sheet["A1"], title)
    sheet["A1"].font, sheet["A1"].alignment = style.TITLE, style.CENTRE
    sheet.row_dimensions[1].height = 34
    sheet.sheet_view.showGridLines = False
