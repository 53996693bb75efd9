"""PDF and Word: what is in them, how they are built, and that broken input is refused."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from publish_city import make_profile, make_settings
from publish_fixture import ROWS, make_catalogue, make_content

from xmdemand.errors import MissingExtraError, OutputError
from xmdemand.publish import Published, write
from xmdemand.publish.official_docx import PARAGRAPH_ORDER

pikepdf = pytest.importorskip("pikepdf")


def needed(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not on this machine")
    return path


def squeezed(text: str) -> str:
    """Without white space and width differences: wrapped cells read as one word."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def pdf_texts(path: Path) -> list[str]:
    """The text in reading order and in layout order: no single mode keeps every wrapped name."""
    program = needed("pdftotext")
    return [
        squeezed(
            subprocess.run(
                [program, *mode, str(path), "-"], capture_output=True, check=True
            ).stdout.decode()
        )
        for mode in ((), ("-raw",))
    ]


@pytest.mark.parametrize("run", ["published", "hostile"])
def test_every_name_and_code_is_in_the_pdf(run: str, request: pytest.FixtureRequest) -> None:
    made: Published = request.getfixturevalue(run)
    texts = pdf_texts(made.folder / "catalogue.pdf")
    catalogue = make_catalogue(ROWS) if run == "published" else make_catalogue(30, hostile=True)
    for entry in catalogue.entries:
        for word in (entry.name, entry.code):
            assert any(squeezed(word) in text for text in texts), word


def test_all_fonts_are_embedded_and_can_be_copied_from(published: Published) -> None:
    program = needed("pdffonts")
    for name in ("catalogue.pdf", "method.pdf"):
        path = str(published.folder / name)
        listed = subprocess.run([program, path], capture_output=True, check=True).stdout.decode()
        rows = [line.split() for line in listed.splitlines()[2:]]
        assert rows
        for row in rows:
            assert "Type 3" not in " ".join(row)
            assert row[-5:-2] == ["yes", "yes", "yes"], "embedded, subset, with Unicode"


def tags(path: Path) -> Counter[str]:
    counts: Counter[str] = Counter()

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for part in node:
                walk(part)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                counts[str(node["/S"])] += 1
            if "/K" in node:
                walk(node["/K"])

    with pikepdf.open(path) as pdf:
        assert str(pdf.Root.Lang).startswith("zh")
        assert bool(pdf.Root.MarkInfo.Marked)
        box = pdf.pages[0].mediabox
        assert sorted((round(float(box[2])), round(float(box[3])))) == [595, 842]
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
            assert metadata["pdfuaid:part"] == "1"
        walk(pdf.Root.StructTreeRoot)
    return counts


def test_the_pdf_is_tagged_row_by_row(published: Published) -> None:
    found = tags(published.folder / "catalogue.pdf")
    catalogue = make_catalogue(ROWS)
    assert found["/Table"] == 2
    assert found["/TR"] == ROWS + 1 + len(catalogue.changes) + 1
    assert found["/TH"] == len(catalogue.columns) + 6


def test_figures_have_words_in_the_method_pdf(published: Published) -> None:
    assert tags(published.folder / "method.pdf")["/Figure"] == 4


def test_a_character_without_a_glyph_is_refused_by_name(tmp_path: Path) -> None:
    catalogue = make_catalogue(3)
    entry = catalogue.entries[1].model_copy(update={"name": "𰀀面制作工"})
    content = make_content(3, entries=(catalogue.entries[0], entry, catalogue.entries[2]))
    with pytest.raises(OutputError, match=r"no font has 𰀀 \(U\+30000, rows 2 4\).*\[fonts\] dir"):
        write(content, tmp_path, make_profile(), make_settings(), only=("pdf",))


def test_a_broken_template_is_named_with_its_line(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    cases = {
        "catalogue.typ": ("pdf", '#import "official.typ": official\n\n#nothing\n', "line 3"),
        "page.html.j2": ("html", "<p>\n{% if %}\n", "line 2"),
        "method.html.j2": ("method", "\n\n\n{{ catalogue.nothing }}", "line 4"),
        "notice.txt.j2": ("notice", "\n{{ 1 / 0 }}", "line 2"),
        "page.css": ("html", b"a\n\xff\xfe", "line 2"),
    }
    for name, (kind, text, says) in cases.items():
        path = own / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(OutputError) as caught:
            write(
                make_content(2),
                tmp_path / "out",
                make_profile(),
                make_settings(),
                only=(kind,),
                template_dir=own,
            )
        assert f"{path}, {says}" in str(caught.value)
        path.unlink()


def test_one_template_can_be_replaced_alone(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    (own / "notice.txt.j2").write_text("# 本局自己的通知\n正文", encoding="utf-8")
    made = write(
        make_content(2),
        tmp_path / "out",
        make_profile(),
        make_settings(),
        only=("notice", "explanation"),
        template_dir=own,
    )
    words = [p.text for p in Document(str(made.folder / "notice.docx")).paragraphs]
    assert words == ["本局自己的通知", "正文"]
    assert "起草背景" in "".join(
        p.text for p in Document(str(made.folder / "explanation.docx")).paragraphs
    )


def test_the_word_table_repeats_its_head_and_never_splits_a_row(published: Published) -> None:
    document = Document(str(published.folder / "catalogue.docx"))
    table = document.tables[0]
    rows = table._tbl.tr_lst
    assert len(rows) == ROWS + 1
    assert rows[0].trPr.find(qn("w:tblHeader")) is not None
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert [row.trPr.find(qn("w:tblHeader")) for row in rows[1:]] == [None] * ROWS


def out_of_order(root: Any) -> list[str]:
    """Paragraph and table properties that stand where the schema does not let them."""
    orders = {"pPr": PARAGRAPH_ORDER, "tblPr": TABLE_ORDER}
    found = []
    for name, order in orders.items():
        for properties in root.iter(qn(f"w:{name}")):
            places = [order.index(child.tag.split("}")[1]) for child in properties]
            if places != sorted(places):
                found.append(properties.getparent().tag)
    return found


TABLE_ORDER = (
    *("tblStyle", "tblpPr", "tblOverlap", "bidiVisual", "tblStyleRowBandSize"),
    *("tblStyleColBandSize", "tblW", "jc", "tblCellSpacing", "tblInd", "tblBorders", "shd"),
    *("tblLayout", "tblCellMar", "tblLook"),
)
"""Children of `w:tblPr` in the order of ECMA-376, part 1, 17.4.59."""


@pytest.mark.parametrize("name", ["catalogue", "notice", "explanation"])
def test_word_files_keep_the_order_of_the_schema(name: str, published: Published) -> None:
    """Word calls a file damaged whose properties stand in another order; LibreOffice does not."""
    document = Document(str(published.folder / f"{name}.docx"))
    footers = [document.sections[0].footer, document.sections[0].even_page_footer]
    for root in (document.element, document.styles.element, *(each._element for each in footers)):
        assert out_of_order(root) == []


def test_word_keeps_its_looks_in_styles(published: Published) -> None:
    document = Document(str(published.folder / "catalogue.docx"))
    for name, font in (("Normal", "仿宋_GB2312"), ("公文标题", "方正小标宋简体"), ("表头", "黑体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert not [key for key in fonts.attrib if key.endswith("Theme")]
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    assert not [run.text for run in runs if run._r.rPr is not None]
    section = document.sections[0]
    assert section.page_width > section.page_height
    assert "PAGE" in section.footer.paragraphs[0]._p.xml
    assert document.core_properties.created.isoformat().startswith("2026-05-20")


def test_without_the_extra_an_output_is_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "docx", None)
    monkeypatch.setitem(sys.modules, "typst", None)
    made = write(make_content(2), tmp_path, make_profile(), make_settings())
    left = {note.fields["kind"] for note in made.notes}
    assert left == {"pdf", "docx", "method_pdf", "notice", "explanation"}
    assert "xmdemand[docx]" in "".join(note.say("zh") for note in made.notes)
    assert (tmp_path / "index.html").is_file()
    assert "catalogue.pdf" not in (tmp_path / "index.html").read_text(encoding="utf-8")
    with pytest.raises(MissingExtraError, match=r"xmdemand\[pdf\]"):
        write(make_content(2), tmp_path, make_profile(), make_settings(), only=("pdf",))


def test_an_empty_font_folder_is_refused(tmp_path: Path) -> None:
    settings = make_settings(fonts={"dir": "no-such-folder"})
    with pytest.raises(OutputError, match=r"\[fonts\] dir: .*no-such-folder does not exist"):
        write(make_content(2), tmp_path, make_profile(), settings, only=("pdf",), inputs=tmp_path)


def test_workbooks_open_in_calamine(published: Published) -> None:
    from python_calamine import CalamineWorkbook

    content = (published.folder / "catalogue.xlsx").read_bytes()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["目录", "说明", "较上年调整"]
    rows = book.get_sheet_by_name("目录").to_python()
    assert len(rows) == ROWS + 3


def test_the_notice_may_stand_before_the_list_under_its_red_head(tmp_path: Path) -> None:
    settings = make_settings(output={"red_head": True})
    write(make_content(5), tmp_path, make_profile(), settings, only=("pdf",))
    with pikepdf.open(tmp_path / "catalogue.pdf") as pdf:
        shapes = [float(page.mediabox[2]) < float(page.mediabox[3]) for page in pdf.pages]
    assert shapes[0], "the notice stands upright"
    assert not shapes[-1], "the list lies"
    text = pdf_texts(tmp_path / "catalogue.pdf")[0]
    assert "关于公布" in text
    assert "〔2026〕号" in text


def test_the_list_breaks_no_heading_within_a_word_and_leaves_no_mark_alone(
    published: Published,
) -> None:
    path = published.folder / "catalogue.pdf"
    with pikepdf.open(path) as pdf:
        assert str(pdf.docinfo["/Title"]).endswith("指导目录（示例数据，非真实统计）")
    told = subprocess.run(
        [needed("pdftotext"), "-tsv", str(path), "-"], capture_output=True, check=True
    ).stdout.decode()
    words = [line.split("\t")[-1] for line in told.splitlines()]
    assert "急需紧缺" in words
    assert not {"急需紧", "缺程度", "L", "S", "L/S"} & set(words)
