"""Lines above the blocks of a sheet that say what each of them counts."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def is_title(row: Sequence[object]) -> bool:
    """Whether a row holds one text at most, beside a corner's unit."""
    return sum(bool(words_of(cell)) for cell in row) <= 1 or bool(caption(row))


def counts_another(lines: Sequence[str], above: str) -> bool:
    """Whether lines before a repeated head name one side of the register, and those above another.

    >>> counts_another(["（二）求职人数"], "2月各区供求情况 （一）招聘人数")
    True
    """
    own, first = measure_around(*lines), measure_around(above)
    return bool(own and first) and own.partition("_")[0] != first.partition("_")[0]


_SPARE = re.compile(r"富余|过剩|冗余|闲置|待岗|余员|可(?:调剂|输出|借出|外借|共享|外派|派出|支援)")
_WANTED = re.compile(r"缺|需求|招聘|招工")


def says_spare(texts: Sequence[str]) -> bool:
    """Whether the first text that speaks of people to spare or wanted speaks of the former alone.

    >>> says_spare(["二、富余用工企业", "缺工情况"]), says_spare(["", "缺工和富余情况"])
    (True, False)
    """
    for text in texts:
        spare, wanted = _SPARE.search(text), _WANTED.search(text)
        if spare or wanted:
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
