"""What LibreOffice makes of the documents, where it is installed."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from publish_city import make_profile, make_settings
from publish_fixture import make_content

from xmdemand.catalogue.content import Catalogue
from xmdemand.catalogue.explanation import Explanation
from xmdemand.publish import Published, write
from xmdemand.publish.columns import cells, columns_of
from xmdemand.publish.letters import write_reply

CODE = re.compile(r"\b\d-\d\d-\d\d-\d\d\b")


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory):
    """Convert documents with a profile of LibreOffice's own."""
    soffice, home = program("soffice"), tmp_path_factory.mktemp("office")

    def convert(kind: str, *files: Path) -> list[Path]:
        own = f"-env:UserInstallation={(home / 'profile').as_uri()}"
        out = home / str(len(list(home.iterdir())))
        command = [soffice, own, "--headless", "--convert-to", kind, "--outdir", str(out)]
        subprocess.run([*command, *map(str, files)], capture_output=True, check=True, timeout=300)
        made = [out / f"{file.stem}.{kind.partition(':')[0]}" for file in files]
        assert all(path.is_file() for path in made)
        return made

    return convert


def pages(pdf: Path) -> list[str]:
    done = subprocess.run(
        [program("pdftotext"), "-layout", str(pdf), "-"], capture_output=True, check=True
    )
    return done.stdout.decode().split("\f")[:-1]


def catalogue_of(made: Published) -> Catalogue:
    return Catalogue.load(made.folder / "catalogue.json")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_the_head_is_repeated_on_every_page_of_the_list(
    suffix: str, office, published: Published
) -> None:
    [pdf] = office("pdf", published.folder / f"catalogue.{suffix}")
    listed = [page for page in pages(pdf) if CODE.search(page)]
    assert len(listed) > 3
    assert all("职业编码" in page for page in listed)
    codes = {code for page in listed for code in CODE.findall(page)}
    assert codes >= {entry.code for entry in catalogue_of(published).entries}


@pytest.mark.slow
@pytest.mark.parametrize("run", ["published", "hostile"])
def test_the_workbook_as_csv_is_the_catalogue(run: str, office, request) -> None:
    """Every public cell as LibreOffice sees it: no formula ran, nothing was taken for a date."""
    made = request.getfixturevalue(run)
    [path] = office("csv:Text - txt - csv (StarCalc):44,34,76,1", made.folder / "catalogue.xlsx")
    text = path.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    catalogue = catalogue_of(made)
    columns = columns_of(catalogue)
    head = rows.index([column.heading for column in columns])
    assert [[cell.strip() for cell in row] for row in rows[head + 1 :]] == [
        [cell.strip() for cell in cells(entry, columns)] for entry in catalogue.entries
    ]


@pytest.mark.slow
def test_the_reply_to_a_firm_is_one_page(office, published: Published, tmp_path: Path) -> None:
    catalogue = catalogue_of(published)
    entry = max(catalogue.entries, key=lambda one: len(one.name))
    line = (
        "达到“一般急需紧缺（★）”分界线的概率：10%。主要原因：培养周期长；建议：学徒制和校企合作。"
    )
    sections = tuple(
        (heading, (line,)) for heading in ("证据", "培训需求", "位次和程度", "征求意见")
    )
    said = "列入目录，第82位，一般急需紧缺（★）。"
    answer = Explanation(
        entry.name, catalogue.title, entry.code, entry.name, True, 1, said, sections
    )
    write_reply(answer, catalogue, tmp_path / "reply.docx")
    [pdf] = office("pdf", tmp_path / "reply.docx")
    assert len(pages(pdf)) == 1


@pytest.mark.slow
def test_drafts_open_with_every_paragraph(office, published: Published) -> None:
    files = [published.folder / f"{name}.docx" for name in ("notice", "explanation")]
    for file, pdf in zip(files, office("pdf", *files), strict=True):
        printed = re.sub(r"\s", "", "".join(pages(pdf)))
        for paragraph in Document(str(file)).paragraphs:
            words = re.sub(r"\s", "", paragraph.text)
            assert words[:12] in printed


@pytest.mark.slow
@pytest.mark.parametrize("rows", [0, 1])
def test_extremes_open_too(rows: int, office, tmp_path: Path) -> None:
    write(make_content(rows), tmp_path, make_profile(), make_settings(), only=("docx", "xlsx"))
    for pdf in office("pdf", tmp_path / "catalogue.docx"):
        assert pages(pdf)
    sheets = load_workbook(tmp_path / "catalogue.xlsx").sheetnames
    assert sheets[0] == "目录"
