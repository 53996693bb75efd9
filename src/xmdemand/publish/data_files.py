"""Files for machines: JSON, its schema and TypeScript types, CSV, the changes, the record."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xmdemand.catalogue.content import Catalogue, CatalogueEntry
from xmdemand.catalogue.record import Record
from xmdemand.publish.columns import cells, columns_of
from xmdemand.publish.press import Press

if TYPE_CHECKING:
    from xmdemand.intake.tables import Tables

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LIST = "|"


def render_json(catalogue: Catalogue, press: Press) -> bytes:
    """`catalogue.json`: the content model itself."""
    return (catalogue.model_dump_json(indent=1) + "\n").encode()


def render_record(record: Record, press: Press, tables: Tables | None) -> bytes:
    """`record.json`: everything; internal."""
    return record_bytes(record)


def record_bytes(record: Record) -> bytes:
    """A record as its file holds it."""
    return (record.model_dump_json(indent=1) + "\n").encode()


def render_schema(catalogue: Catalogue, press: Press) -> bytes:
    """`catalogue.schema.json`: JSON Schema of `catalogue.json`."""
    return to_json(schema())


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `catalogue.json` as the package writes it.

    >>> schema()["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Catalogue.model_json_schema(mode="serialization"),
    }


def render_changes(catalogue: Catalogue, press: Press) -> bytes:
    """`changes.json`: the differences from last year, each with its cause."""
    return to_json(
        {
            "schema_version": catalogue.schema_version,
            "city": catalogue.city,
            "district": catalogue.district,
            "year": catalogue.year,
            "synthetic": catalogue.synthetic,
            "changes": [change.model_dump(mode="json") for change in catalogue.changes],
        }
    )


def render_csv(catalogue: Catalogue, press: Press) -> bytes:
    """`catalogue.csv`: one row an entry, names as in the JSON, raw UTF-8, for machines.

    Lists are joined by ``|``. Text is written as it is, so a spreadsheet program may take it for
    a formula: officials open the Excel-safe variant.
    """
    rows = [_flat(entry) for entry in catalogue.entries]
    header = list(_flat(_BLANK))
    return _csv(header, ([row[key] for key in header] for row in rows)).encode()


def render_excel_csv(catalogue: Catalogue, press: Press) -> bytes:
    """`catalogue.excel.csv`: the printed columns, with a byte-order mark, safe to open in Excel.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    columns = columns_of(catalogue)
    body = ([harmless(text) for text in cells(e, columns)] for e in catalogue.entries)
    return ("\ufeff" + _csv([column.heading for column in columns], body)).encode()


def render_types(catalogue: Catalogue, press: Press) -> bytes:
    """`catalogue.d.ts`: TypeScript types of `catalogue.json`, made from its schema."""
    whole = schema()
    parts = ["// Types of catalogue.json, made from catalogue.schema.json.", ""]
    for name, definition in sorted({**whole["$defs"], "Catalogue": whole}.items()):
        parts += [*_interface(name, definition), ""]
    return "\n".join(parts).encode()


def to_json(value: object) -> bytes:
    """JSON with stable layout, Chinese as it is, and no NaN."""
    return (json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def harmless(text: str) -> str:
    """Text that no spreadsheet program takes for a formula.

    >>> harmless("=1+1"), harmless("电工")
    ("'=1+1", '电工')
    """
    return f"'{text}" if text.lstrip(" \u3000").startswith(_FORMULA) else text


_BLANK = CatalogueEntry(seq=1, lineage="", code="", name="", field="", levels=(), stars=0)


def _flat(entry: CatalogueEntry) -> dict[str, str]:
    """An entry as one row: nested parts become columns, lists are joined."""
    row: dict[str, str] = {}
    for key, value in entry.model_dump(mode="json").items():
        if key == "levels":
            row["levels"] = _LIST.join(level["key"] for level in value)
            for part in ("name", "subsidy", "uplift"):
                row[f"level_{part}s"] = _LIST.join(_plain(level[part]) for level in value)
        elif key == "demand":
            demand = value or {"value": None, "unit": "", "withheld": ""}
            row |= {"demand": _plain(demand["value"]), "demand_unit": demand["unit"]}
            row["demand_withheld"] = demand["withheld"]
        else:
            row[key] = _plain(value)
    return row


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _LIST.join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


def _interface(name: str, definition: Mapping[str, Any]) -> list[str]:
    lines = [f"/** {definition['description'].splitlines()[0]} */"]
    lines.append(f"export interface {name} {{")
    required = set(definition.get("required", ()))
    for key, part in definition["properties"].items():
        if "description" in part:
            lines.append(f"  /** {part['description']} */")
        lines.append(f"  readonly {key}{'' if key in required else '?'}: {_type(part)};")
    return [*lines, "}"]


def _type(part: Mapping[str, Any]) -> str:
    """The TypeScript type of a JSON Schema fragment as pydantic writes them."""
    if "$ref" in part:
        return part["$ref"].rsplit("/", 1)[-1]
    if "allOf" in part:  # how pydantic below 2.9 writes a reference with a default
        return _type(part["allOf"][0])
    if "anyOf" in part:
        return " | ".join(_type(option) for option in part["anyOf"])
    if "enum" in part or "const" in part:
        values = part.get("enum", [part.get("const")])
        return " | ".join(json.dumps(value) for value in values)
    if part["type"] == "array":
        inner = _type(part["items"]) if "items" in part else "unknown"
        return f"ReadonlyArray<{inner}>"
    simple = {"integer": "number", "null": "null"}
    return simple.get(part["type"], part["type"])
