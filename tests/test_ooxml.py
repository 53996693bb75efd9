"""Office files are the same bytes on any day, and whichever XML library is installed."""

from __future__ import annotations

import datetime as dt
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from xmdemand.errors import InputError
from xmdemand.ooxml import archive, normalise_ooxml

DAY = dt.date(2026, 5, 20)


def test_normalising_takes_the_clock_out(tmp_path):
    path = tmp_path / "book.xlsx"
    openpyxl.Workbook().save(path)
    data = normalise_ooxml(path, DAY)
    assert path.read_bytes() == data
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        core = file.read("docProps/core.xml").decode()
        assert core.count("2026-05-20T00:00:00Z") == 2
        assert {info.date_time for info in file.infolist()} == {(2026, 5, 20, 0, 0, 0)}
    assert normalise_ooxml(data, DAY) == data
    aware = dt.datetime(2026, 5, 20, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert normalise_ooxml(data, aware) == data
    assert openpyxl.load_workbook(path).sheetnames == ["Sheet"]


def test_bytes_do_not_depend_on_lxml():
    pytest.importorskip("lxml")
    script = Path(__file__).parent / "workbook_bytes.py"
    said = {
        subprocess.run(
            [sys.executable, str(script)],
            check=True,
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "OPENPYXL_LXML": lxml,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
        ).stdout
        for lxml in ("True", "False")
    }
    assert len(said) == 1


def test_a_part_that_names_prefixes_in_text_is_left_alone():
    word = b'<w:document xmlns:w="u" xmlns:w14="v" mc:Ignorable="w14" xmlns:mc="m" />'
    members = {"xl/workbook.xml": b"<a />", "xl/other.xml": word}
    with zipfile.ZipFile(io.BytesIO(normalise_ooxml(archive(members, DAY), DAY))) as file:
        assert file.read("xl/other.xml") == word


def test_what_is_no_archive_is_refused():
    with pytest.raises(InputError, match="not an OOXML file"):
        normalise_ooxml(b"plain text", DAY)


def test_an_archive_before_the_zip_epoch_still_writes():
    assert archive({"a": b""}, dt.date(1970, 1, 1)) == archive({"a": b""}, dt.date(1980, 1, 1))
