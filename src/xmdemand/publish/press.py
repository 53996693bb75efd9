"""What every renderer is given beside its content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from xmdemand.catalogue.content import Catalogue
from xmdemand.publish.fonts import FontSet, find_fonts
from xmdemand.publish.templates import Templates
from xmdemand.settings import Settings


@dataclass(frozen=True)
class Press:
    """Templates, fonts and layout choices of one run.

    Parameters
    ----------
    templates
        Where templates are found.
    settings
        The edition's settings (orientation, fonts).
    files
        Names of the public files by kind, of this run and kept from an earlier one, without those
        that could not be made; pages link to them.
    folder
        What a relative `[fonts] dir` starts from: the edition's folder.
    """

    templates: Templates
    settings: Settings
    files: Mapping[str, str]
    folder: Path = Path()

    @cached_property
    def fonts(self) -> FontSet:
        """The fonts for print.

        Raises
        ------
        MissingExtraError
            If there is no folder of fonts and the extra that brings one is not installed.
        """
        own = self.settings.fonts.dir
        return find_fonts(self.folder / own if own else None)

    @property
    def fonts_used(self) -> dict[str, str]:
        """SHA-256 of the fonts, if any output of this run took them."""
        return self.fonts.hashes() if "fonts" in self.__dict__ else {}


def issue_moment(catalogue: Catalogue) -> dt.datetime:
    """The moment written into files as that of their making: the day of issue, never now."""
    return dt.datetime.combine(catalogue.issued, dt.time(), dt.UTC)
