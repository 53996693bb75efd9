"""The files a synthetic city sends: intake finds the city in them, however messy they are."""

from __future__ import annotations

import hashlib
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from xmdemand import intake, synth
from xmdemand.profile import Profile
from xmdemand.synth import mess
from xmdemand.synth.sheets import LABEL

PROFILE = Profile.load("xiamen")
CLASSIFICATION = PROFILE.load_classification()


@pytest.fixture(scope="module")
def tidy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tidy")
    drawn = synth.write_edition(folder, clean=True)
    return drawn, folder, intake.read(folder / "inputs", PROFILE, CLASSIFICATION)


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    drawn = synth.example(folder)
    tables = intake.read(
        folder / "inputs",
        PROFILE,
        CLASSIFICATION,
        coded_titles=folder / "coded_titles.csv",
        decisions=folder / "decisions.csv",
    )
    return drawn, folder, tables


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_tidy_files_are_read_back_to_the_city_s_tables(tidy):
    drawn, _, tables = tidy
    assert tables.quarantine is None or tables.quarantine.empty
    for kind in ("firms", "employers", "workers", "margins", "pipeline", "trainable"):
        assert len(getattr(tables, kind)) == len(getattr(drawn.tables, kind)), kind
    for column in ("planned_hires", "vacancies", "headcount", "train_persons"):
        assert tables.employers[column].sum() == drawn.tables.employers[column].sum()
    for column in ("posts_new", "posts_carried", "seekers_new", "seekers_carried"):
        assert tables.register[column].sum() == drawn.tables.register[column].sum()
    by_code = ["occupation", "planned_hires"]
    read, drawn_ = tables.employers[by_code], drawn.tables.employers[by_code]
    assert read.groupby("occupation").sum().equals(drawn_.groupby("occupation").sum())


def test_messy_files_lose_little_and_invent_nothing(example):
    drawn, _, tables = example
    refused = tables.quarantine["code"].value_counts()
    assert set(refused.index) == {"intake.required", "intake.superseded"}
    assert refused["intake.required"] == 3
    for column in ("planned_hires", "vacancies", "train_persons"):
        assert tables.employers[column].sum() == drawn.tables.employers[column].sum(), column
    assert len(tables.employers) == len(drawn.tables.employers)
    coded = tables.employers["occupation_status"].eq("coded").mean()
    assert coded > 0.7
    assert set(tables.register["occupation_status"]) >= {"coded", "not_stated"}
    new = drawn.tables.register["seekers_new"].sum()
    assert tables.register["seekers_new"].sum() == new
    assert len(tables.decisions) == 4


def test_coded_titles_are_right(example):
    """What intake codes with confidence in the messy files is what the city meant."""
    drawn, _, tables = example
    meant = drawn.tables.employers.drop_duplicates("post").set_index("post")["occupation"]
    titles = tables.titles.query("kind == 'post' and status == 'coded'")
    known = titles[titles["title"].isin(meant.index)]
    right = known["code"].to_numpy() == meant.loc[known["title"]].to_numpy()
    assert len(known) > 150
    assert right.mean() > 0.9


def test_the_example_repeats_byte_for_byte(example, tmp_path):
    _, folder, _ = example
    synth.example(tmp_path)
    assert contents(tmp_path) == contents(folder)


def test_every_file_says_it_is_made_up(example):
    _, folder, _ = example
    for path in folder.rglob("*"):
        if path.suffix == ".xlsx":
            book = openpyxl.load_workbook(path)
            assert book.properties.title == LABEL
            for sheet in book.worksheets:
                cells = [
                    str(cell)
                    for row in sheet.iter_rows(max_row=3, values_only=True)
                    for cell in row
                ]
                assert any(LABEL in cell for cell in cells), (path, sheet.title)
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as ledger:
                for name in ledger.namelist():
                    assert LABEL in ledger.read(name).decode("gb18030")
        elif path.suffix == ".csv":
            data = path.read_bytes()
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = data.decode("gb18030")
            assert LABEL in text, path


def test_planted_personal_data_are_there_to_be_found(example):
    _, folder, tables = example
    text = "".join(
        path.read_bytes().decode("utf-8-sig") for path in (folder / "inputs" / "培训意愿").iterdir()
    )
    assert re.search(mess.PHONE, text)
    assert re.search(mess.ID_NUMBER, text)
    assert any(name in text for name in mess.NAMES)
    for kind in ("employers", "workers", "quarantine", "register", "titles"):
        read = getattr(tables, kind).to_csv()
        assert not re.search(mess.PHONE, read), kind
        assert not re.search(mess.ID_NUMBER, read), kind
        assert not [name for name in mess.NAMES if name in read], kind


def test_the_example_stays_small(example):
    _, folder, _ = example
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 1_500_000
