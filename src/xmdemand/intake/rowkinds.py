"""What a row below the headings is by its texts: data, a total, a tail, a heading, a note."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import chain

from xmdemand.intake.captions import opens_section
from xmdemand.intake.columns import KINDS
from xmdemand.intake.headings import heading_key, resembles_heading
from xmdemand.intake.layout import Layout
from xmdemand.intake.parsed import DITTO
from xmdemand.intake.text import bare, words_of

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
    r"注[:：\d(（]|注释|备注[:：]|说明[:：\d]|附注|续表|(?:\d[.、])?本表|"
    r"企业对.{0,14}(?:建议|意见)|意见[和与及]?建议|"
    r"(?:[本我](?:单位|公司|企业|厂|人)|兹|特此)(?:郑重)?(?:承诺|保证|声明|证明))"
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
    r"审核|.{2,12}[(](?:公?章|盖章|签章)[)]|统计(?:人|日期|时间)|报送|盖章|单位公章|(?:附)?[表图][\d一二三四五六七八九十]+(?!区)|附[件表图]|[*★※▲●]"
)
_ITEM = re.compile(r"[一二三四五六七八九十]{1,3}[、.]|[(（][一二三四五六七八九十]{1,3}[)）]")
_SENTENCE = re.compile(r"[。；！？!?]$|。")
_NUMBERING = frozenset(["序号", "编号", "行次", "no", "no.", "号", "序"])

_COLUMN_SIGNS = "甲乙丙丁戊己庚辛壬癸"


def numbers_columns(row: Row) -> bool:
    """Whether a row only numbers the columns, as statistical forms do below their headings.

    >>> numbers_columns([1, 2, 3]), numbers_columns(["甲", "乙", 1]), numbers_columns([1, "焊工"])
    (True, True, False)
    """
    texts = [text for cell in row if (text := words_of(cell).strip("()（） "))]
    if texts and texts[0] in ("栏次", "行次", "列次"):
        del texts[0]
    if len(texts) < 2:
        return False
    length = texts.index(texts[0], 1) if texts[0] in texts[1:] else len(texts)  # a list folded
    own = texts[:length]
    signs = 0
    while signs < length and own[signs] == _COLUMN_SIGNS[signs : signs + 1]:
        signs += 1
    numbers = [int(text) for text in own[signs:] if text.isdecimal()]
    if length < 2 or len(texts) % length or texts != own * (len(texts) // length):
        return False
    first = numbers[0] if numbers else 1
    running = list(range(first, first + length - signs))
    return first in (1, signs + 1) and numbers == running


_TEXT_KINDS = frozenset(
    ["text", "title", "titles", "district", "firm_id", "month", "choice", "ignored", "group"]
)


_OPENINGS = "合总小共全累本我兹特企意其填制审单负联注备说附续接转示样例某xX×*○（(【[" + _BLANKS
_MAY_OPEN = re.compile(
    rf"^[{re.escape(_OPENINGS)}]|^.[.、．]|^..(?:.?)(?:某某|[xX]{{2}}|××|\*\*|○○|示例|样例)|计.{{0,7}}$|^.{{2,16}}[:：]",
    re.DOTALL,
)
"""How everything begins or ends that is no data, and what may be cleaned away before it."""


def may_be_no_data(text: str) -> bool:
    """Whether a text may make its row no data in some table, or stands for what is above it."""
    return bool(_MAY_OPEN.search(text) or text in _written_headings() or text in DITTO)


_LONGEST_HEAD = 20
"""Characters beyond which no text is a heading of a further table."""


class Judge:
    """Tells a row's reason for being no data; every distinct text is looked at once."""

    def __init__(self, layout: Layout, heads: Sequence[Row] = ()) -> None:
        self._width = len(layout.labels)
        self._heads = {heading_key(label) for label in layout.labels if label}
        written = {texts for row in heads if (texts := _texts(row))}
        self._written = {t for t in written if len(t) > 1 or not opens_section(str(t[0]))}
        self._labels = frozenset(layout.labels).union(*self._written)
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
        if not _NOTE.match(bare(text)) and opens_section(text):
            return None  # whose rows follow: told from a name by `with_sections`
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
            and (text in labels or self.says(text) != "data")
        }
        if not odd:
            return set()
        return {place for place, row in enumerate(rows) if not odd.isdisjoint(row)}

    def __call__(self, row: Row) -> str | None:
        first = next((cell for cell in row if cell is not None and cell != ""), None)
        if first is None:
            return "blank"
        if self.heads_again(row):
            return "repeated_head"
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
            if len(texts) == 1 and opens_section(texts[0]):
                return None
            return "tail" if all(map(_LABELLED.match, texts)) else None
        if says == "tail":
            filled = sum(cell is not None and cell != "" for cell in row)
            if filled <= max(2, self._width // 3):
                return "tail"
        if self._heads_another(row):
            return "other_head"
        if says == "head" and _repeats_head(row, self._heads):
            return "repeated_head" if self._in_place(row) else "other_head"
        for place in self._texts:
            if place < len(row):
                cell = row[place]
                if isinstance(cell, str) and cell and self.says(cell) == "total":
                    return "total" if bare(cell) != "全市" else None
        return "made_up" if says == "made_up" else None

    def _in_place(self, row: Row) -> bool:
        """Whether the headings that a row repeats stand where they stood, and in no other order."""
        texts = ((at, heading_key(cell)) for at, cell in enumerate(row) if isinstance(cell, str))
        known = [(at, key) for at, key in texts if key in self._heads]
        return all(at < self._width and self._headings[at] == key for at, key in known)

    def heads_again(self, row: Row) -> bool:
        """Whether a row is one of the rows of the headings once more, as it stands."""
        return bool(self._written) and _texts(row) in self._written

    def _heads_another(self, row: Row) -> bool:
        """Whether a row holds texts only, most of them headings, and not only of this table."""
        cells = [cell for cell in row if cell is not None and cell != ""]
        if len(cells) < 2 or not all(isinstance(cell, str) for cell in cells):
            return False
        says = [self.says(cell) for cell in cells if isinstance(cell, str)]
        known = says.count("head") + says.count("other_head")
        if says[0] in ("head", "other_head") and known < len(cells):
            texts = [str(c) for c, s in zip(cells, says, strict=True) if s == "data"]
            if all(len(text) <= _LONGEST_HEAD and resembles_heading(text) for text in texts):
                return True  # the same first headings, and others this table does not have
        if len(cells) < 3:
            return known == 2 and "other_head" in says
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


def _texts(row: Row) -> tuple[object, ...]:
    return tuple(cell for cell in row if cell is not None and cell != "")


def _repeats_head(row: Row, heads: set[str]) -> bool:
    cells = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    return sum(heading_key(cell) in heads for cell in cells) * 2 > len(cells)
