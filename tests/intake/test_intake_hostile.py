"""Files that would do harm are refused with a sentence; the others beside them are still read."""

from __future__ import annotations

import io
import pickle
import re
import subprocess
import sys
import textwrap
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from xmdemand.intake import read
from xmdemand.intake.guarded import GuardedReader
from xmdemand.intake.looking import _glance, look_at_sheet, look_at_workbook
from xmdemand.intake.opening import decode_text, open_source
from xmdemand.intake.sources import Source, Unread, walk
from xmdemand.notes import text
from xmdemand.occupations import Classification
from xmdemand.profile import Profile

HEAD = ["单位名称", "岗位名称", "当前空缺人数"]


def workbook(rows=((*HEAD,), ("甲公司", "焊工", 5))) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def edited(data: bytes, part: str, change) -> bytes:
    """The same package with one part changed (or added, from nothing)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
        if part not in old.namelist():
            new.writestr(part, change(b""))
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_cell(reference: str, row: int) -> bytes:
    cell = f'<row r="{row}"><c r="{reference}"><v>1</v></c></row></sheetData>'.encode()
    return edited(workbook(), SHEET, lambda xml: xml.replace(b"</sheetData>", cell))


def opened(tmp_path, name: str, data: bytes) -> list:
    path = tmp_path / name
    path.write_bytes(data)
    with GuardedReader() as guarded:
        return list(open_source(Source(name, path), guarded))


def codes(found) -> list[str]:
    return [item.code for item in found if isinstance(item, Unread)]


def xml_bomb(xml: bytes) -> bytes:
    return b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaa">]>' + xml


HOSTILE = {
    "truncated.xlsx": (workbook()[:2000], "intake.damaged"),
    "no_zip.xlsx": (b"PK\x03\x04" + b"\x00" * 100, "intake.damaged"),
    "picture.xlsx": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "intake.unknown_format"),
    "print.csv": (b"%PDF-1.7 ...", "intake.unknown_format"),
    "macro.xlsm": (workbook(), "intake.macros"),
    "macro.xlsx": (edited(workbook(), "xl/vbaProject.bin", lambda _: b"x"), "intake.macros"),
    "entities.xlsx": (edited(workbook(), SHEET, xml_bomb), "intake.entities"),
    "locked.xlsx": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\x00" * 500
        + "EncryptedPackage".encode("utf-16-le"),
        "intake.protected",
    ),
    "binary.xls": (b"\xd0\xcf\x11\xe0" + bytes(range(256)) * 8, "intake.damaged"),
    "binary.et": (b"\x01\x02\x03 not a workbook", "intake.save_as_xlsx"),
    "binary.csv": (bytes(range(256)) * 20, "intake.encoding"),
    "lost.csv": ("锟斤拷,锟斤拷".encode(), "intake.text_lost"),
    "wide.csv": (",".join(f"c{i}" for i in range(5000)).encode(), "intake.too_wide"),
    "empty.xlsx": (b"", "intake.empty_file"),
    "list.json": (b"[1, 2, 3]", "intake.not_records"),
    "deep.json": (b"[" * 100_000, "intake.damaged"),
    "broken.parquet": (b"PAR1 nothing", "intake.damaged"),
    "wide.xlsx": (workbook([[f"c{i}" for i in range(5000)]]), "intake.too_wide"),
}


@pytest.mark.parametrize(("name", "made"), HOSTILE.items(), ids=HOSTILE)
def test_hostile_files_are_refused_with_a_sentence(tmp_path, name, made):
    data, code = made
    assert codes(opened(tmp_path, name, data)) == [code]
    assert name in text(code, where=name)


def test_what_was_not_read_is_kept_with_the_rest_of_a_reading(tmp_path):
    (unread,) = opened(tmp_path, "truncated.xlsx", HOSTILE["truncated.xlsx"][0])
    assert pickle.loads(pickle.dumps(unread)) == unread


@pytest.mark.parametrize("reference", ["A1048576", "XFD1048576", "XFD3"])
def test_a_stray_far_cell_is_left_out_and_the_rest_read(tmp_path, reference):
    row = int(reference.lstrip("AXFD"))
    (grid,) = opened(tmp_path, "stray.xlsx", with_cell(reference, row))
    assert grid.rows[:2] == [HEAD, ["甲公司", "焊工", 5]]
    assert len(grid.rows) <= 3


def test_a_far_cell_does_not_hide_behind_unusual_quotes(tmp_path):
    def loosely(xml: bytes) -> bytes:
        return xml.replace(b'r="XFD1048576"', b"r\n= 'XFD1048576'").replace(b'r="2"', b"r = '2'")

    data = edited(with_cell("XFD1048576", 1_048_576), SHEET, loosely)
    assert look_at_workbook(data)["Sheet"].last_row == 2
    (grid,) = opened(tmp_path, "stray.xlsx", data)
    assert grid.rows[:2] == [HEAD, ["甲公司", "焊工", 5]]
    assert len(grid.rows) <= 3


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("xmdemand.intake.looking.MAX_XML", 2**20)
    data = edited(workbook(), SHEET, lambda xml: xml + b" " * 2**20)
    assert len(data) < 20_000
    assert codes(opened(tmp_path, "bomb.xlsx", data)) == ["intake.archive_bomb"]


def test_a_sheet_of_ten_million_rows_is_refused():
    rows = b'<row r="1"/><row r="10000000"/>'
    assert look_at_sheet(rows).refuse == "intake.too_large"


def test_errors_and_formulas_without_a_result_are_told_from_empty_cells(tmp_path):
    xml = (
        b'<row r="3"><c r="A3" t="e"><v>#REF!</v></c><c r="B3"><f>1+1</f></c>'
        b'<c r="C3"><f>1+1</f><v>2</v></c></row></sheetData>'
    )
    data = edited(workbook(), SHEET, lambda old: old.replace(b"</sheetData>", xml))
    (grid,) = opened(tmp_path, "formulas.xlsx", data)
    assert [str(cell) for cell in grid.rows[2]] == ["#REF!", "公式无结果", "2.0"]
    assert look_at_workbook(data)["Sheet"].broken.keys() == {(2, 0), (2, 1)}


def test_archives_are_read_without_unpacking_and_their_tricks_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "各区.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("思明区/报表.xlsx", workbook())
        archive.writestr("../../../etc/passwd.csv", "a,b")
        archive.writestr("/abs.csv", "a,b")
        archive.writestr("zeros.csv", b"0" * (60 * 2**20))
        archive.writestr("broken.zip", b"PK")
        archive.writestr("inner.zip", zipped({"企业.csv": b"a,b", "deeper.zip": zipped({})}))
        archive.writestr("other.rar", b"Rar!")
        archive.writestr("__MACOSX/._x.xlsx", b"")
    found = list(walk(tmp_path))
    sources = [item for item in found if isinstance(item, Source)]
    assert [item.name for item in sources] == [
        "各区.zip/inner.zip/企业.csv",
        "各区.zip/思明区/报表.xlsx",
    ]
    assert sources[0].read() == b"a,b"
    assert sorted(codes(found)) == [
        "intake.archive_bomb",
        "intake.damaged",
        "intake.nested_archive",
        "intake.nested_archive",
        "intake.path_trick",
        "intake.path_trick",
    ]
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["各区.zip"]


def test_names_in_archives_packed_by_windows_are_read(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("XXXXXX.csv", "a,b")
    gbk = packed.getvalue().replace(b"XXXXXX", "思明区".encode("gb18030"))
    (tmp_path / "a.zip").write_bytes(gbk)
    assert [source.name for source in walk(tmp_path)] == ["a.zip/思明区.csv"]


def test_the_good_file_beside_hostile_ones_is_read(tmp_path):
    for name, (data, _) in HOSTILE.items():
        if len(data) < 10**6:
            (tmp_path / name).write_bytes(data)
    (tmp_path / "好.xlsx").write_bytes(workbook())
    tables = read(tmp_path, Profile.load("xiamen"), Classification.load())
    assert tables.files["accepted"].sum() == 1
    assert (tables.files["state"] == "refused").sum() >= 15


@pytest.mark.skipif(sys.platform != "linux", reason="memory of a process is limited on Linux only")
def test_a_far_cell_costs_no_gigabytes(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "stray.xlsx").write_bytes(with_cell("XFD1048576", 1_048_576))
    program = textwrap.dedent(
        """
        import resource, sys
        from pathlib import Path
        from xmdemand.intake import read
        from xmdemand.occupations import Classification
        from xmdemand.profile import Profile
        tables = read(Path(sys.argv[1]), Profile.load("xiamen"), Classification.load())
        assert tables.files["accepted"].sum() == 1
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "in")],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(done.stdout) < 1024, "MiB"


ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_is_told_by_trial(encoding):
    line = "单位名称,岗位名称,当前空缺人数\r\n甲公司,焊工,5\r\n" * 3
    assert decode_text(line.encode(encoding))[0] == line


def test_gbk_read_as_latin_is_put_right_and_real_latin_is_left():
    assert decode_text("ÆóÒµÃû³Æ".encode())[0] == "企业名称"
    assert decode_text("café,naïve".encode())[0] == "café,naïve"


@given(
    st.lists(
        st.sampled_from(
            [
                b'r="',
                b"A",
                b"Z",
                b"1",
                b"9",
                b"12345",
                b'"',
                b"<f",
                b":f",
                b't="e"',
                b"<",
                b"[",
                b" ",
                b"=",
            ]
        ),
        max_size=10,
    ).map(b"".join)
)
def test_a_glance_at_a_sheet_misses_no_far_cell_formula_or_error(xml):
    plain, small, lost = _glance(xml)
    assert small == (re.search(rb'r="(?:[A-Z](?:[A-Z]|\d{5})|\d{5})', xml) is None)
    assert lost == any(mark in xml for mark in (b't="e"', b"<f", b":f"))
    assert plain == (re.search(rb'(?:^|[\x00-\x20])=|=(?:[^"]|$)', xml, re.DOTALL) is None)


def test_a_sheet_of_many_rows_without_numbers_is_not_taken_for_small():
    assert not _glance(b"<row><c><v>1</v></c></row>" * 10_000)[1]
    assert _glance(b"<row><c><v>1</v></c></row>" * 9_999)[1]
