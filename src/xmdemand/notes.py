"""Notes: what was assumed, dropped, imputed or found thin, as codes with fields.

A note carries no prose. Its words live once per language in `messages/zh.toml` and
`messages/en.toml`, under ``[room] key = "... {field} ..."`` for the code ``room.key``.
"""

from __future__ import annotations

import errno
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from xmdemand.errors import NotFoundError

Severity = Literal["info", "warning", "error"]
Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Note:
    """One thing a reader of a result should know.

    Parameters
    ----------
    code
        ``room.key``, for example ``survey.singleton``; its words are in `messages/`.
    where
        What it is about: file and row, stratum, series, occupation.
    n
        How many cases it stands for.
    severity
        ``info`` (a rule was applied), ``warning`` (a doubt), ``error`` (something was refused).
    fields
        Further values that the words use. A note among them is said in the same language, several
        (a tuple) stand below each other. ``foreign`` holds another library's own words, which only
        the English sentence repeats.

    Examples
    --------
    >>> Note("core.example", where="4-10-01-05", n=3).say("en")
    '4-10-01-05: an example with 3 cases'
    """

    code: str
    where: str = ""
    n: int = 1
    severity: Severity = "info"
    fields: Mapping[str, object] = field(default_factory=dict)

    def say(self, lang: Language = "zh") -> str:
        """The note in words."""
        said = {name: _said(value, lang) for name, value in self.fields.items()}
        return text(self.code, lang, where=_said(self.where, lang), n=self.n, **said)

    def as_dict(self) -> dict[str, object]:
        """For records and machine-readable output."""
        return {
            "code": self.code,
            "where": self.where,
            "n": self.n,
            "severity": self.severity,
            "fields": {name: _plain(value) for name, value in self.fields.items()},
        }


Notes = tuple[Note, ...]

_SYSTEM = {
    "EACCES": "denied",
    "EPERM": "denied",
    "EROFS": "read_only",
    "ENOSPC": "full",
    "EDQUOT": "full",
    "ENOENT": "absent",
    "ENOTDIR": "no_folder",
    "EISDIR": "a_folder",
    "EEXIST": "there_already",
    "ENAMETOOLONG": "long_name",
}
"""Our words for the operating system's errors, which it names in a language of its own."""


def why_not(error: OSError) -> Note:
    """Why the operating system refused, in either language.

    >>> why_not(PermissionError(13, "Permission denied")).say("zh")
    '没有权限'
    """
    name = errno.errorcode.get(error.errno or 0, "")
    fields = {"number": error.errno, "foreign": error.strerror or str(error)}
    return Note(f"core.system_{_SYSTEM.get(name, 'other')}", fields=fields)


_MORE = re.compile(r"(\S) and (\d+) more$")
"""How `errors.name_some` ends, which a Chinese sentence must not."""


def chinese_rest(named: str) -> str:
    """A list that `errors.name_some` cut short, as a Chinese sentence says it.

    >>> chinese_rest("a, b and 3 more"), chinese_rest("a, b")
    ('a, b 等（另有 3 个）', 'a, b')
    """
    return _MORE.sub(r"\1 等（另有 \2 个）", named)


def _said(value: object, lang: Language) -> object:
    if isinstance(value, Note):
        return value.say(lang)
    if isinstance(value, tuple) and value and all(isinstance(one, Note) for one in value):
        return "".join(f"\n  {one.say(lang)}" for one in value)
    if isinstance(value, str) and lang == "zh":
        return chinese_rest(value)
    return value


def _plain(value: object) -> object:
    if isinstance(value, Note):
        return value.as_dict()
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


@cache
def _catalogue(lang: Language) -> Mapping[str, Mapping[str, str]]:
    raw = (files("xmdemand") / "messages" / f"{lang}.toml").read_text(encoding="utf-8")
    return tomllib.loads(raw)


def text(code: str, lang: Language = "zh", /, **fields: object) -> str:
    """The words of a message code with its fields filled in.

    Raises
    ------
    NotFoundError
        If the code has no words in that language, or the words use a field that is not given.
    """
    room, _, key = code.partition(".")
    try:
        return _catalogue(lang)[room][key].format(**fields)
    except KeyError as error:
        raise NotFoundError(f"message {code!r} ({lang}): missing {error}") from None


def message_codes(lang: Language) -> frozenset[str]:
    """Every code that has words in `lang` (tests hold the two languages against each other)."""
    return frozenset(f"{room}.{key}" for room, keys in _catalogue(lang).items() for key in keys)


def as_html(notes: Iterable[Note], lang: Language = "zh") -> str:
    """Notes as a small HTML list, for notebooks."""
    from html import escape

    items = "".join(f"<li>{escape(note.say(lang))}</li>" for note in notes)
    return f"<ul>{items}</ul>" if items else ""
