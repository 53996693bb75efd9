"""Whole edition folders with synthetic inputs, among them the packaged example."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Literal

from xmdemand.intake.columns import choice, header
from xmdemand.profile import Profile, packaged, profile_path
from xmdemand.scaffold import OWN_PROFILE, copy_profile
from xmdemand.settings import settings_template
from xmdemand.synth.city import City, city
from xmdemand.synth.employer_files import write_returns
from xmdemand.synth.other_files import write_others
from xmdemand.synth.sheets import LABEL, Row, Sheet, titled, write_csv
from xmdemand.synth.world import Scale, common_titles

EXAMPLE_YEAR, EXAMPLE_SEED = 2026, 3
LAST_YEARS_RECORD = "example_2025.json"
"""What the example remembers of the year before; `examples/last_year.py` makes it."""


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
    path = Path(path)
    truth = city.truth.reset_index().assign(remark=LABEL)
    path.write_bytes(truth.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    return path


def write_edition(
    folder: str | Path,
    *,
    scale: Literal["small", "city"] | Scale = "small",
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
        A packaged profile's key, or a profile file's path: that file is copied into the folder.
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
    if profile not in packaged():
        copy_profile(settings, profile_path(profile), folder)
        text = text.replace(f'profile = "{settings.key}"', f'profile = "{OWN_PROFILE}"')
    (folder / "edition.toml").write_text(text, encoding="utf-8", newline="\n")
    write_truth(drawn, folder / "truth.csv")
    return drawn


def example(folder: str | Path) -> City:
    """Write the packaged example: an invented city's edition, messy files and all.

    Beside what `write_edition` writes there are titles that people coded last year, what
    departments decided this year, and the record of last year's edition.
    """
    folder = Path(folder)
    drawn = write_edition(folder, year=EXAMPLE_YEAR, seed=EXAMPLE_SEED)
    write_csv(folder / "coded_titles.csv", _confirmed(drawn), "utf-8-sig")
    write_csv(folder / "decisions.csv", _decisions(drawn), "utf-8-sig")
    previous = folder / "previous" / "record.json"
    previous.parent.mkdir(exist_ok=True)
    previous.write_bytes((files("xmdemand.synth") / LAST_YEARS_RECORD).read_bytes())
    return drawn


def example_of_last_year(folder: str | Path) -> City:
    """Write the same city's edition of the year before, as it would have been made then.

    Its classification is the one in force at the time: occupations published later in that year
    are not in it, whatever firms called them.
    """
    drawn = write_edition(folder, year=EXAMPLE_YEAR - 1, seed=EXAMPLE_SEED)
    path = Path(folder) / "edition.toml"
    text = path.read_text(encoding="utf-8")
    in_force = f"classification_as_of = {EXAMPLE_YEAR - 2}"
    text = re.sub(r"^# classification_as_of = \d+$", in_force, text, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8", newline="\n")
    return drawn


def _confirmed(city: City) -> Sheet:
    """Every third everyday title of the city's occupations, coded by a person last year."""
    said = common_titles()
    pairs = [
        (title, code)
        for code, name in city.truth["name"].items()
        for title in said.get(name, ())[:1]
    ]
    rows: list[Row] = [
        [title, str(code), "示例编码员", f"{city.options.year - 1}-04-20", LABEL]
        for title, code in pairs[::3]
    ]
    return Sheet("", [], [["title", "code", "who", "when", "remark"]], rows)


DECISIONS = (
    ("健康照护师", "keep", "长期照护需求稳定，同意列入", "示例决定人甲", "市医保局"),
    (
        "无人机驾驶员",
        "add",
        "低空运输试点年内开通，航线运营单位已提出用人计划",
        "示例决定人乙",
        "市交通局",
    ),
    ("纺织染色工", "drop", "本地两家企业停产，培训机构无开班条件", "示例决定人丙", "市工信局"),
    (
        "养老护理员",
        "raise",
        "长期护理保险扩面，定点机构持证上岗要求提高",
        "示例决定人丁",
        "市民政局",
    ),
)
"""Occupation, action, reason, who (invented), department."""


def _decisions(city: City) -> Sheet:
    """What departments of the invented city answered."""
    columns = ("title", "code", "action", "reason", "who", "department", "date")
    codes = {name: str(code) for code, name in city.truth["name"].items()}
    rows: list[Row] = [
        [
            *(name, codes[name], choice("decisions", "action", action)),
            *(titled(reason), who, department),
            f"{city.options.year}-05-08",
        ]
        for name, action, reason, who, department in DECISIONS
        if name in codes
    ]
    return Sheet("", [], [[header("decisions", column) for column in columns]], rows)
