"""Occupation codes as people, Excel and other editions spell them."""

from __future__ import annotations

import re
import unicodedata

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣ー─_·.。．・/", "-"))
_MARKS = re.compile(r"[\s(（\[【]*([LS][LS/、,]*)[)）\]】\s]*$", re.IGNORECASE)
_SHAPE = re.compile(r"(\d)(?:-(\d{1,2})(?:-(\d{1,2})(?:-(\d{1,2}))?)?)?")
_SOLID = re.compile(r"(\d)(\d\d)(\d\d)(\d\d)")
_EXACT = re.compile(r"[0-9](?:-[0-9]{2}){0,3}")
_DATE = re.compile(r"\d{4}\D|.*[年月日:]")


def fold(text: object) -> str:
    """A cell as plain text: full-width forms made narrow, every white space removed.

    >>> fold(" ２－０２－１０ ")
    '2-02-10'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text))).translate(_DASHES)


def split_marks(text: str) -> tuple[str, str]:
    """A code or name and the green (L) and digital (S) signs written behind it.

    >>> split_marks("4-10-01-05L"), split_marks("互联网营销师 S"), split_marks("电工")
    (('4-10-01-05', 'L'), ('互联网营销师', 'S'), ('电工', ''))
    """
    found = _MARKS.search(text)
    if found is None or found.start() == 0:
        return text, ""
    signs = found[1].upper()
    return text[: found.start()], "".join(sign for sign in "LS" if sign in signs)


def normalise(text: object) -> str | None:
    """The Chinese classification's code a cell spells, or None where it spells none.

    Full-width digits, any dash, dots, lost leading zeros, missing dashes (eight-figure codes
    only) and trailing L/S signs are understood. What Excel turned into a date is no code: several
    codes give the same date, so the name must decide.

    Parameters
    ----------
    text
        A cell: text, a number or a date.

    Returns
    -------
    str or None
        ``4``, ``4-10``, ``4-10-01`` or ``4-10-01-05``; the code need not exist.

    Examples
    --------
    >>> normalise("４—10—１—5"), normalise("4.10.01.05"), normalise("4100105")
    ('4-10-01-05', '4-10-01-05', '4-10-01-05')
    >>> normalise("2022/4/10") is None
    True
    """
    if isinstance(text, str) and _EXACT.fullmatch(text):
        return text
    if isinstance(text, float):
        if not text.is_integer():
            return None
        text = int(text)
    if not isinstance(text, str | int) or isinstance(text, bool):
        return None
    plain, _ = split_marks(unicodedata.normalize("NFKC", str(text)).strip())
    if _DATE.match(plain):
        return None
    plain = fold(plain).strip("-")
    found = _SOLID.fullmatch(plain) or _SHAPE.fullmatch(plain)
    if found is None:
        return None
    first, *rest = [part for part in found.groups() if part is not None]
    return "-".join([first, *(part.zfill(2) for part in rest)])


def plain_name(name: str) -> str:
    """A name without blanks, width differences and trailing L/S signs."""
    text, _ = split_marks(name.strip())
    return fold(text)


def letters(text: object) -> str:
    """Letters and figures alone, case folded."""
    return "".join(sign for sign in fold(text).casefold() if sign.isalnum())


def likeness(one: str, other: str) -> float:
    """Dice coefficient of the two sets of characters."""
    a, b = set(one), set(other)
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0
