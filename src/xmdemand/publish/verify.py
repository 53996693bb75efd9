"""Is what lies in an output folder still what was made, from what was handed in?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmdemand.catalogue.content import Catalogue
from xmdemand.catalogue.record import load_record
from xmdemand.errors import InputError, NotFoundError
from xmdemand.notes import Note
from xmdemand.publish.data_files import record_bytes
from xmdemand.publish.manifest import hash_folder, render_manifest, sha256
from xmdemand.publish.press import Press
from xmdemand.publish.templates import Templates
from xmdemand.publish.write import MANIFEST, OUTPUTS, file_names
from xmdemand.results import Result

if TYPE_CHECKING:
    import pandas as pd

    from xmdemand.profile import Profile
    from xmdemand.settings import Settings


@dataclass(frozen=True)
class Check:
    """One thing looked at: an input or output against the manifest, or an output made again."""

    file: str
    what: str
    state: str

    @property
    def good(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.state == "same"


@dataclass(frozen=True)
class Verified(Result):
    """What `verify` found.

    Attributes
    ----------
    checks
        Each file with what was looked at (``input, output, rendered``) and its state (``same,
        changed, missing, new``).
    """

    checks: tuple[Check, ...]

    @property
    def good(self) -> bool:
        """Whether every check is good."""
        return all(check.good for check in self.checks)

    @property
    def frame(self) -> pd.DataFrame:
        """``file, what, state``."""
        import pandas as pd

        rows = [(check.file, check.what, check.state) for check in self.checks]
        return pd.DataFrame(rows, columns=["file", "what", "state"])


def verify(folder: Path, out: Path, profile: Profile, settings: Settings) -> Verified:
    """Hash inputs and outputs again, and render the public files again from the data file alone.

    Parameters
    ----------
    folder
        The edition's folder, whose files were hashed as inputs.
    out
        The folder of documents, with its manifest.
    profile, settings
        The edition's own.

    Raises
    ------
    NotFoundError
        If there is no manifest: nothing was built there.
    InputError
        If the manifest cannot be read.
    """
    path = out / profile.files.get("manifest", MANIFEST)
    manifest = _read_manifest(path)
    found = {
        file.relative_to(out).as_posix(): sha256(file.read_bytes())
        for file in out.rglob("*")
        if file.is_file() and file != path
    }
    return Verified(
        (
            *_compare("input", _hashes(manifest["inputs"]), _hashes(hash_folder(folder))),
            *_compare("output", _hashes(manifest["outputs"]), found),
            *_render_again(folder, out, profile, settings, manifest),
        )
    )


def stale_inputs(folder: Path, out: Path, profile: Profile) -> tuple[str, ...]:
    """Files of an edition that are not as they were when its documents were made.

    Raises
    ------
    NotFoundError, InputError
        As `verify`.
    """
    manifest = _read_manifest(out / profile.files.get("manifest", MANIFEST))
    made_from = _hashes(manifest["inputs"])
    checks = _compare("input", made_from, _hashes(hash_folder(folder)))
    return tuple(check.file for check in checks if not check.good)


def restate(out: Path, profile: Profile, state: str) -> None:
    """Write an edition's new state into the record and the manifest beside it.

    No public file holds the state, so these two are all that tell of it.

    Parameters
    ----------
    out
        The folder of documents. Making the whole atomic is the caller's part.
    profile
        Names of the files.
    state
        One of ``draft, consultation, signed, published``.
    """
    names = file_names(profile)
    record, manifest = out / names["record"], out / names["manifest"]
    told = load_record(record).model_copy(update={"state": state})
    content = record_bytes(told)
    listed = _read_manifest(manifest) | {"state": state}
    for row in listed["outputs"]:
        if row["kind"] == "record":
            row.update(bytes=len(content), sha256=sha256(content))
    record.write_bytes(content)
    manifest.write_bytes(render_manifest(listed))


def _read_manifest(path: Path) -> dict[str, Any]:
    """A manifest whose lists of files can be relied on."""
    if not path.is_file():
        raise NotFoundError.told(Note("publish.not_built", str(path)))
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for part in ("inputs", "outputs"):
            _hashes(manifest[part])
    except (ValueError, KeyError, TypeError) as error:
        note = Note("publish.not_a_manifest", str(path), fields={"foreign": repr(error)})
        raise InputError.told(note) from error
    return manifest


def _hashes(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {row["file"]: row["sha256"] for row in rows}


def _compare(what: str, before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Check]:
    for file in sorted(before.keys() | now.keys()):
        if file not in now:
            state = "missing"
        elif file not in before:
            state = "new"
        else:
            state = "same" if before[file] == now[file] else "changed"
        yield Check(file, what, state)


def _render_again(
    folder: Path, out: Path, profile: Profile, settings: Settings, manifest: Mapping[str, Any]
) -> Iterator[Check]:
    """The public files, rendered from the data file and nothing else."""
    names = file_names(profile)
    made = {row["kind"]: row["file"] for row in manifest["outputs"] if row["public"]}
    if "json" not in made or not (out / made["json"]).is_file():
        return
    catalogue = Catalogue.load(out / made["json"])
    press = Press(
        templates=Templates(folder / "templates"),
        settings=settings,
        files={kind: names[kind] for kind in made},
        folder=folder,
    )
    for output in OUTPUTS:
        file = out / names[output.kind]
        if output.kind in made and output.public and file.is_file():
            again = output.renderer()(catalogue, press)
            same = isinstance(again, bytes) and again == file.read_bytes()
            yield Check(names[output.kind], "rendered", "same" if same else "changed")
