"""`inputs/mapping.toml`: what a person confirmed about headings, and the draft that asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from xmdemand.errors import InputError
from xmdemand.intake.columns import KINDS
from xmdemand.intake.headings import IGNORE, heading_key
from xmdemand.notes import Note
from xmdemand.tomlfile import read_toml

SKIP = "skip"
"""Said of a file's kind: it is not to be read."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a person confirmed.

    Attributes
    ----------
    columns
        Kind -> heading (as `heading_key` writes it) -> column name, or ``-`` for no column.
    kinds
        ``(pattern of file!sheet, kind)`` in the order of the file; the first that fits counts.
    files
        ``(pattern of file!sheet, columns)``: what holds for those files only, before `columns`.
    """

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    kinds: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, Mapping[str, Mapping[str, str]]], ...] = ()

    def kind_of(self, file: str, sheet: str) -> str:
        """The kind a person gave a sheet, ``skip``, or nothing."""
        for pattern, kind in self.kinds:
            if _fits(pattern, file, sheet):
                return kind
        return ""

    def columns_of(self, file: str, sheet: str) -> Mapping[str, Mapping[str, str]]:
        """Kind -> heading -> column as it holds for a sheet; what names its file goes first."""
        own = [columns for pattern, columns in self.files if _fits(pattern, file, sheet)]
        if not own:
            return self.columns
        merged = {kind: dict(headings) for kind, headings in self.columns.items()}
        for columns in reversed(own):  # the first that fits counts
            for kind, headings in columns.items():
                merged.setdefault(kind, {}).update(headings)
        return merged


def _fits(pattern: str, file: str, sheet: str) -> bool:
    return fnmatch(f"{file}!{sheet}", pattern) or fnmatch(file, pattern)


def read_mapping(path: Path) -> Confirmed:
    """Read `mapping.toml`.

    ``[kinds]`` holds ``"pattern of a file" = "kind"`` (or ``"skip"``); a table named as a kind
    holds ``"heading" = "column"`` (or ``"-"``) for all files, and
    ``[files."pattern of a file".kind]`` the same for some.

    Raises
    ------
    InputError
        If the file is no TOML, or names kinds or columns that do not exist; all at once.
    """
    if not path.is_file():
        return Confirmed()
    tables = read_toml(path)[0]
    raw = {name: table for name, table in tables.items() if isinstance(table, dict)}
    wrong = [f"{name!r} = {value!r}" for name, value in tables.items() if name not in raw]
    kinds = {str(k): str(v) for k, v in raw.pop("kinds", {}).items()}
    wrong += [f"kinds.{k!r} = {v!r}" for k, v in kinds.items() if v not in {*KINDS, SKIP}]
    files = raw.pop("files", {})
    columns = _columns(raw, "", wrong)
    of_files = tuple(
        (str(pattern), _columns(own, f"files.{pattern!r}.", wrong))
        for pattern, own in files.items()
    )
    if wrong:
        raise InputError.told(
            Note(
                "intake.mapping_unknown",
                str(path),
                fields={"wrong": ", ".join(wrong), "kinds": ", ".join(KINDS), "skip": SKIP},
            )
        )
    return Confirmed(columns, tuple(kinds.items()), of_files)


def _columns(raw: object, where: str, wrong: list[str]) -> dict[str, dict[str, str]]:
    """Kind -> heading as `heading_key` writes it -> column; adds to `wrong` what does not exist."""
    columns: dict[str, dict[str, str]] = {}
    if not isinstance(raw, Mapping):
        wrong.append(f"{where[:-1]} = {raw!r}")
        return columns
    for kind, headings in raw.items():
        if kind not in KINDS or not isinstance(headings, Mapping):
            wrong.append(f"[{where}{kind}]")
            continue
        known = {column.name for column in KINDS[kind].columns} | {IGNORE}
        wrong += [f"{where}{kind}.{h!r} = {c!r}" for h, c in headings.items() if c not in known]
        columns[kind] = {heading_key(heading): column for heading, column in headings.items()}
    return columns


def draft_mapping(proposals: pd.DataFrame) -> str:
    """A `mapping.toml` to confirm: every open question as a commented line.

    Parameters
    ----------
    proposals
        `Tables.proposals`.
    """
    lines = [
        '# 去掉行首的 # 即确认；不对的改成正确的列名，没有对应列的写 "-"。',
        "# 一次确认对所有文件的同名表头有效；只对部分文件有效的，",
        '# 写在 [files."某区/*.xlsx".employers] 之下。',
    ]
    unknown = proposals[proposals["kind"] == ""]
    if len(unknown):
        lines += ["", "[kinds]"]
        for row in unknown.drop_duplicates("file").to_dict("records"):
            lines.append(f'# "{row["file"]}" = "{row["column"] or "employers"}"  # 或 {SKIP}')
    for kind in KINDS:
        rows = proposals[proposals["kind"] == kind].drop_duplicates("heading")
        if len(rows):
            lines += ["", f"[{kind}]"]
            for row in rows.to_dict("records"):
                heading = str(row["heading"]).replace("\\", "\\\\").replace('"', '\\"')
                lines.append(
                    f'# "{heading}" = "{row["column"]}"'
                    f"  # {row['header']}，相似度 {row['score']:.2f}，见 {row['file']}"
                )
    return "\n".join(lines) + "\n"
