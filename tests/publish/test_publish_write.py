"""The stage as a whole: what is made, in what form, and that it is the same every time."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from docx import Document
from jsonschema import Draft202012Validator
from publish_city import make_profile, make_settings
from publish_fixture import HOSTILE, make_content

from xmdemand.catalogue.content import Catalogue, Erratum
from xmdemand.catalogue.record import Content, Record
from xmdemand.errors import InputError, OutputError
from xmdemand.intake import Tables
from xmdemand.intake.sheets import PROBLEM_COLUMNS
from xmdemand.publish import OUTPUTS, Published, write

CHEAP = ("xlsx", "html", "json", "schema", "csv", "excel_csv", "changes", "evidence", "record")


def make(content: Content, out: Path, **options: object) -> Published:
    return write(content, out, make_profile(), make_settings(), **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return make(make_content(40), tmp_path_factory.mktemp("out"), only=CHEAP)


def test_every_kind_has_a_renderer_and_a_name_of_its_own() -> None:
    for output in OUTPUTS:
        assert callable(output.renderer()), output.kind
    names = [output.file for output in OUTPUTS]
    assert len(set(names)) == len(names)


def test_the_json_is_the_catalogue_and_fits_its_schema(made: Published) -> None:
    loaded = json.loads((made.folder / "catalogue.json").read_bytes())
    assert Catalogue.model_validate(loaded) == make_content(40).catalogue
    schema = json.loads((made.folder / "catalogue.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(loaded)
    broken = loaded | {"year": "soon"}
    assert list(Draft202012Validator(schema).iter_errors(broken))


def test_the_record_can_be_read_back(made: Published) -> None:
    record = Record.model_validate_json((made.folder / "record.json").read_bytes())
    assert record.catalogue == make_content(40).catalogue
    assert record.entries[0].numbers["register_demand"] is None


def test_the_manifest_names_every_file_with_its_hash(made: Published) -> None:
    from hashlib import sha256

    manifest = json.loads((made.folder / "manifest.json").read_bytes())
    listed = {row["file"]: row["sha256"] for row in manifest["outputs"]}
    on_disk = {path.name for path in made.folder.iterdir()} - {"manifest.json"}
    assert set(listed) == on_disk
    for name, digest in listed.items():
        assert sha256((made.folder / name).read_bytes()).hexdigest() == digest
    assert set(manifest["templates"]) == {"page.html.j2", "page.css", "page.js"}
    assert manifest["seed"] == 7


def test_inputs_are_hashed_without_outputs_and_lock_files(tmp_path: Path) -> None:
    edition = tmp_path / "edition"
    for name in ("edition.toml", "inputs/a.csv", "out/old.json", "inputs/~$a.xlsx", ".hidden/x"):
        (edition / name).parent.mkdir(parents=True, exist_ok=True)
        (edition / name).write_text(name, encoding="utf-8")
    made = make(make_content(2), tmp_path / "fresh", only=("json",), inputs=edition)
    assert [row["file"] for row in made.manifest["inputs"]] == ["edition.toml", "inputs/a.csv"]


def test_two_runs_give_the_same_bytes(made: Published, tmp_path: Path) -> None:
    again = make(make_content(40), tmp_path, only=CHEAP)
    assert again.frame.equals(made.frame)


def test_asking_for_some_makes_those_and_keeps_the_rest_in_the_manifest(tmp_path: Path) -> None:
    make(make_content(3), tmp_path, only=("csv",))
    made = make(make_content(3), tmp_path, only=("json",))
    assert [item.kind for item in made.files] == ["json", "manifest"]
    assert {row["kind"] for row in made.manifest["outputs"]} == {"json", "csv"}


def test_a_page_made_alone_links_to_what_is_there(tmp_path: Path) -> None:
    make(make_content(3), tmp_path, only=("csv",))
    make(make_content(3), tmp_path, only=("html",))
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert 'href="catalogue.csv"' in page
    assert 'href="catalogue.xlsx"' not in page


def test_names_can_be_chosen_by_the_profile(tmp_path: Path) -> None:
    profile = make_profile(files={"csv": "目录.csv"})
    write(make_content(3), tmp_path, profile, make_settings(), only=("csv",))
    assert (tmp_path / "目录.csv").is_file()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"cvs": "a.csv"}, "unknown output cvs"),
        ({"csv": "../a.csv"}, "not a plain file name"),
        ({"csv": "Catalogue.JSON"}, "two outputs"),
    ],
)
def test_bad_file_names_are_refused(files: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        write(make_content(1), tmp_path, make_profile(files=files), make_settings())


def test_an_unknown_kind_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unknown output xslx; known are"):
        make(make_content(1), tmp_path, only=("xslx",))


def test_an_undeclared_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="public_columns: colour cannot be printed"):
        make(make_content(1, columns=("seq", "colour")), tmp_path, only=("csv", "xlsx"))


def test_formulas_stay_text_in_workbooks(tmp_path: Path) -> None:
    content = make_content(30, hostile=True)
    make(content, tmp_path, only=("xlsx", "evidence"))
    for name in ("catalogue.xlsx", "evidence.xlsx"):
        book = openpyxl.load_workbook(tmp_path / name)
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
        risky = [cell for cell in cells if str(cell.value).startswith(("=", "+"))]
        assert risky
        assert all(cell.quotePrefix for cell in risky)


def test_the_two_csv_files_differ_as_promised(tmp_path: Path) -> None:
    make(make_content(30, hostile=True), tmp_path, only=("csv", "excel_csv"))
    raw = (tmp_path / "catalogue.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    names = [row["name"] for row in csv.DictReader(io.StringIO(raw.decode(), newline=""))]
    assert set(HOSTILE) <= set(names)
    safe = (tmp_path / "catalogue.excel.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(safe, newline="")))
    assert len(rows) == 31
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_a_correction_says_so_with_its_errata_in_every_form_of_the_list(tmp_path: Path) -> None:
    line = Erratum(
        revision=1,
        date=dt.date(2026, 6, 10),
        line="第3行",
        old="焊工旧",
        new="焊工新",
        reason="单位更正",
    )
    content = make_content(6, revision=1, errata=(line,))
    made = make(content, tmp_path, only=["xlsx", "docx", "html"])
    told = {path.suffix: path for path in made.paths}
    book = openpyxl.load_workbook(told[".xlsx"])
    cells = [str(cell) for row in book["勘误"].iter_rows(values_only=True) for cell in row]
    assert {"2026年6月10日", "第3行", "焊工旧", "焊工新", "单位更正"} <= set(cells)
    assert "第1次更正" in str(book["目录"]["A2"].value)
    assert all("示例数据" in sheet.oddHeader.right.text for sheet in book)
    page = told[".html"].read_text(encoding="utf-8")
    words = "".join(paragraph.text for paragraph in Document(str(told[".docx"])).paragraphs)
    assert "第1次更正" in page
    assert "第1次更正" in words
    assert "焊工旧" in page
    plain = make(make_content(6), tmp_path / "plain", only=["xlsx"])
    assert "勘误" not in openpyxl.load_workbook(plain.paths[0]).sheetnames


def test_the_evidence_speaks_chinese(tmp_path: Path) -> None:
    """Headings, reasons and lists cut short; made-up data say so on every printed page."""
    content = make_content(12)
    note = {"code": "core.example", "where": "4-10-01-05, 6-18-02-04 and 3 more", "n": 5}
    trimmed = {"quota": "field", "name": "先进制造", "limit": 1, "code": "6-99-01-01", "place": 2}
    district = {"district": "思明区", "hires": 30.0, "se": 4.0}
    first, *others = content.record.entries
    changed: dict[str, object] = {
        "entries": (first.model_copy(update={"districts": (district,)}), *others),
        "notes": ({**note, "severity": "warning", "fields": {}},),
        "files": ({**content.record.files[0], "code": "intake.instructions"},),
        "selection": (trimmed,),
    }
    row = ["a.xlsx", "表", 3, "单位名称", None, "全称", "intake.required", "||3", "甲公司"]
    tables = Tables(quarantine=pd.DataFrame([row], columns=list(PROBLEM_COLUMNS)))
    record = content.record.model_copy(update=changed)
    made = make(Content(record=record), tmp_path, only=["evidence"], tables=tables)
    book = openpyxl.load_workbook(made.paths[0])
    heads, cells = {}, {}
    for sheet in book:
        rows = list(sheet.iter_rows(values_only=True))
        heads[sheet.title] = rows[int(sheet.print_title_rows.split("$")[-1]) - 1]
        cells[sheet.title] = {cell for row in rows for cell in row}
        assert "示例数据" in sheet.oddHeader.right.text
    assert not [name for names in heads.values() for name in names if name and name.isascii()]
    assert "没有表格，当作说明跳过" in cells["文件核对"]
    assert "必填项为空" in cells["退回的行"]
    assert "未列入示例职业1" in cells["额度取舍"]
    assert "4-10-01-05, 6-18-02-04 等（另有 3 个）" in cells["提示"]
    assert "计划招用人数" in heads["分区"]
    assert "用工需求（人）" in heads["逐职业依据"]
