"""Whether the cells below a heading can be what the heading is taken for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from xmdemand.intake.amounts import parse_count, parse_wage
from xmdemand.intake.columns import Column, ValueKind
from xmdemand.intake.dates import parse_date, parse_month
from xmdemand.intake.names import Names
from xmdemand.intake.parsed import DITTO, EMPTY, NONE_AT_ALL
from xmdemand.intake.sources import Rows
from xmdemand.intake.terms import parse_code, parse_district
from xmdemand.intake.text import bare, words_of

_SAMPLE = 60
"""Rows below the headings that are looked at."""


def contradict(column: Column, cells: Sequence[object]) -> bool:
    """Whether most of a column's filled cells cannot be its values.

    A heading that says *培训需求* may stand above numbers or above the names of trades; what is
    written below tells which. Columns of free text are never contradicted.

    Examples
    --------
    >>> from xmdemand.intake.columns import KINDS
    >>> trained = KINDS["employers"].column("train_persons")
    >>> contradict(trained, ["电工", "焊工", ""]), contradict(trained, [3, "若干", ""])
    (True, False)
    """
    misfits = _MISFITS.get(column.kind)
    if misfits is None:
        return False
    filled = [cell for cell in cells if (text := bare(words_of(cell))) and text not in _SAY_NOTHING]
    return sum(misfits(cell) for cell in filled) * 2 > len(filled)


def cannot_be(column: Column, cells: Sequence[object], names: Names | None) -> bool:
    """The same for a heading that merely resembles the column's: names are held against it too."""
    if contradict(column, cells):
        return True
    filled = [cell for cell in cells if (text := bare(words_of(cell))) and text not in _SILENT]
    if not filled:
        return False
    if column.kind == "choice":
        words = [bare(word) for known in column.choices.values() for word in known]
        return not any(word in bare(words_of(cell)) for cell in filled for word in words)
    if column.kind in ("text", "group"):
        return sum(map(_a_number, filled)) * 2 > len(filled)
    if column.kind == "district" and names is not None:
        read = [
            parse_district(cell, names.districts, elsewhere=names.elsewhere, places=names.places)
            for cell in filled
        ]
        return all(item.value is None and "unreadable" in item.flags for item in read)
    return False


_SILENT = EMPTY | NONE_AT_ALL
_SAY_NOTHING = _SILENT | DITTO


def below(rows: Rows, first: int, place: int) -> list[object]:
    """The first cells below a heading, up to a row that is empty or a line between two tables."""
    cells: list[object] = []
    for row in rows[first : first + _SAMPLE]:
        if cells and len(row) - row.count("") - row.count(None) < 2:
            break
        if place < len(row):
            cells.append(row[place])
    return cells


def _no_count(cell: object) -> bool:
    count = parse_count(cell)
    return count.kind == "missing" and bool(count.flags)


def _no_wage(cell: object) -> bool:
    wage = parse_wage(cell)
    return "unreadable" in wage.flags or "implausible" in wage.flags


def _no_code(cell: object) -> bool:
    return parse_code(cell).value is None


def _no_day(cell: object) -> bool:
    return parse_date(cell).value is None and parse_month(cell).value is None


TICKS = frozenset(
    [
        "是",
        "√",
        "✓",
        "✔",
        "☑",
        "✅",
        "v",
        "y",
        "yes",
        "有",
        "1",
        "●",
        "■",
        "★",
        "○",
        "可",
        "对",
        "勾",
        "选中",
        "已选",
        "选",
        "true",
        "t",
    ]
)
"""What a ticked cell holds."""
_UNTICKED = frozenset(
    ["0", "否", "×", "x", "✗", "✘", "☐", "□", "n", "no", "false", "f", "不选", "未选"]
)


def ticked(columns: Sequence[Sequence[object]]) -> bool:
    """Whether the cells of some columns are ticks or empty, and some are ticked."""
    texts = [bare(words_of(cell)) for cells in columns for cell in cells]
    filled = [text for text in texts if text not in _SILENT]
    return bool(filled) and all(text in TICKS or text in _UNTICKED for text in filled)


_LEVEL = re.compile(r"[一二三四五1-5初中高]级|技师|[初中高]级?工|不限|专项|等级|证")


def _no_level(cell: object) -> bool:
    return _LEVEL.search(words_of(cell)) is None


def _a_number(cell: object) -> bool:
    return not isinstance(cell, str) or words_of(cell).replace(".", "").isdigit()


_MISFITS: Mapping[ValueKind, Callable[[object], bool]] = {
    "code": _no_code,
    "count": _no_count,
    "uncertain": _no_count,
    "wage": _no_wage,
    "date": _no_day,
    "month": _no_day,
    "level": _no_level,
    "levels": _no_level,
    "title": _a_number,
    "titles": _a_number,
}


_AGENCY = re.compile(
    r"人力|人才(?!公寓)|(?<!建筑)(?<!工程)(?<!装饰)(?<!装修)劳务|职介|职业介绍|就业服务|派遣|猎头|英才"
)


def agencies(cells: Sequence[object]) -> bool:
    """Whether most of the names are those of agencies, who want people for others.

    >>> agencies(["海峡人力", "厦门某某劳务有限公司"]), agencies(["某某电子有限公司", "海峡人力"])
    (True, False)
    """
    named = [text for cell in cells if (text := bare(words_of(cell))) and text not in _SILENT]
    return sum(bool(_AGENCY.search(text)) for text in named) * 2 > len(named)


_FIRM = re.compile(
    r"(?:公司|集团|合作社|事务所|酒店|宾馆|医院|学校|幼儿园|养老院|护理院|研究院|商行|超市|[一-鿿]厂)"
    r"(?:[(].*[)])?$"
)


def firm_like(text: str) -> bool:
    """Whether a text is called as firms are.

    >>> firm_like("厦门某某电子有限公司"), firm_like("焊工")
    (True, False)
    """
    return len(text) > 3 and _FIRM.search(text) is not None


def firms(cells: Sequence[object]) -> bool:
    """Whether nearly all filled cells, and two at least, are called as firms are."""
    texts = {words_of(cell) for cell in cells} - {"", "合计", "总计", "小计"}
    return len(texts) > 1 and sum(map(firm_like, texts)) * 10 >= len(texts) * 9
