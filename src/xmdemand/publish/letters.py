"""Drafts around the release: the notice, the explanation of the policy, an article.

Their words are templates, so a bureau can put its own in an edition's `templates/` folder.
`*.txt.j2` are lines with a mark in front: ``#`` title, ``##`` and ``###`` headings, ``@`` to whom,
``+`` annexes, ``>`` signature, ``>>`` its day, ``~`` a label (right), ``%`` issuing office,
``&`` document number; a line without mark is text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xmdemand.catalogue.content import Catalogue, CatalogueEntry
from xmdemand.catalogue.explanation import Explanation
from xmdemand.outdir import whole_file
from xmdemand.publish import formats
from xmdemand.publish.official_docx import document_bytes, new_document, say
from xmdemand.publish.press import Press, issue_moment
from xmdemand.publish.templates import Templates

MARKS = {
    "### ": "Heading 2",
    "## ": "Heading 1",
    "# ": "公文标题",
    "@ ": "主送机关",
    "> ": "署名",
    ">> ": "成文日期",
    "+ ": "附件说明",
    "~ ": "标注",
    "% ": "公文机关",
    "& ": "公文字号",
}


@dataclass(frozen=True)
class Tally:
    """What the drafts say in numbers: how many rows, by degree, field and kind of change."""

    entries: int
    starred: int
    degrees: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, int], ...]
    changes: tuple[tuple[str, int], ...]
    rates: tuple[tuple[str, str], ...]
    uplift: str
    top: tuple[CatalogueEntry, ...]


def render_notice(catalogue: Catalogue, press: Press) -> bytes:
    """`notice.docx`: a draft 通知; number, signature and date are left to fill in."""
    return _letter("notice.txt.j2", catalogue, press)


def render_explanation(catalogue: Catalogue, press: Press) -> bytes:
    """`explanation.docx`: a draft 政策解读."""
    return _letter("explanation.txt.j2", catalogue, press)


def write_reply(
    answer: Explanation, catalogue: Catalogue, path: Path, *, template_dir: Path | None = None
) -> None:
    """The one page an official sends to a firm that asks; addressee and date are left to fill in.

    Parameters
    ----------
    answer
        Made for somebody outside: `catalogue.explain(..., public=True)`.
    catalogue
        The catalogue it is about.
    path
        Of the docx to write.
    template_dir
        The edition's own templates.

    Raises
    ------
    OutputError
        If the file cannot be written, or a template is broken.
    MissingExtraError
        If python-docx is not installed.
    """
    words = Templates(template_dir).render("reply.txt.j2", answer=answer, catalogue=catalogue)
    content = _document(_marked(words), catalogue)
    with whole_file(path) as fresh:
        fresh.write_bytes(content)


def render_article(catalogue: Catalogue, press: Press) -> bytes:
    """`article.html`: for a public account, which keeps inline styles only."""
    return press.templates.render("article.html.j2", **_values(catalogue)).encode()


def tally(catalogue: Catalogue) -> Tally:
    """Count what the drafts mention."""
    entries = catalogue.entries
    names = formats.tiers(catalogue)
    degrees = Counter(entry.stars for entry in entries)
    fields = Counter(entry.field for entry in entries if entry.field)
    kinds = Counter(change.kind for change in catalogue.changes)
    starred = [entry for entry in entries if entry.stars]
    highest = max((entry.stars for entry in starred), default=0)
    levels = {level.name: level for entry in entries for level in entry.levels if level.subsidy}
    order = [term.name for term in catalogue.legend.levels] or list(levels)
    shares = formats.in_order(
        [formats.percent(v.uplift) for e in starred for v in e.levels if v.uplift]
    )
    return Tally(
        entries=len(entries),
        starred=len(starred),
        degrees=tuple((name, degrees[stars]) for stars, name in names.items()),
        fields=tuple(fields.most_common()),
        changes=tuple((formats.CHANGE_KINDS[k], n) for k, n in kinds.items()),
        rates=tuple((name, formats.rate(levels[name])) for name in order if name in levels),
        uplift=formats.listing(shares),
        top=tuple(entry for entry in entries if highest and entry.stars == highest),
    )


def _values(catalogue: Catalogue) -> dict[str, Any]:
    said = {note.heading: note.text for note in catalogue.notes if note.heading}
    return {"catalogue": catalogue, "tally": tally(catalogue), "said": said}


def letter_lines(template: str, catalogue: Catalogue, press: Press) -> list[tuple[str, str]]:
    """A draft as pairs of style and text."""
    return _marked(press.templates.render(template, **_values(catalogue)))


def _marked(words: str) -> list[tuple[str, str]]:
    lines = words.splitlines()
    marks = [next((mark for mark in MARKS if line.startswith(mark)), "") for line in lines]
    return [
        (MARKS.get(mark, "Normal"), _set(line.removeprefix(mark), MARKS.get(mark)))
        for mark, line in zip(marks, lines, strict=True)
    ]


def _set(words: str, style: str | None) -> str:
    return "\n".join(formats.title_lines(words)) if style == "公文标题" else words


def _letter(template: str, catalogue: Catalogue, press: Press) -> bytes:
    return _document(letter_lines(template, catalogue, press), catalogue)


def _document(lines: list[tuple[str, str]], catalogue: Catalogue) -> bytes:
    title = next((text for style, text in lines if style == "公文标题"), catalogue.title)
    document = new_document(title.replace("\n", ""), catalogue.bureau)
    for style, text in lines:
        say(document, text, style)
    return document_bytes(document, issue_moment(catalogue))
