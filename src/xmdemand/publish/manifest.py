"""`manifest.json`: what went in, what came out, and what made it, by hash."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from xmdemand.catalogue.record import Record
from xmdemand.filenames import readable
from xmdemand.profile import Profile
from xmdemand.publish.data_files import to_json
from xmdemand.settings import Settings

MANIFEST_VERSION = "1.0"
MADE = frozenset({"out", "consult", "check", "空白表", "freeze.json", "frozen"})
"""What of an edition's folder nobody handed in: what is made, and its steps of life."""
DEPENDENCIES = (
    "jinja2",
    "numpy",
    "openpyxl",
    "pandas",
    "pydantic",
    "pypinyin",
    "python-calamine",
    "python-docx",
    "scipy",
    "statsmodels",
    "typst",
    "zhplot",
)
"""Packages whose version can change an output."""


def sha256(content: bytes) -> str:
    """The hash a manifest records.

    >>> sha256(b"")[:12]
    'e3b0c44298fc'
    """
    return hashlib.sha256(content).hexdigest()


def make_manifest(
    record: Record,
    profile: Profile,
    settings: Settings,
    *,
    outputs: Iterable[Mapping[str, Any]],
    inputs: Sequence[Mapping[str, Any]] = (),
    templates: Mapping[str, str] | None = None,
    fonts: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The manifest of an edition.

    Parameters
    ----------
    record
        The internal record: year, seed, state.
    profile, settings
        Hashed in their validated form, so that a comment changes nothing.
    outputs
        ``kind, file, public, bytes, sha256`` of every file made.
    inputs
        ``file, bytes, sha256`` of every file read (`hash_folder`).
    templates, fonts
        Hash by name of what was used.

    Returns
    -------
    dict
        Ready for JSON. It holds no time of day and no path of this machine.
    """
    return {
        "manifest_version": MANIFEST_VERSION,
        "city": record.catalogue.city,
        "district": record.catalogue.district,
        "year": record.year,
        "state": record.state,
        "seed": record.seed,
        "software": {
            "xmdemand": record.software_version,
            "python": platform.python_version(),
            "dependencies": _versions(),
        },
        "settings": sha256(settings.model_dump_json().encode()),
        "profile": {"key": profile.key, "sha256": sha256(profile.model_dump_json().encode())},
        "inputs": list(inputs),
        "templates": dict(templates or {}),
        "fonts": dict(fonts or {}),
        "outputs": list(outputs),
    }


def render_manifest(manifest: Mapping[str, Any]) -> bytes:
    """`manifest.json`."""
    return to_json(manifest)


def hash_folder(folder: Path) -> list[dict[str, Any]]:
    """Every file below a folder: ``file`` (with /), ``bytes, sha256``, sorted by name.

    Left out are what the software itself makes (the names of `MADE`, `out-<district>`), hidden
    files, and the lock files that Excel and WPS leave beside an open workbook.
    """
    found = []
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith((".", "~$")) for part in parts)
        if hidden or _is_output(parts[0]) or not path.is_file():
            continue
        content = path.read_bytes()
        found.append(
            {"file": readable("/".join(parts)), "bytes": len(content), "sha256": sha256(content)}
        )
    return sorted(found, key=lambda row: row["file"])


def _is_output(top: str) -> bool:
    return top in MADE or top.startswith("out-")


def _versions() -> dict[str, str]:
    versions = {}
    for name in DEPENDENCIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
