"""Which rows below the headings are data: blanks, repeated heads, totals and tails are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

import numpy as np

from xmdemand.intake.captions import caption, counts_another, is_title
from xmdemand.intake.columnar import ColumnRows
from xmdemand.intake.columns import KINDS
from xmdemand.intake.headings import heading_key, resembles_heading
from xmdemand.intake.layout import Layout
from xmdemand.intake.parsed import EMPTY
from xmdemand.intake.sources import Grid
from xmdemand.intake.text import bare, words_of
from xmdemand.intake.wide import Block

Row = list[object]

TOTALS = frozenset(
    [
        "合计",
        "总计",
        "小计",
        "共计",
        "全市合计",
        "全区合计",
        "全市",
        "累计",
        "本页合计",
        "本页小计",
        "总数",
    ]
)
_SUM = re.compile(
    r"(?:[(]?[一二三四五六七八九十\d]{1,3}(?:[)]|[)]?[、.]))?"
    r"(?:[\u3400-\u9fff()、/]{1,20}|[(]?[一二三四五六七八九十\d]+[)]?)?"
    r"(?:合计|小计|总计|共计)(?:[(][^()]*[)])?:?"
)
"""``思明区小计``, ``一、技术人员小计``, ``总计(人)``: a sum that says of what."""
_OF_WHICH = re.compile(r"^其中[:：]?")
_BLANKS = " \t\r\n\u00a0\u3000\u200b\ufeff*★"
_TAIL = re.compile(
    r"^(?:填表人|填报人|制表人|制表|审核人|审核|单位负责人|负责人|联系人|填报单位|填报日期|填表说明|填表日期|"
    r"注[:：\d(（]|注释|备注[:：]|说明[:：\d]|附注|续表|(?:\d[.、])?本表)"
)
_SIGNED = re.compile(
    r"^(?:填表|填报|制表|审核|单位|部门|联系|经办|负责|报送)?(?:人|单位负责人|负责人)"
    r"(?:[(]?(?:签字|签章|签名|盖章)[)]?)?(?::|$)|.{0,8}(?:签字|签章|签名|盖章)[)]?:?"
)
"""Who signs: no row of data begins so, however much stands beside it."""
_LABELLED = re.compile(r"^[\u3400-\u9fff]{2,8}(?:[(][^)]*[)])?:(?!.*(?:\d人|\d名))")
"""``台账管理员：张三``: a label and what it says; a row of nothing else is no data."""
_CONTINUED = re.compile(r"^[(（]?(?:续表|接上页|转下页)")
_EXAMPLE = re.compile(
    r"^[(\[【]?(?:填写|填表)?(?:示例|样例|范例|举例|例如|例)(?:[\d一二三]?[)\]】:：]|[\d一二三行]?$|数据|填写)"
)
_MADE_UP = re.compile(r"^(?:[\u3400-\u9fff]{2,3}市?)?(?:某某|xx|××|\*\*|○○|示例|样例)")
"""A name nobody bears: an example, where it stands in the first row and in no other."""


_NOTE = re.compile(
    r"(?:数据|资料)来源|来源[:：]|出处[:：]|温馨提示|友情提示|特别提示|提示[:：]|备注|附注|注释|注[:：\d(（]|说明[:：\d]|"
    r"建议|意见(?:建议)?[:：]|希望|请(?:于|在|将|各|务必)|以上(?:数据|信息|岗位|内容|情况)|如有|咨询|地址[:：]|联系|填表|填报|制表|"
    r"审核|统计(?:人|日期|时间)|报送|盖章|单位公章|(?:附)?[表图][\d一二三四五六七八九十]+(?!区)|附[件表图]|[*★※▲●]"
)
_ITEM = re.compile(r"[一二三四五六七八九十]{1,3}[、.]|[(（][一二三四五六七八九十]{1,3}[)）]")
_SENTENCE = re.compile(r"[。；！？!?]$|。")
_NUMBERING = frozenset(["序号", "编号", "行次", "no", "no.", "号", "序"])


@dataclass(frozen=True, slots=True)
class Body:
    """The data rows of a sheet.

    Attributes
    ----------
    numbers
        Row numbers as a person counts.
    rows
        Their cells.
    labels
        A name for every row of a wide table: its number, and behind a point which part of it; of
        other tables nothing, there the number is the name.
    rest
        Position in the grid where a second table starts, below this one; 0 if none does.
    totals
        Rows that only add others up, with their numbers, for the check against the sum.
    skipped
        How many rows were no data, by reason: ``repeated_head, total, tail, example``, ``numbered``
        (nothing but a running number) and ``note`` (a lone sentence, source, hint or caption).
    """

    numbers: Sequence[int] | np.ndarray
    rows: Sequence[Row]
    totals: list[tuple[int, Row]]
    skipped: dict[str, int]
    labels: Sequence[str] = ()
    rest: int = 0


def data_rows(grid: Grid, layout: Layout) -> Body:
    """Split the rows below the headings into data and the rest.

    Only rows that hold a text which could open a total, a tail or a heading are looked at closely.
    """
    judge = _Judge(layout)
    rows = grid.rows[layout.first :]
    suspects = judge.suspects(rows)
    numbers: list[int] = []
    kept: list[Row] = []
    made_up: list[int] = []
    body = Body(numbers, kept, [], {})
    for place, row in enumerate(rows):
        if (not row or row[0] in ("", None)) and row.count("") + row.count(None) == len(row):
            continue
        reason = judge(row) if place in suspects else None
        if reason is None and len(row) - row.count("") - row.count(None) <= 1:
            reason = judge.lone(row)
        if reason == "made_up":
            made_up.append(len(kept))
            reason = None
        if reason == "repeated_head" and _counts_another(rows, place, layout):
            reason = "other_head"
        if reason is None:
            numbers.append(grid.offset + layout.first + 1 + place)
            kept.append(row)
        elif reason == "other_head":
            start = _with_title(rows, place)
            kept_rows = sum(number <= grid.offset + layout.first + start for number in numbers)
            del numbers[kept_rows:], kept[kept_rows:]
            body = replace(body, rest=layout.first + start)
            break
        else:
            _leave_out(body, grid.offset + layout.first + 1 + place, row, reason)
    if made_up == [0] and len(kept) > 1:
        _leave_out(body, numbers.pop(0), kept.pop(0), "example")
    return body


def _with_title(rows: Sequence[Row], place: int) -> int:
    """Where a second table starts: at its headings, or at the lone texts and blanks before them."""
    while place and is_title(rows[place - 1]):
        place -= 1
    return place


def _counts_another(rows: Sequence[Row], place: int, layout: Layout) -> bool:
    """Whether the lines before a repeated head say that another side of the register follows."""
    lines = [caption(row) or "" for row in rows[_with_title(rows, place) : place]]
    return layout.kind == "register" and counts_another(lines, layout.above)


def data_rows_in_columns(rows: ColumnRows, layout: Layout) -> Body | None:
    """The same of a table in columns whose headings are its first row; None if another follows it.

    Only rows that hold a suspect text are made and looked at.
    """
    judge = _Judge(layout)
    body = Body((), (), [], {})
    keep = ~rows.empty()
    odd = [judge.odd(column.distinct) for column in rows.columns]
    made_up: list[int] = []
    for place in np.flatnonzero(rows.holding(odd)).tolist():
        row = rows[place]
        reason = judge(row) if keep[place] else None
        if reason == "other_head":
            return None
        if reason == "made_up":
            made_up.append(place)
        elif reason is not None:
            keep[place] = False
            _leave_out(body, place + 2, row, reason)
    if len(made_up) == 1 and made_up[0] == np.argmax(keep) and keep.sum() > 1:
        keep[made_up[0]] = False
        _leave_out(body, made_up[0] + 2, rows[made_up[0]], "example")
    places = np.flatnonzero(keep)
    kept = rows if len(places) == len(keep) else rows.take(places)
    return replace(body, numbers=places + 2, rows=kept)


def _leave_out(body: Body, number: int, row: Row, reason: str) -> None:
    if reason == "blank":
        return
    body.skipped[reason] = body.skipped.get(reason, 0) + 1
    if reason == "total":
        body.totals.append((number, row))


def lengthened(layout: Layout, body: Body) -> tuple[Layout, Body]:
    """Give every post, place or month of a wide row its own row, and every row its firm's facts.

    The cells of a block, what its headings say and the facts follow behind the row's own cells. A
    block nobody filled in is no row, unless all are empty.
    """
    if not layout.wide.blocks and not layout.facts:
        return layout, body
    blocks = layout.wide.blocks or (Block({}),)
    width = max([len(layout.labels), *(len(row) for row in body.rows)])
    kind = KINDS[layout.kind]
    names = list(dict.fromkeys([*layout.facts, *(n for b in blocks for n in _names(b))]))
    columns = dict(layout.columns)
    units = dict(layout.units)
    for at, name in enumerate(names, width):
        columns[at] = kind.column(name)
    for block in blocks:
        for place, column in block.columns.items():
            units[width + names.index(column.name)] = layout.units.get(place, 1.0)
    numbers, rows, labels = [], [], []
    for number, row in zip(body.numbers, body.rows, strict=True):
        padded = [*row, *[None] * (width - len(row))]
        filled = [block for block in blocks if _is_filled(block, padded)]
        for part, block in enumerate(filled or [_silent(blocks[0])], 1):
            own = {column.name: padded[at] for at, column in block.columns.items()}
            own = {**layout.facts, **block.said, **own}
            numbers.append(number)
            labels.append(f"{number}.{part}" if part > 1 else str(number))
            rows.append(padded + [own.get(name) for name in names])
    long = Body(numbers, rows, body.totals, body.skipped, labels, body.rest)
    return replace(layout, columns=columns, units=units), long


def _names(block: Block) -> list[str]:
    return [*block.said, *(column.name for column in block.columns.values())]


def _silent(block: Block) -> Block:
    """A block nobody filled in names no post; its place or month stands."""
    return Block(block.columns) if "title" in block.said else block


def _is_filled(block: Block, row: Row) -> bool:
    texts = [words_of(row[at]) for at in block.columns if at < len(row)]
    titled = any(column.name == "title" for column in block.columns.values())
    empty = EMPTY | {"0"} if titled else EMPTY  # a post without a title is wanted by nobody
    return any(text not in empty for text in texts)


_TEXT_KINDS = frozenset(
    ["text", "title", "titles", "district", "firm_id", "month", "choice", "ignored", "group"]
)


_OPENINGS = "合总小共全累本其填制审单负联注备说附续接转示样例某xX×*○（(【[" + _BLANKS
_MAY_OPEN = re.compile(
    rf"^[{re.escape(_OPENINGS)}]|^.[.、．]|^..(?:.?)(?:某某|[xX]{{2}}|××|\*\*|○○|示例|样例)|计.{{0,7}}$|^.{{2,16}}[:：]",
    re.DOTALL,
)
"""How everything begins or ends that is no data, and what may be cleaned away before it."""
DITTO = frozenset(["〃", "″", "同上", "同前", "同上行", "々", "''", "“”", "〞", '"'])
"""What people write for "as above"."""


def may_be_no_data(text: str) -> bool:
    """Whether a text may make its row no data in some table, or stands for what is above it."""
    return bool(_MAY_OPEN.search(text) or text in _written_headings() or text in DITTO)


def all_data(
    layout: Layout,
    rows: Sequence[Row],
    columns: Sequence[Sequence[object]],
    odd: Sequence[Iterable[str]],
) -> bool:
    """Whether every row below the headings is data and stands for itself, as in most sheets.

    What `data_rows` finds by rows, told from few texts. False if it is not sure.

    Parameters
    ----------
    rows, columns
        All cells below the headings, twice.
    odd
        Of every column the texts that are a heading of the sheet or `may_be_no_data`.
    """
    filled = ("" not in column and None not in column for column in columns)
    if not columns or not next(filled) or not any(filled):
        return False  # a row may be blank, or hold a note or a heading of its own alone
    judge = _Judge(layout)
    named = made_up = False  # whether a row's first text is before the column, or a made-up name
    for column, texts in zip(columns, odd, strict=True):
        for text in texts:
            says = judge.says(text)
            if text in DITTO or says in ("total", "other_head"):
                return False
            if says != "data" and not named:
                if says != "made_up":
                    return False
                made_up = True
        named = named or ("" not in column and set(map(type, column)) == {str})
    if made_up and judge(rows[0]) == "made_up":
        return any(judge(row) == "made_up" for row in rows[1:])
    return True


_LONGEST_HEAD = 20
"""Characters beyond which no text is a heading of a further table."""


class _Judge:
    """Tells a row's reason for being no data; every distinct text is looked at once."""

    def __init__(self, layout: Layout) -> None:
        self._width = len(layout.labels)
        self._heads = {heading_key(label) for label in layout.labels if label}
        self._labels = frozenset(layout.labels)
        self._texts = [p for p, column in layout.columns.items() if column.kind in _TEXT_KINDS]
        self._seen: dict[str, str] = {}
        self._headings = [heading_key(label) for label in layout.labels]
        self._of_firms = layout.kind in ("employers", "firms")
        self._columns = layout.columns

    def lone(self, row: Row) -> str | None:
        """Why a row with one filled cell is no data: a running number alone, or a note.

        A value in any other column stays a row, and so does a lone name.
        """
        place, cell = next((n, cell) for n, cell in enumerate(row) if cell not in ("", None))
        text = words_of(cell)
        heading = self._headings[place] if place < len(self._headings) else ""
        unnamed = place not in self._columns and (not heading or heading in _NUMBERING)
        if unnamed and text.strip(".、()").isdigit():
            return "numbered" if heading or place == 0 else None
        if not isinstance(cell, str):
            return None
        if place and not unnamed and place != min(self._columns, default=0):
            return None
        start = bare(text)
        if _NOTE.match(start) or _SENTENCE.search(text):
            return "note"
        if unnamed and (heading or self._of_firms):
            return "note"
        return "note" if self._of_firms and _ITEM.match(start) else None

    def odd(self, values: Sequence[object]) -> frozenset[int]:
        """Places of the texts that may make a row no data, among a column's distinct values."""
        return frozenset(
            place
            for place, value in enumerate(values)
            if isinstance(value, str) and value and self.says(value) != "data"
        )

    def suspects(self, rows: Sequence[Row]) -> set[int]:
        """Positions of the rows that hold a text which may make them no data."""
        written, labels, may = _written_headings(), self._labels, _MAY_OPEN.search
        odd = {
            text
            for text in set(chain.from_iterable(rows))
            if isinstance(text, str)
            and text
            and (text in labels or text in written or may(text))
            and self.says(text) != "data"
        }
        if not odd:
            return set()
        return {place for place, row in enumerate(rows) if not odd.isdisjoint(row)}

    def __call__(self, row: Row) -> str | None:
        first = next((cell for cell in row if cell is not None and cell != ""), None)
        if first is None:
            return "blank"
        if not isinstance(first, str):
            first = next((c for c in row[: self._width] if isinstance(c, str) and c), "")
        says = self.says(first)
        if says == "blank" and not any(words_of(cell) for cell in row):
            return "blank"
        if says in ("total", "example", "continued"):
            return "repeated_head" if says == "continued" else says
        if says == "tail" and _SIGNED.match(bare(first)):
            return "tail"
        if says == "labelled":
            texts = [text for cell in row if (text := words_of(cell))]
            return "tail" if all(map(_LABELLED.match, texts)) else None
        if says == "tail":
            filled = sum(cell is not None and cell != "" for cell in row)
            if filled <= max(2, self._width // 3):
                return "tail"
        if self._heads_another(row):
            return "other_head"
        if says == "head" and _repeats_head(row, self._heads):
            return "repeated_head"
        for place in self._texts:
            if place < len(row):
                cell = row[place]
                if isinstance(cell, str) and cell and self.says(cell) == "total":
                    return "total" if bare(cell) != "全市" else None
        return "made_up" if says == "made_up" else None

    def _heads_another(self, row: Row) -> bool:
        """Whether a row holds texts only, most of them headings, and not only of this table."""
        cells = [cell for cell in row if cell is not None and cell != ""]
        if len(cells) < 3 or not all(isinstance(cell, str) for cell in cells):
            return False
        says = [self.says(cell) for cell in cells if isinstance(cell, str)]
        known = says.count("head") + says.count("other_head")
        if says[0] in ("data", "other_head") and _repeats_head(row, self._heads):
            return resembles_heading(str(cells[0]))  # the same counts, by something else
        if says.count("other_head") == 0 or known < 2:
            return False
        if known * 3 < len(cells) * 2:  # the others may be headings by their wording
            known += sum(
                says == "data" and len(cell) <= _LONGEST_HEAD and resembles_heading(cell)
                for says, cell in zip(says, map(str, cells), strict=True)
            )
        return known * 3 >= len(cells) * 2

    def says(self, cell: str) -> str:
        """What a text means at the start of a row: ``total, tail, head`` ... or ``data``."""
        known = self._seen.get(cell)
        if known is None:
            known = self._seen[cell] = self._look(cell)
        return known

    def _may_open(self, cell: str) -> bool:
        """Whether the characters of a text are such as what is no data has."""
        return bool(cell in self._labels or cell in _written_headings() or _MAY_OPEN.search(cell))

    def _look(self, cell: str) -> str:
        if not self._may_open(cell):
            return "data"
        start = bare(cell)
        if not start:
            return "blank"
        if _CONTINUED.match(start):
            return "continued"
        if start in TOTALS or _OF_WHICH.match(start) or _SUM.fullmatch(start):
            return "total"
        if _TAIL.match(start):
            return "tail"
        if _EXAMPLE.match(start):
            return "example"
        if _MADE_UP.match(start):
            return "made_up"
        if _LABELLED.match(start):
            return "labelled"
        if heading_key(cell) in self._heads:
            return "head"
        return "other_head" if cell in _written_headings() else "data"


@cache
def _written_headings() -> frozenset[str]:
    """Headings of all kinds as they are declared."""
    columns = (column for kind in KINDS.values() for column in kind.columns)
    return frozenset(text for c in columns for text in (c.header, *c.synonyms) if len(text) > 1)


def _repeats_head(row: Row, heads: set[str]) -> bool:
    cells = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    return sum(heading_key(cell) in heads for cell in cells) * 2 > len(cells)
