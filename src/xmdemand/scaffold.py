"""A new edition folder: choices explained, blank workbooks to send out, places for what comes."""

from __future__ import annotations

import re
from pathlib import Path

from xmdemand.errors import InputError, OutputError
from xmdemand.intake import write_blank_workbooks
from xmdemand.notes import Note
from xmdemand.profile import Profile
from xmdemand.settings import settings_template

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_NEVER = frozenset('<>:"|?*\\')
"""Windows has no such names, and an edition is handed from machine to machine."""


def new_edition(folder: Path, *, year: int, profile: str = "xiamen") -> list[Path]:
    """Lay out an edition folder.

    Parameters
    ----------
    folder
        To be made; may exist if it holds no edition yet.
    year
        Year of the catalogue.
    profile
        A packaged profile's key or a profile file's path.

    Returns
    -------
    list of Path
        What was made.

    Raises
    ------
    OutputError
        If the folder already holds an edition.
    InputError
        If its name is none that every system can hold, or it lies within another edition.
    """
    settings = folder / "edition.toml"
    if settings.exists():
        raise OutputError.told(Note("edition.there_already", str(folder)))
    _refuse_odd(folder)
    city = Profile.load(profile)
    for name in ("inputs", "previous", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings.write_text(settings_template(year, city), encoding="utf-8")
    return [settings, *write_blank_workbooks(folder / "空白表", city, year=year)]


def _refuse_odd(folder: Path) -> None:
    """Names that Windows cannot hold or a command would take for an option; editions in editions.

    Parts that are there already were named by somebody else and are left alone.
    """
    around = (folder, *folder.parents)
    for part in (path.name for path in around if not path.exists()):
        odd = part != part.strip() or part.endswith(".") or part.startswith(("-", ".", "~"))
        if odd or _NEVER & set(part) or not part.isprintable() or _RESERVED.fullmatch(part):
            raise InputError.told(Note("edition.odd_name", part))
    for path in folder.absolute().parents:
        if (path / "edition.toml").exists():
            raise InputError.told(Note("edition.within", str(folder), fields={"other": path.name}))
