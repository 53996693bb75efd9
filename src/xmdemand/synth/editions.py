"""Whole edition folders with synthetic inputs, among them the packaged example."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from xmdemand.profile import Profile
from xmdemand.settings import settings_template
from xmdemand.synth.city import City, city
from xmdemand.synth.employer_files import write_returns
from xmdemand.synth.other_files import write_others

EXAMPLE_YEAR, EXAMPLE_SEED = 2026, 3


def write(city: City, folder: str | Path) -> list[Path]:
    """Write a city's tables as the files people would send: an edition's `inputs/`.

    Parameters
    ----------
    city
        From `xmdemand.synth.city`; its options say how messy the files are.
    folder
        Made if it does not exist.

    Returns
    -------
    list of Path
        The files, the same bytes whenever and wherever they are written.
    """
    folder = Path(folder)
    return [*write_others(city, folder), *write_returns(city, folder)]


def write_truth(city: City, path: str | Path) -> Path:
    """Write what is true of the city beside its files, as CSV."""
    from xmdemand.synth.sheets import LABEL

    path = Path(path)
    truth = city.truth.reset_index().assign(remark=LABEL)
    path.write_bytes(truth.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    return path


def write_edition(
    folder: str | Path,
    *,
    scale: Literal["small", "city"] = "small",
    seed: int = 1,
    year: int = 2026,
    clean: bool = False,
    profile: str = "xiamen",
) -> City:
    """Write an edition folder that builds: `edition.toml`, `inputs/`, `truth.csv`.

    Parameters
    ----------
    folder
        Made if it does not exist.
    scale, seed, year
        As for `xmdemand.synth.city`.
    clean
        No misreporting, no non-response, tidy files.
    profile
        A packaged profile's key, or a profile file's path.
    """
    folder = Path(folder)
    settings = Profile.load(profile)
    drawn = city(
        profile=settings,
        classification=settings.load_classification(),
        year=year,
        scale=scale,
        seed=seed,
        misreport=not clean,
        nonresponse=not clean,
        mess=not clean,
    )
    folder.mkdir(parents=True, exist_ok=True)
    write(drawn, folder / "inputs")
    text = settings_template(year, settings, synthetic=True)
    if profile != settings.key:
        text = text.replace(
            f'profile = "{settings.key}"', f'profile = "{Path(profile).as_posix()}"'
        )
    (folder / "edition.toml").write_text(text, encoding="utf-8", newline="\n")
    write_truth(drawn, folder / "truth.csv")
    return drawn


def example(folder: str | Path) -> City:
    """Write the packaged example: an invented city's edition, messy files and all."""
    return write_edition(folder, year=EXAMPLE_YEAR, seed=EXAMPLE_SEED)
