"""`index.html`: one self-contained page that citizens search; it asks nothing of any server.

Also the pages of single occupations, made on request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xmdemand.catalogue.content import Catalogue, CatalogueEntry
from xmdemand.publish import formats
from xmdemand.publish.columns import Column, cells, columns_of
from xmdemand.publish.press import Press
from xmdemand.publish.templates import Templates


@dataclass(frozen=True)
class Filter:
    """A drop-down of the page: its key, its label and the choices that occur."""

    key: str
    label: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """An entry on the page: its cells, what it is found by, what it is filtered by."""

    entry: CatalogueEntry
    cells: list[str]
    search: str
    keys: str
    file: str


def render(catalogue: Catalogue, press: Press) -> bytes:
    """The page as bytes."""
    columns = columns_of(catalogue)
    filters = filters_of(catalogue)
    style = _style(press.templates, columns)
    script = press.templates.text("page.js")
    page = press.templates.render(
        "page.html.j2",
        catalogue=catalogue,
        columns=columns,
        filters=filters,
        rows=[_row(entry, columns, filters) for entry in catalogue.entries],
        links=_links(press),
        pages=press.files.get("pages", ""),
        linked_data=_linked_data(catalogue),
        style=style,
        script=script,
        policy=policy(style, script),
    )
    return page.encode()


def render_pages(catalogue: Catalogue, press: Press) -> dict[str, bytes]:
    """A page an occupation, by file name."""
    columns = columns_of(catalogue)
    style = _style(press.templates, ())
    changes = {change.lineage: change for change in catalogue.changes}
    return {
        page_name(entry): press.templates.render(
            "occupation.html.j2",
            catalogue=catalogue,
            entry=entry,
            pairs=list(zip(columns, cells(entry, columns), strict=True)),
            change=changes.get(entry.lineage),
            home=press.files.get("html", ""),
            style=style,
            policy=policy(style, ""),
        ).encode()
        for entry in catalogue.entries
    }


def page_name(entry: CatalogueEntry) -> str:
    """The file name of an occupation's page: its lineage, which lasts, in plain characters.

    >>> page_name(CatalogueEntry(seq=1, lineage="2022:4-10-01-05", code="4-10-01-05", name=""))
    '2022-4-10-01-05.html'
    """
    return re.sub(r"[^0-9A-Za-z-]", "-", entry.lineage) + ".html"


def policy(style: str, script: str) -> str:
    """A content security policy that allows this style and this script, and nothing else."""
    parts = ["default-src 'none'", f"style-src 'sha256-{_digest(style)}'"]
    if script:
        parts.append(f"script-src 'sha256-{_digest(script)}'")
    return "; ".join([*parts, "img-src data:", "base-uri 'none'", "form-action 'none'"])


def script_json(value: object) -> str:
    """JSON that cannot end the script element it stands in.

    >>> script_json("</script>")
    '"\\\\u003c/script\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def filters_of(catalogue: Catalogue) -> tuple[Filter, ...]:
    """The drop-downs worth showing: those with at least two choices among the entries."""
    entries, legend = catalogue.entries, catalogue.legend
    tiers = [formats.stars(key) for key in formats.tiers(catalogue)]
    level_names = _sorted_by(
        (level.name for entry in entries for level in entry.levels),
        [term.name for term in legend.levels],
    )
    found = (
        ("i", "产业领域", _choices((e.industry for e in entries), legend.industries)),
        ("f", "培训领域", _choices((e.field for e in entries), legend.fields)),
        ("d", "需求典型区", _choices(_each(entries, "districts"), legend.districts)),
        ("l", "培训等级", level_names),
        ("g", "适用群体", _choices(_each(entries, "groups"), legend.groups)),
        ("t", "紧缺程度", (*tiers, "未标注") if tiers else ()),
    )
    return tuple(Filter(key, label, names) for key, label, names in found if len(names) > 1)


def search_text(entry: CatalogueEntry) -> str:
    """What the search box looks through: name, code, work types, pinyin and initials."""
    parts = [
        entry.name,
        entry.code,
        entry.code.replace("-", ""),
        *entry.work_types,
        entry.pinyin,
        entry.initials,
    ]
    return " ".join(formats.in_order([part.lower() for part in parts]))


def _each(entries: Iterable[CatalogueEntry], name: str) -> Iterable[str]:
    return (value for entry in entries for value in getattr(entry, name) or ())


def _choices(values: Iterable[str], terms: Sequence[Any]) -> tuple[str, ...]:
    return _sorted_by(values, [term.name for term in terms])


def _sorted_by(values: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    """The values that occur, in the profile's order, then by first appearance."""
    found = formats.in_order(list(values))
    return (*(name for name in order if name in found), *(v for v in found if v not in order))


def _row(entry: CatalogueEntry, columns: Sequence[Column], filters: Sequence[Filter]) -> Row:
    has = {
        "i": [entry.industry],
        "f": [entry.field],
        "d": entry.districts,
        "l": [level.name for level in entry.levels],
        "g": entry.groups or (),
        "t": [formats.stars(entry.stars) or "未标注"],
    }
    keys = [
        f"{choice.key}{at}"
        for choice in filters
        for at, name in enumerate(choice.choices)
        if name in has[choice.key]
    ]
    file = page_name(entry)
    return Row(entry, cells(entry, columns), search_text(entry), " ".join(keys), file)


_ROOMY = {"name": "10em", "levels": "10.5em"}
"""Columns that a browser would squeeze: an occupation on one line, three levels on one."""


def _style(templates: Templates, columns: Sequence[Column]) -> str:
    """The style sheet, with each column's setting and, for phones, its label."""
    wide, narrow = [], []
    for at, column in enumerate(columns, start=1):
        cell = f"#list td:nth-child({at})"
        if column.align != "left":
            wide.append(f"{cell}{{text-align:{column.align}}}")
        if column.nowrap:
            wide.append(f"{cell}{{white-space:nowrap}}")
        if column.phrases:
            wide.append(f"{cell}{{word-break:keep-all;overflow-wrap:break-word}}")
        narrow.append(f"{cell}::before{{content:{_css_string(column.heading)}}}")
        if column.key == "name":
            narrow.append(f"{cell}{{order:-1}}")
        if column.key in _ROOMY:
            wide.append(f"{cell}{{min-width:{_ROOMY[column.key]}}}")
    sheet = templates.text("page.css")
    return (
        f"{sheet}@media print,(min-width:56.01rem){{{''.join(wide)}}}\n"
        f"@media screen and (max-width:56rem){{{''.join(narrow)}}}\n"
    )


def _css_string(text: str) -> str:
    return '"' + "".join(c if c.isalnum() else f"\\{ord(c):x} " for c in text) + '"'


def _links(press: Press) -> list[tuple[str, str]]:
    from xmdemand.publish.write import OUTPUTS

    return [
        (press.files[output.kind], output.title)
        for output in OUTPUTS
        if output.title and output.kind in press.files and output.kind != "html"
    ]


def _linked_data(catalogue: Catalogue) -> str:
    """The catalogue for search engines, after schema.org."""
    place = f"{catalogue.city}{catalogue.district}"
    span = f"{catalogue.reference_start.isoformat()}/{catalogue.reference_end.isoformat()}"
    data: Mapping[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": formats.whole_title(catalogue),
        "description": f"{place}{catalogue.year}年目录，共{len(catalogue.entries)}项",
        "inLanguage": "zh-CN",
        "datePublished": catalogue.issued.isoformat(),
        "temporalCoverage": span,
        "spatialCoverage": {"@type": "Place", "name": place},
        "publisher": {"@type": "GovernmentOrganization", "name": catalogue.bureau},
        "mainEntity": {
            "@type": "ItemList",
            "numberOfItems": len(catalogue.entries),
            "itemListElement": [
                {"@type": "Occupation", "name": entry.name, "occupationalCategory": entry.code}
                for entry in catalogue.entries
            ],
        },
    }
    return script_json(data)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
