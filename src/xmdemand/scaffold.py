"""A new edition folder: choices explained, blank workbooks to send out, places for what comes."""

from __future__ import annotations

from pathlib import Path

from xmdemand.errors import OutputError
from xmdemand.intake import write_blank_workbooks
from xmdemand.notes import Note
from xmdemand.profile import Profile
from xmdemand.settings import settings_template


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
    """
    settings = folder / "edition.toml"
    if settings.exists():
        raise OutputError.told(Note("edition.there_already", str(folder)))
    city = Profile.load(profile)
    for name in ("inputs", "previous", "templates"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings.write_text(settings_template(year, city), encoding="utf-8")
    return [settings, *write_blank_workbooks(folder / "空白表", city, year=year)]
