"""Several posts in one cell."""

from __future__ import annotations

import re

from xmdemand.intake.amounts import parse_count
from xmdemand.intake.parsed import EMPTY, NONE_AT_ALL, Broken, Post, Value
from xmdemand.intake.text import bare, join_cjk, plain, words_of

_POST_SPLIT = re.compile(r"[、,;┋|→\n\r\t]+")
_NUMBERED = re.compile(
    r"(?:^|(?<=[;,、┋→\s]))(?:\(?\d{1,2}\)?\s?[.、)](?!\d)|[①-⑳]|[A-Za-z]\s?[.、:]\s?(?=[\u3400-\u9fff]))\s*"
)
_POST_COUNT = re.compile(
    r"^(.*?[^\d\s:(~-])\s*[:(]?\s*((?:约|近|至少)?[\d一二两三四五六七八九十百][\d,.~至到一二三四五六七八九十百-]*"
    r"\s?(?:人|名|个|位)(?:以上|以内|左右)?)\)?$"
)
_POST_SOME = re.compile(r"^(.*?[^\d\s:(~-])\s*[:(]?\s*(若干(?:人|名)?|[多数](?:人|名))\)?$")
_TRADE = re.compile(r"^[\u3400-\u9fffA-Za-z]{1,12}(?:工|员|师|手|司机)$")
_NO_WISH = re.compile(
    r"(?:我|本人)?(?:暂时?|目前|现在|还|尚)?(?:不|没有?|未|无)"
    r"(?:考虑|打算|想好|想法|想|需求|需要?|参加|准备|意愿|意向|报名|愿意?|确定|计划|定|培训)"
    r"(?:学习?|参加|培训|报名|意愿|需求|任何|了|的)*|待定"
)
"""Who wishes for nothing: 暂不考虑, 不想学了, 没有意向."""
_OTHER = re.compile(r"^(?:其他|其它)\s?[〖(\[]?(.*?)[〗)\]]?$")


def split_posts(cell: object) -> Value[tuple[Post, ...]]:
    """Take several posts in one cell apart.

    Separators inside brackets do not count; a slash or a space parts posts only where both sides
    look like trades. Counts given per post are kept.

    Examples
    --------
    >>> [post.title for post in split_posts("车工(数控)，铣工").value]
    ['车工(数控)', '铣工']
    >>> [(post.title, post.count.low) for post in split_posts("焊工5人，电工3人").value]
    [('焊工', 5.0), ('电工', 3.0)]
    """
    if isinstance(cell, Broken):
        return Value(None, "missing", ("broken",))
    text = _unwrapped(words_of(cell))
    if text in EMPTY or text in NONE_AT_ALL or _NO_WISH.fullmatch(text):
        return Value(None, "missing")
    posts = []
    for part in _split_outside_brackets(_NUMBERED.sub(";", text)):
        part = part.strip(" .。;,、")
        if other := _OTHER.fullmatch(part):
            part = other[1].strip()
        if not part or bare(part) in EMPTY or part in ("请补充", "请注明"):
            continue
        if _NO_WISH.fullmatch(part):
            text = ""
            continue
        count = None
        if match := _POST_COUNT.fullmatch(part) or _POST_SOME.fullmatch(part):
            count, part = parse_count(match[2]), match[1].strip(" :(")
        posts.append(Post(join_cjk(part), count))
    if not posts:
        return Value(None, "missing", ("unreadable",) if len(text) > 1 else ())
    posts = list(dict.fromkeys(posts))
    return Value(tuple(posts), "single" if len(posts) == 1 else "split")


def _unwrapped(text: str) -> str:
    """A text without line breaks that only wrap one word (``包装`` above ``工``)."""
    lines = text.split("\n")
    return "".join(lines) if any(len(line.strip()) == 1 for line in lines) else text


def _split_outside_brackets(text: str) -> list[str]:
    depth, parts, start = 0, [], 0
    for place, character in enumerate(text):
        if character in "([【〖":
            depth += 1
        elif character in ")]】〗":
            depth = max(0, depth - 1)
        elif depth == 0 and _POST_SPLIT.match(character):
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [piece for part in parts for piece in _split_trades(part)]


def _split_trades(text: str) -> list[str]:
    for separator in ("/", " "):
        pieces = [piece.strip() for piece in text.split(separator)]
        if len(pieces) > 1 and all(_TRADE.fullmatch(plain(piece)) for piece in pieces):
            return pieces
    return [text]
