"""Is what lies in an output folder still what was made, from what was handed in?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmdemand.catalogue.content import Catalogue
from xmdemand.errors import InputError, NotFoundError
from xmdemand.publish.manifest import hash_folder, sha256
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
    if not path.is_file():
        raise NotFoundError(f"{path} does not exist: nothing was built there yet")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        recorded = {row["file"]: row["sha256"] for row in manifest["outputs"]}
        handed_in = {row["file"]: row["sha256"] for row in manifest["inputs"]}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not a manifest: {error!r}") from error
    found = {
        file.relative_to(out).as_posix(): sha256(file.read_bytes())
        for file in out.rglob("*")
        if file.is_file() and file != path
    }
    inputs = {row["file"]: row["sha256"] for row in hash_folder(folder)}
    return Verified(
        (
            *_compare("input", handed_in, inputs),
            *_compare("output", recorded, found),
            *_render_again(folder, out, profile, settings, manifest),
        )
    )


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
