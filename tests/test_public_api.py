"""The exported names and their signatures are those written down in public_api.txt.

A change of that file is a change of what other people's programs may call: read it in review, tell
it in CHANGELOG.md, and deprecate what goes for one release first (CONTRIBUTING.md). To write it
anew: python tests/test_public_api.py
"""

from __future__ import annotations

import dataclasses
import inspect
import runpy
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import xmdemand

PINNED = Path(__file__).with_name("public_api.txt")
REFERENCE = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "make_reference.py"))


def describe(where: str, item: object) -> Iterator[str]:
    """A name's lines: what it is, its signature, and the public members of a class."""
    if inspect.isclass(item):
        yield f"{where}: class{_signature(item)}"
        for name in _members(item):
            raw = inspect.getattr_static(item, name, None)
            member = raw.__func__ if isinstance(raw, classmethod | staticmethod) else raw
            kind = "classmethod " if isinstance(raw, classmethod) else ""
            signed = _signature(member) if inspect.isfunction(member) else ""
            yield f"{where}.{name}{': ' + kind if kind else ''}{signed}"
    elif callable(item):
        yield f"{where}{_signature(item)}"
    else:
        yield f"{where}: {type(item).__name__}"


def _members(item: type) -> list[str]:
    """Public attributes the package itself defines; dataclass fields stand in the signature."""
    fields = (
        {field.name for field in dataclasses.fields(item)}
        if dataclasses.is_dataclass(item)
        else set()
    )
    own: set[str] = set()
    for base in item.__mro__:
        if base.__module__.startswith("xmdemand"):
            own |= {name for name in vars(base) if not name.startswith("_")}
            own |= set(getattr(base, "model_fields", ()))
    return sorted(own - fields - {"model_config"})


def _signature(item: object) -> str:
    """Names, kinds and plain defaults of parameters; annotations are mypy's business."""
    try:
        signature = inspect.signature(item)
    except (TypeError, ValueError):
        return "(...)"
    parts, star = [], False
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not star:
            parts.append("*")
        star = star or one.kind in (one.KEYWORD_ONLY, one.VAR_POSITIONAL)
        mark = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        default = "" if one.default is one.empty else f"={_plain(one.default)}"
        parts.append(f"{mark}{one.name}{default}")
    return f"({', '.join(parts)})"


def _plain(value: object) -> str:
    simple = value is None or isinstance(value, str | int | float | tuple)
    return repr(value) if simple and len(repr(value)) < 60 else "..."


def public_api() -> str:
    lines = []
    for name in xmdemand.__all__:
        if name != "__version__":
            lines += describe(f"xmdemand.{name}", getattr(xmdemand, name))
    for room in (*REFERENCE["ROOMS"], *REFERENCE["MODULES"]):
        module = import_module(f"xmdemand.{room}")
        for name in REFERENCE["names_of"](room):
            item = getattr(module, name)
            if item is not getattr(xmdemand, name, None):
                lines += describe(f"xmdemand.{room}.{name}", item)
    return "\n".join(lines) + "\n"


def test_exported_names_and_signatures_are_as_written_down():
    assert PINNED.read_text(encoding="utf-8") == public_api(), (
        "the public API differs from tests/public_api.txt; if that is meant, "
        "run: python tests/test_public_api.py"
    )


def test_the_list_holds_defaults_methods_and_rooms():
    text = public_api()
    assert "level=0.9" in text
    assert "xmdemand.Catalogue.search(self, text='', *, district=None" in text
    assert "xmdemand.shortage.rank(" in text


if __name__ == "__main__":
    PINNED.write_text(public_api(), encoding="utf-8", newline="\n")
