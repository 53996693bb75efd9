"""Dictionary sheets of a workbook: what its field codes and coded answers mean.

A sheet ``字段代码 | 字段名称`` names the headings of the others, a sheet ``题目 | 编码 | 选项`` the
answers. Both are used for the other sheets of the same workbook and are no data themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from xmdemand.intake.sources import Cell, Grid, Unread
from xmdemand.intake.text import bare, words_of

CODE_BOOK = "intake.code_book"
"""Remark on a dictionary sheet that was used for others."""
BOOK_UNUSED = "intake.other_codes"
"""Remark on one that none of the others needed."""
TRANSLATED = "intake.translated"
"""Remark on a sheet read with the help of one."""

_LOOK_AT = 6
_LONGEST = 2_000
_OF_FIELDS = "(?:字段|指标|数据项|变量|数据元|列)"
_FIELD_CODE = re.compile(rf"{_OF_FIELDS}(?:代码|编码|代号|标识|英文名称?|名)?|英文(?:名称?|字段)")
_FIELD_NAME = re.compile(
    rf"{_OF_FIELDS}(?:中文)?(?:名称|含义|说明|释义)|中文(?:名称?|含义)|含义|释义"
)
_QUESTION = re.compile(
    rf"(?:题目|问题|题干)(?:内容|名称)?|{_OF_FIELDS}(?:代码|名称?)?|所属(?:字段|题目)"
)
_NUMBER = re.compile(r"题号|题目编号|问题编号")
_ANSWER_CODE = re.compile(r"(?:选项|答案|取值|值)?(?:编码|代码|编号|序号)|选项值|取值|代码值|值")
_ANSWER = re.compile(
    r"选项(?:内容|文本|文字|名称|说明)?|答案|(?:取值|代码|值|编码)?(?:含义|说明|名称|标签)"
)
_QUESTION_NUMBER = re.compile(r"^(?:第|q)?\d+[、.:题)]+")
_NUMBER_ALONE = re.compile(r"(?:第|q|题)?(\d+)[、.:题)]*")
_JOINED = re.compile(r"([┋|,;、→])")


@dataclass(frozen=True, slots=True)
class Book:
    """What a dictionary sheet says: code -> heading, and question -> code -> answer."""

    fields: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def translated(sheets: Sequence[Grid | Unread]) -> list[Grid | Unread]:
    """The sheets of one workbook, codes replaced by what its dictionary sheets say they mean."""
    if len(sheets) < 2:
        return list(sheets)
    books = {n: book for n, sheet in enumerate(sheets) if (book := _book(sheet)) is not None}
    if not books:
        return list(sheets)
    out: list[Grid | Unread] = list(sheets)
    used: set[int] = set()
    for n, sheet in enumerate(sheets):
        if n in books or isinstance(sheet, Unread):
            continue
        for at, book in books.items():
            known = out[n]
            if isinstance(known, Grid) and (told := _told(known, book)) is not None:
                out[n] = told
                used.add(at)
    for at in books:
        sheet = sheets[at]
        if isinstance(sheet, Grid):
            remark = CODE_BOOK if at in used else BOOK_UNUSED
            out[at] = replace(sheet, remarks=(*sheet.remarks, remark))
    return out


def _book(sheet: Grid | Unread) -> Book | None:
    if isinstance(sheet, Unread) or not 2 <= len(sheet.rows) <= _LONGEST:
        return None
    for place, row in enumerate(sheet.rows[:_LOOK_AT]):
        labels = [bare(words_of(cell)) for cell in row]
        if sum(map(bool, labels)) >= 2 and (book := _read(labels, sheet.rows[place + 1 :])):
            return book
    return None


def _read(labels: Sequence[str], rows: Sequence[list[Cell]]) -> Book | None:
    code, answer = _code_and_answer(labels)
    asked = _at(_QUESTION, labels)
    numbered = _at(_NUMBER, labels)
    if len({code, answer}) == 2 and -1 not in (code, answer) and (asked >= 0 or numbered >= 0):
        return _answers(rows, asked if asked >= 0 else numbered, code, answer)
    name = _at(_FIELD_NAME, labels)
    codes = [n for n, label in enumerate(labels) if n != name and _FIELD_CODE.fullmatch(label)]
    if name >= 0 and codes:
        texts = [(_text(row, codes[0]), _text(row, name)) for row in rows]
        fields = {bare(key): text for key, text in texts if key and text}
        if len(fields) > 1 and all(key.isascii() for key in fields):
            return Book(fields=fields)
    return None


def _code_and_answer(labels: Sequence[str]) -> tuple[int, int]:
    """Where answers have their codes and words; of 选项 beside 含义 the former is the code.

    >>> _code_and_answer(["题号", "选项", "含义"]), _code_and_answer(["题目", "编码", "选项"])
    ((1, 2), (1, 2))
    """
    code = _at(_ANSWER_CODE, labels)
    words = [n for n, label in enumerate(labels) if n != code and _ANSWER.fullmatch(label)]
    if code < 0 and len(words) == 2:
        return words[0], words[1]
    return code, words[0] if words else -1


def _answers(rows: Sequence[list[Cell]], asked: int, code: int, answer: int) -> Book | None:
    found: dict[str, dict[str, str]] = {}
    question = ""
    for row in rows:
        question = _text(row, asked) or question  # merged over the options of a question
        key, text = bare(_text(row, code)), _text(row, answer)
        if not (question and key and text):
            continue
        if found.setdefault(_plain(question), {}).setdefault(key, text) != text:
            return None  # one code for two answers: no dictionary
    return Book(answers=found) if found else None


def _at(pattern: re.Pattern[str], labels: Sequence[str]) -> int:
    return next((n for n, label in enumerate(labels) if pattern.fullmatch(label)), -1)


def _text(row: Sequence[Cell], place: int) -> str:
    return words_of(row[place]) if place < len(row) else ""


def _plain(question: str) -> str:
    """A question without its number; of nothing but a number, that."""
    text = bare(question)
    if alone := _NUMBER_ALONE.fullmatch(text):
        return alone[1]
    return _QUESTION_NUMBER.sub("", text).rstrip("?:*")


def _told(sheet: Grid, book: Book) -> Grid | None:
    """A sheet with its headings and answers in words; None if the book knows none of them."""
    for place, row in enumerate(sheet.rows[:_LOOK_AT]):
        labels = [words_of(cell) for cell in row]
        names = {
            n: book.fields[bare(label)]
            for n, label in enumerate(labels)
            if bare(label) in book.fields
        }
        if len(names) > 1:
            head = [names.get(n, cell) for n, cell in enumerate(row)]
            rows = [*sheet.rows[:place], head, *sheet.rows[place + 1 :]]
            return replace(sheet, rows=rows, remarks=(*sheet.remarks, TRANSLATED))
        asked = {n: codes for n, label in enumerate(labels) if (codes := _codes_of(label, book))}
        below = sheet.rows[place + 1 :]
        asked = {n: codes for n, codes in asked.items() if _coded(below, n, codes)}
        if asked:
            rows = [*sheet.rows[: place + 1], *(_in_words(each, asked) for each in below)]
            return replace(sheet, rows=rows, remarks=(*sheet.remarks, TRANSLATED))
    return None


def _codes_of(label: str, book: Book) -> Mapping[str, str] | None:
    if not label:
        return None
    if (codes := book.answers.get(_plain(label))) is not None:
        return codes
    number = re.match(r"(?:第|q)?(\d+)[、.:题)]", bare(label))
    return book.answers.get(number[1]) if number else None


def _coded(rows: Sequence[list[Cell]], place: int, codes: Mapping[str, str]) -> bool:
    """Whether most of what stands in a column are codes of the question."""
    texts = {bare(_text(row, place)) for row in rows} - {"", "-2", "-3", "(跳过)", "(空)"}
    known = sum(all(p in codes for p in _JOINED.split(text)[::2]) for text in texts)
    return bool(texts) and known * 2 > len(texts)


def _in_words(row: list[Cell], asked: Mapping[int, Mapping[str, str]]) -> list[Cell]:
    out = list(row)
    for place, codes in asked.items():
        parts = _JOINED.split(bare(_text(row, place)))
        if all(part in codes for part in parts[::2]):
            out[place] = "".join(codes.get(part, part) for part in parts)
    return out
