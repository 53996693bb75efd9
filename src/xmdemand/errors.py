"""The package's exceptions: one tree, each with the built-in type a caller would expect.

A message says what is wrong, where (file, sheet, row, column, stratum, code), what was expected
and found, and what to do. Several problems of one cause are told in one go: five by name, then a
count (`name_some`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from xmdemand.notes import Note


class XmdemandError(Exception):
    """Root of every error the package raises on purpose.

    The message is for programmers. An error an official meets carries the same as a `note`, whose
    words the command line takes in Chinese.
    """

    note: Note | None = None

    @classmethod
    def told(cls, note: Note) -> Self:
        """An error from a note: its English words are the message."""
        error = cls(note.say("en"))
        error.note = note
        return error

    @property
    def told_as(self) -> Note:
        """Its note; one without is no official's to mend, and says that a maintainer must look."""
        from xmdemand.notes import Note  # which imports this module

        return self.note or Note("core.unforeseen", fields={"foreign": str(self)})


class InputError(XmdemandError, ValueError):
    """Data or an argument's value cannot be used."""


class ArgumentTypeError(XmdemandError, TypeError):
    """An argument is of the wrong kind."""


class NotFoundError(XmdemandError, LookupError):
    """A code, name, file or entry that was asked for does not exist."""


class SettingError(XmdemandError, ValueError):
    """A profile or an `edition.toml` is wrong; the message names key and line."""


class MissingExtraError(XmdemandError, ImportError):
    """An optional dependency is needed; the message names the extra to install."""


class OutputError(XmdemandError, OSError):
    """An output could not be made; what was there before is untouched."""


def name_some(items: Iterable[object], *, show: int = 5) -> str:
    """Name up to `show` items, then count the rest.

    >>> name_some(["a", "b", "c"], show=2)
    'a, b and 1 more'
    """
    every = [str(item) for item in items]
    named = ", ".join(every[:show])
    rest = len(every) - show
    return f"{named} and {rest} more" if rest > 0 else named


def need_extra(package: str, extra: str) -> MissingExtraError:
    """The one sentence a user sees when an optional dependency is absent."""
    from xmdemand.notes import Note  # which imports this module

    return MissingExtraError.told(Note("core.need_extra", package, fields={"extra": extra}))
