"""Lines above the blocks of a sheet that say what each of them counts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from xmdemand.intake.implied import measure_around
from xmdemand.intake.text import bare, words_of

_CORNER = re.compile(r"[(]?(?:计量)?单位\s?[:：].*")
_NUMBERED = re.compile(
    r"[(]?[一二三四五六七八九十]{1,3}[)、.．:：]|[(]?\d{1,2}[)、]|表[\d一二三四五六七八九十]"
)


def caption(row: Sequence[object]) -> str | None:
    """The one text of a row beside a corner's unit, nothing of a blank row; None of any other.

    >>> caption(["二、求职人数", None, "单位：人"]), caption(["焊工", 5]), caption([None])
    ('二、求职人数', None, '')
    """
    texts = [text for cell in row if (text := words_of(cell))]
    own = [text for text in texts if not _CORNER.fullmatch(bare(text))]
    if len(own) > 1 or (own and not isinstance(next(c for c in row if words_of(c)), str)):
        return None
    return own[0] if own else ""


_POST = re.compile(r"[\u3400-\u9fffa-zA-Z()]{1,10}(?:工|员|师|手|司机)")
_KEEPER = re.compile(r"(?:联络|专管|管理|统计|协管|填表|经办|人)员|[职员用]工$")


def names_post(text: str) -> bool:
    """Whether a lone text is the name of a post rather than a line about what follows.

    >>> names_post("电焊工"), names_post("二、新阳街道")
    (True, False)
    """
    return _POST.fullmatch(bare(text)) is not None and _KEEPER.search(text) is None


def is_title(row: Sequence[object]) -> bool:
    """Whether a row holds one text at most, beside a corner's unit, and that is no post."""
    texts = [text for cell in row if (text := words_of(cell))]
    if len(texts) == 1 and names_post(texts[0]):
        return False  # left without its number: the row is told, not taken for a line
    return sum(bool(words_of(cell)) for cell in row) <= 1 or bool(caption(row))


def counts_another(lines: Sequence[str], above: str) -> bool:
    """Whether lines before a repeated head name one side of the register, and those above another.

    >>> counts_another(["（二）求职人数"], "2月各区供求情况 （一）招聘人数")
    True
    """
    own, first = measure_around(" ".join(lines)), measure_around(above)
    return bool(own and first) and own.partition("_")[0] != first.partition("_")[0]


_SPARE = re.compile(r"富余|过剩|冗余|闲置|待岗|余员|可(?:调剂|输出|借出|外借|共享|外派|派出|支援)")
_WANTED = re.compile(r"(?<!余)缺(?!余)|需求|招聘|招工")


def says_spare(texts: Sequence[str]) -> bool:
    """Whether the first text that speaks of people to spare or wanted speaks of the former alone.

    >>> says_spare(["二、富余用工企业", "缺工情况"]), says_spare(["", "缺工和富余情况"])
    (True, False)
    """
    for text in texts:
        spare, wanted = _SPARE.search(text), _WANTED.search(text)
        if bool(spare) != bool(wanted):
            return wanted is None
    return False


def of_the_first_block(lines: Sequence[str], own: Sequence[str]) -> set[int]:
    """Which lines above a sheet's first table speak of that table alone, not of a further one.

    Parameters
    ----------
    lines
        Captions above the first table.
    own
        Those of the further one.
    """
    if any(_NUMBERED.match(bare(line)) for line in own if line):
        return {at for at, line in enumerate(lines) if _NUMBERED.match(bare(line))}
    said = [at for at, line in enumerate(lines) if line]
    if len(said) > 1 and counts_another(own, lines[said[-1]]):
        return {said[-1]}
    return set()


_PLACE_IN_ORDER = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）]?[、.．:：)）]|第[一二三四五六七八九十]部分)+\s*"
)
_SECTION = re.compile(
    r"[\u3400-\u9fff()（）·\da-zA-Z]{1,30}?(?:区|县|镇|街道|月|月份|季度|公司|集团|厂|酒店|医院|幼儿园|学校"
    r"|养老院|合作社|事务所|商行)"
)
"""How a line ends that may say of the rows below whose they are."""
_FIRM = re.compile(r".{2,}(?:公司|集团|厂|酒店|医院|幼儿园|学校|养老院|合作社|事务所|中心|商行)$")


def names_firm(text: str) -> bool:
    """Whether a text is the name of a firm, by how it ends.

    >>> names_firm("厦门某某电子有限公司"), names_firm("焊工")
    (True, False)
    """
    return bool(_FIRM.fullmatch(bare(text)))


def section_words(text: str) -> str:
    """What a line between rows says, without its place in an order and its brackets.

    >>> section_words("（一）思明区："), section_words("【湖里区】")
    ('思明区', '湖里区')
    """
    words = _PLACE_IN_ORDER.sub("", text)
    return words.strip(" :：()（）【】[]")


def opens_section(text: str) -> bool:
    """Whether a line may say of the rows below it whose they are: a place, a month or a firm.

    >>> opens_section("一、思明区"), opens_section("数据仅供参考")
    (True, False)
    """
    return bool(_SECTION.fullmatch(section_words(text)))


def leads_with_firm(rows: Sequence[Sequence[object]], place: int, depth: int) -> bool:
    """Whether a line that is nothing but a firm's name stands directly below or above headings."""
    filled = (row for row in rows[place + depth :] if any(map(words_of, row)))
    first = list(islice(filled, 2))  # below headings there may be a row that numbers columns
    last = rows[place - 1] if place else ()
    return any(names_firm(section_words(text)) for row in (*first, last) if (text := _alone(row)))


def _alone(row: Sequence[object]) -> str:
    """The one text of a row; nothing where there are several."""
    texts = (text for cell in row if cell is not None and (text := words_of(cell)))
    first = next(texts, "")
    return "" if next(texts, "") else first
