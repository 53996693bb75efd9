"""A new edition folder: choices explained, blank workbooks to send out, places for what comes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from xmdemand.errors import InputError, OutputError
from xmdemand.intake import write_blank_workbooks
from xmdemand.notes import Note
from xmdemand.profile import Profile, packaged, profile_path
from xmdemand.settings import Settings, settings_template

FORMS = "空白表"
OWN_PROFILE, OWN_MAP, OWN_CODES = "本市档案.toml", "本市职业对照表.csv", "本市职业分类.csv"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_NEVER = frozenset('<>:"|?*\\')
"""Windows has no such names, and an edition is handed from machine to machine."""


def new_edition(
    folder: Path, *, year: int, profile: str = "xiamen", own: bool = False
) -> list[Path]:
    """Lay out an edition folder.

    Parameters
    ----------
    folder
        To be made; may exist if it holds no edition yet. An edition without blank workbooks gets
        them.
    year
        Year of the catalogue.
    profile
        A packaged profile's key, or a profile file's path: that file is copied into the folder.
    own
        Copy a packaged profile and its map of occupations too, to be made another city's. The blank
        workbooks, which name its districts, are then made by a second call.

    Returns
    -------
    list of Path
        What was made.

    Raises
    ------
    OutputError
        If the folder already holds an edition with its blank workbooks, or one of another year.
    InputError
        If its name is none that every system can hold, or it lies within another edition.
    """
    settings = folder / "edition.toml"
    if settings.exists():
        return _blank_workbooks(folder, year)
    _refuse_odd(folder)
    city = Profile.load(profile)
    packed = profile in packaged()
    for name in ("inputs", "previous", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    text = settings_template(year, city)
    copied: list[Path] = []
    if own or not packed:  # the folder is the record, wherever it is carried to
        copied = copy_profile(city, profile_path(profile), folder)
        text = text.replace(f'profile = "{city.key}"', f'profile = "{OWN_PROFILE}"')
    if own:  # what its comments name is another city's until the copy is edited
        text = text.replace(city.city, "本市")
    settings.write_text(text, encoding="utf-8")
    forms = [] if own and packed else _blank_workbooks(folder, year)
    return [*copied, settings, *forms]


def _blank_workbooks(folder: Path, year: int) -> list[Path]:
    """The forms of an edition that has none: they name its city's districts, groups and levels."""
    settings = Settings.load(folder / "edition.toml")
    if settings.year != year:
        fields = {"year": settings.year, "asked": year}
        raise OutputError.told(Note("edition.of_another_year", str(folder), fields=fields))
    forms = folder / FORMS
    if any(forms.glob("*.xlsx")):
        raise OutputError.told(Note("edition.there_already", str(folder), fields={"forms": FORMS}))
    city = Profile.find(settings.profile, beside=folder)
    return write_blank_workbooks(forms, city, year=settings.year)


def copy_profile(city: Profile, source: Path, folder: Path) -> list[Path]:
    """A city's profile and its tables as files of an edition, each under a name of its own.

    Parameters
    ----------
    city
        As read.
    source
        The file it was read from.
    folder
        The edition's.
    """
    text = source.read_text(encoding="utf-8-sig")
    made = [folder / OWN_PROFILE]
    for name, own in ((city.occupation_map, OWN_MAP), (city.classification, OWN_CODES)):
        if name is not None:
            shutil.copyfile(city.path_of(name), folder / own)
            text = text.replace(f'"{name}"', f'"{own}"')
            made.append(folder / own)
    made[0].write_text(text, encoding="utf-8")
    return made


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
