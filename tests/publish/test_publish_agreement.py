"""All formats say the same, nothing internal is public, and the same input gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis.strategies import characters, text
from publish_city import make_profile, make_settings
from publish_fixture import ROWS, make_catalogue, make_content

from xmdemand.catalogue.content import COLUMNS as DECLARED
from xmdemand.publish import OUTPUTS, Published, catalogue_xlsx, data_files, page, write
from xmdemand.publish.columns import COLUMNS, cells, columns_of
from xmdemand.publish.press import Press
from xmdemand.publish.templates import Templates

HERE = Path(__file__).parent


def from_json(folder: Path) -> list[list[str]]:
    from xmdemand.catalogue.content import Catalogue

    catalogue = Catalogue.model_validate_json((folder / "catalogue.json").read_bytes())
    return [cells(entry, columns_of(catalogue)) for entry in catalogue.entries]


def from_excel_csv(folder: Path) -> list[list[str]]:
    text = (folder / "catalogue.excel.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
    return [[cell.removeprefix("'") for cell in row] for row in rows]


def from_xlsx(folder: Path) -> list[list[str]]:
    sheet = openpyxl.load_workbook(folder / "catalogue.xlsx")["目录"]
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def from_docx(folder: Path) -> list[list[str]]:
    from docx.oxml.ns import qn

    table = Document(str(folder / "catalogue.docx")).tables[0]
    return [
        ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.tc_lst]
        for row in table._tbl.tr_lst[1:]
    ]


def from_html(folder: Path) -> list[list[str]]:
    text = (folder / "index.html").read_text(encoding="utf-8")
    body = text.split("<tbody", 1)[1].split("</tbody>")[0]
    rows = []
    for row in re.findall(r"<tr.*?</tr>", body, re.DOTALL):
        found = re.findall(r'<td role="cell">(.*?)</td>', row, re.DOTALL)
        plain = [re.sub(r"<small>.*?</small>|<[^>]*>", "", cell).strip() for cell in found]
        rows.append([unescape(cell) for cell in plain])
    return rows


READERS = {
    "catalogue.json": from_json,
    "catalogue.excel.csv": from_excel_csv,
    "catalogue.xlsx": from_xlsx,
    "catalogue.docx": from_docx,
    "index.html": from_html,
}


@pytest.mark.parametrize("run", ["published", "hostile"])
@pytest.mark.parametrize("name", list(READERS))
def test_formats_agree_on_every_public_cell(
    name: str, run: str, request: pytest.FixtureRequest
) -> None:
    made: Published = request.getfixturevalue(run)
    catalogue = make_catalogue(ROWS) if run == "published" else make_catalogue(30, hostile=True)
    expected = [cells(entry, columns_of(catalogue)) for entry in catalogue.entries]
    found = READERS[name](made.folder)
    assert len(found) == len(expected)
    for got, want in zip(found, expected, strict=True):
        assert [_plain(cell) for cell in got] == [_plain(cell) for cell in want]


def _plain(text: str) -> str:
    """Apart from line ends and tabs, which formats keep in their own ways."""
    return re.sub(r"\s+", " ", text).strip()


def test_what_is_unknown_says_so_in_every_format(tmp_path: Path) -> None:
    blank = {"levels": (), "training": (), "department": "", "industry": "电子信息"}
    content = make_content(2)
    asked, unasked = content.catalogue.entries
    entries = (
        asked.model_copy(update={**blank, "groups": ()}),
        unasked.model_copy(update={**blank, "groups": None}),
    )
    catalogue = content.catalogue.model_copy(update={"entries": entries})
    content = content.model_copy(
        update={"record": content.record.model_copy(update={"catalogue": catalogue})}
    )
    write(content, tmp_path, make_profile(), make_settings())
    keys = [column.key for column in columns_of(catalogue)]
    for name in ("catalogue.excel.csv", "catalogue.xlsx", "catalogue.docx", "index.html"):
        first, second = (dict(zip(keys, row, strict=True)) for row in READERS[name](tmp_path))
        assert [first[key] for key in ("levels", "training", "department")] == ["待核"] * 3, name
        assert (first["groups"], second["groups"]) == ("不限", "待核"), name
    printed = pdf_words(tmp_path / "catalogue.pdf")
    assert printed.count("待核") >= 7
    assert "不限" in printed


def pdf_words(path: Path) -> str:
    """What a reader copies out of a PDF."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not on this machine")
    run = subprocess.run([program, "-layout", str(path), "-"], capture_output=True, check=True)
    return run.stdout.decode()


def test_the_pdf_has_the_codes_in_order(published: Published) -> None:
    text = pdf_words(published.folder / "catalogue.pdf").split("较上年目录的调整情况")[0]
    found = re.findall(r"\d-\d\d-\d\d-\d\d", text)
    assert found == [entry.code for entry in make_catalogue(ROWS).entries]


def test_the_machine_csv_has_the_json_fields(published: Published) -> None:
    text = (published.folder / "catalogue.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    entries = json.loads((published.folder / "catalogue.json").read_bytes())["entries"]
    assert [row["lineage"] for row in rows] == [entry["lineage"] for entry in entries]
    assert [row["levels"].split("|") for row in rows] == [
        [level["key"] for level in entry["levels"]] for entry in entries
    ]
    withheld = [row for row in rows if row["demand_withheld"]]
    assert withheld
    assert all(row["demand"] == "" for row in withheld)


def test_every_column_a_catalogue_may_have_can_be_printed() -> None:
    assert set(COLUMNS) == set(DECLARED)
    catalogue = make_catalogue(5, columns=tuple(DECLARED))
    for entry in catalogue.entries:
        assert all(isinstance(cell, str) for cell in cells(entry, columns_of(catalogue)))


@settings(max_examples=15, deadline=None)
@given(text(alphabet=characters(exclude_categories=("Cs",)), max_size=60))
def test_any_text_survives_every_machine_format(words: str) -> None:
    catalogue = make_catalogue(1)
    entry = catalogue.entries[0].model_copy(update={"name": words, "remark": words, "marks": ""})
    catalogue = catalogue.model_copy(update={"entries": (entry,)})
    press = Press(templates=Templates(), settings=make_settings(), files={})
    loaded = json.loads(data_files.render_json(catalogue, press))
    assert loaded["entries"][0]["name"] == words
    raw = io.StringIO(data_files.render_csv(catalogue, press).decode(), newline="")
    assert next(csv.DictReader(raw))["name"] == words
    safe = data_files.render_excel_csv(catalogue, press).decode("utf-8-sig")
    cell = next(iter(list(csv.reader(io.StringIO(safe, newline="")))[1:]))[3]
    assert cell in (words, f"'{words}")
    assert not cell.startswith(("=", "+", "-", "@"))
    book = openpyxl.load_workbook(io.BytesIO(catalogue_xlsx.render(catalogue, press)))
    written = book["目录"].cell(4, 4)
    assert written.data_type != "f"
    assert page.render(catalogue, press).count(b"<script") == 2


SECRETS = ("王某某", "预测培训需求达到30人的可能性不足", "cdcdcdcd", "need_too_small", "goalposts")


def text_of(path: Path) -> str:
    """The file as one text; the members of an Office file with their entities resolved."""
    if path.suffix not in {".xlsx", ".docx"}:
        return path.read_bytes().decode(errors="replace")
    with zipfile.ZipFile(path) as archive:
        parts = [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    return unescape("".join(parts))


def test_nothing_internal_is_in_a_public_file(published: Published) -> None:
    content = make_content(ROWS)
    assert any(entry.decisions for entry in content.record.entries), "the control must hold secrets"
    public = [item for item in published.files if item.public]
    assert {item.kind for item in public} == {o.kind for o in OUTPUTS if o.public}
    for item in public:
        text = text_of(published.folder / item.file)
        assert [word for word in SECRETS if word in text] == [], item.file
        if item.file.endswith(".pdf") and shutil.which("pdftotext"):
            printed = pdf_words(published.folder / item.file)
            assert [word for word in SECRETS if word in printed] == [], item.file
    inside = [text_of(published.folder / name) for name in ("record.json", "evidence.xlsx")]
    assert [word for word in SECRETS if word in inside[0]] == list(SECRETS)
    assert [word for word in SECRETS if word in inside[1]] == list(SECRETS[:3])


def test_made_up_data_say_so_everywhere(published: Published) -> None:
    silent = {"csv", "excel_csv", "schema", "types", "json", "changes", "manifest", "record"}
    for item in published.files:
        path = published.folder / item.file
        if item.kind not in silent and path.suffix != ".pdf":
            assert "示例数据，非真实统计" in text_of(path), item.file
    assert json.loads(text_of(published.folder / "catalogue.json"))["synthetic"] is True


@pytest.mark.parametrize("rows", [0, 1, 500])
def test_extremes_go_through_every_renderer(rows: int, tmp_path: Path) -> None:
    made = write(make_content(rows), tmp_path, make_profile(), make_settings())
    assert len(from_json(tmp_path)) == len(from_xlsx(tmp_path)) == rows
    assert made.notes == ()


SCRIPT = """
import sys, locale
sys.path[:0] = {paths!r}
from pathlib import Path
from publish_city import make_profile, make_settings
from publish_fixture import make_content
from xmdemand.publish import write
made = write(make_content(12), Path(sys.argv[1]), make_profile(), make_settings())
print("\\n".join(f"{{item.file}} {{item.sha256}}" for item in made.files))
"""


A_YEAR_ON = """
import time
LATER = 400 * 86400
now, now_ns, local, utc = time.time, time.time_ns, time.localtime, time.gmtime
time.time = lambda: now() + LATER
time.time_ns = lambda: now_ns() + LATER * 10**9
time.localtime = lambda at=None: local(time.time() if at is None else at)
time.gmtime = lambda at=None: utc(time.time() if at is None else at)
"""
"""A later clock in `time`, which stamps archives; Python reads it first, as `sitecustomize`."""

LATER = ["faketime", "-f", "+400d"] if shutil.which("faketime") else []
"""Sets the clock of a whole process, `datetime` and compiled code too, where it is installed."""


def test_bytes_are_equal_over_days_time_zones_and_locales(tmp_path: Path) -> None:
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(A_YEAR_ON, encoding="utf-8")
    clocks = ("", "" if LATER else str(tmp_path / "clock"))
    script = SCRIPT.format(paths=[str(HERE), str(HERE.parents[1] / "src")])
    answers = []
    for at, (zone, language) in enumerate((("UTC", "C.UTF-8"), ("Asia/Shanghai", "tr_TR.UTF-8"))):
        surroundings = {"TZ": zone, "LC_ALL": language, "LANG": language, "PYTHONUTF8": "1"}
        run = subprocess.run(
            [*(LATER if at else ()), sys.executable, "-c", script, str(tmp_path / str(at))],
            env={
                **os.environ,
                **surroundings,
                "PYTHONHASHSEED": str(at + 1),
                "PYTHONPATH": os.pathsep.join(filter(None, (clocks[at], *sys.path))),
            },
            capture_output=True,
            check=True,
        )
        answers.append(run.stdout.decode().split("\n"))
    assert len(answers[0]) > 15
    assert answers[0] == answers[1]
