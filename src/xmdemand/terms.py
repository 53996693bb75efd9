"""Words for the keys of tables: parameters, choices, items of diagnostics, indicators.

A table holds keys; what a reader sees is their words, which live in `messages/` under ``[terms]``.
"""

from __future__ import annotations

from functools import lru_cache

from xmdemand.errors import NotFoundError
from xmdemand.notes import Language, text

_ROOMS = ("terms", "shortage", "survey")
"""Where words are looked for: the shared ones, then those of the room that coins the keys."""


def term(kind: str, value: object, lang: Language = "zh") -> str:
    """A key in words; a key without words is given as it is, nothing for nothing.

    Parameters
    ----------
    kind
        What it is a key of: ``parameter, choice, alternative, item, indicator, advice`` ...
    value
        The key.

    Examples
    --------
    >>> term("choice", "weights"), term("advice", "open"), term("choice", "new"), term("item", "")
    ('权重', '优先开班', 'new', '')
    >>> term("parameter", "vacancy_rate_within", "en")
    'vacancy rate: sampling variance'
    """
    if value is None or value == "":
        return ""
    return _words(kind, str(value), lang)


@lru_cache(maxsize=20_000)
def _words(kind: str, key: str, lang: Language) -> str:
    """A table asks for the same few words in every row, and most cells have none."""
    for room in _ROOMS:
        try:
            return text(f"{room}.{kind}_{key}", lang)
        except NotFoundError:
            continue
    return _of_indicator(key, lang) if kind in ("parameter", "alternative") else key


def _of_indicator(key: str, lang: Language) -> str:
    """Keys made of an indicator's name, perhaps with which variance of it."""
    name, _, spread = key.rpartition("_")
    if spread not in ("between", "within"):
        return term("indicator", key, lang)
    colon = "：" if lang == "zh" else ": "
    return f"{term('indicator', name, lang)}{colon}{term('spread', spread, lang)}"
