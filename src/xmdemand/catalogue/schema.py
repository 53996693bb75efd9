"""What a portal needs to read `catalogue.json`: its JSON Schema and the same as TypeScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xmdemand.catalogue.content import SCHEMA_VERSION, Catalogue
from xmdemand.catalogue.fields import FIELDS


def catalogue_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `catalogue.json`.

    >>> catalogue_schema()["title"]
    'Catalogue'
    """
    schema = Catalogue.model_json_schema(mode="serialization")
    for name, words in FIELDS.items():
        model = schema if name == schema["title"] else schema["$defs"][name]
        for field, told in words.items():
            model["properties"][field].setdefault("description", told)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"catalogue-{SCHEMA_VERSION}.schema.json",
        **schema,
    }


def typescript_types() -> str:
    """TypeScript interfaces of `catalogue.json`, made from its schema.

    >>> print(typescript_types().splitlines()[0])
    // catalogue.json, schema version 1.0. Made from the JSON Schema beside it; do not edit.
    """
    schema = catalogue_schema()
    head = (
        f"// catalogue.json, schema version {SCHEMA_VERSION}. "
        "Made from the JSON Schema beside it; do not edit.\n"
    )
    definitions = {**schema["$defs"], "Catalogue": schema}
    return head + "".join(_interface(name, definitions[name]) for name in sorted(definitions))


def _interface(name: str, schema: Mapping[str, Any]) -> str:
    lines = [*_comment(schema, ""), f"export interface {name} {{"]
    required = set(schema.get("required", ()))
    for key, field in schema["properties"].items():
        lines += _comment(field, "  ")
        lines.append(f"  {key}{'' if key in required else '?'}: {type_of(field)};")
    return "\n" + "\n".join([*lines, "}"]) + "\n"


def _comment(schema: Mapping[str, Any], indent: str) -> list[str]:
    words = " ".join(str(schema.get("description", "")).split()).replace("*/", "* /")
    return [f"{indent}/** {words} */"] if words else []


def type_of(schema: Mapping[str, Any]) -> str:
    """A field's type in TypeScript's words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(type_of(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(_literal(value) for value in schema["enum"])
    if "const" in schema:
        return _literal(schema["const"])
    if schema["type"] == "array":
        inner = type_of(schema["items"]) if "items" in schema else "unknown"
        return f"readonly ({inner})[]" if " | " in inner else f"readonly {inner}[]"
    plain = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
    return plain.get(schema["type"], "null")


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
