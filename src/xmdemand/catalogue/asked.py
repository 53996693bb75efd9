"""What somebody who asks of an occupation means: a code, a name, or an everyday title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmdemand.errors import NotFoundError
from xmdemand.notes import Note, text

if TYPE_CHECKING:
    from xmdemand.occupations import Classification

MOST_SUGGESTED = 5


def resolve(asked: str, classification: Classification) -> str:
    """The occupation a code or title means.

    >>> from xmdemand.occupations import Classification
    >>> resolve("养老护理员", Classification.load())
    '4-10-01-05'
    """
    asked = asked.strip()
    code = classification.normalise_code(asked)
    try:
        found = classification.find(code=code) if code else classification.find(name=asked)
        if classification.level(found.code) == "unit":
            return found.code
        below = classification.units(found.code)
        if len(below) == 1:
            return below[0]
        fields = {"asked": asked, "names": _names(below, classification)}
        raise NotFoundError.told(Note("catalogue.explain_group", fields=fields))
    except NotFoundError as error:
        if code:
            raise
        coded = _everyday(asked, classification)
        if coded is None:
            raise _unknown(asked, classification, error) from None
        return coded


def _everyday(asked: str, classification: Classification) -> str | None:
    """What the title coder is sure an everyday title means."""
    from xmdemand.occupations import TitleCoder

    coded = TitleCoder(classification=classification).code([asked], top=MOST_SUGGESTED).iloc[0]
    known = coded["status"] == "coded" and classification.level(str(coded["code"])) == "unit"
    return str(coded["code"]) if known else None


def _unknown(asked: str, classification: Classification, error: NotFoundError) -> NotFoundError:
    near = classification.search(asked, limit=MOST_SUGGESTED)
    units = [code for code in near["code"] if classification.level(code) == "unit"]
    if not units:
        return error
    names = _names(tuple(units), classification)
    fields = {"asked": asked, "names": names}
    return NotFoundError.told(Note("catalogue.explain_unknown", fields=fields))


def _names(codes: tuple[str, ...], classification: Classification) -> str:
    named = "、".join(f"{code} {classification.name(code)}" for code in codes[:MOST_SUGGESTED])
    more = len(codes) - MOST_SUGGESTED
    return text("catalogue.and_more", names=named, n=more) if more > 0 else named
