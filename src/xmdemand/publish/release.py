"""Handing the public documents over to the folder a web server reads, as a whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from xmdemand.errors import InputError, OutputError
from xmdemand.notes import Note
from xmdemand.outdir import replaced
from xmdemand.profile import Profile
from xmdemand.publish.verify import verify
from xmdemand.publish.write import OUTPUTS, file_names
from xmdemand.settings import Settings


def release(
    folder: Path, out: Path, target: Path, profile: Profile, settings: Settings
) -> tuple[Path, ...]:
    """Verify an edition's documents, then put the public ones into `target` in place of the last.

    Parameters
    ----------
    folder, out
        The edition and its documents.
    target
        The folder to fill; made if absent. It may hold nothing but an earlier release.
    profile, settings
        The edition's own.

    Returns
    -------
    tuple of Path
        The files in `target`. Internal documents (evidence, record, manifest) are never among them.

    Raises
    ------
    NotFoundError
        If nothing was built.
    OutputError
        If inputs or documents are not as they were when the edition was built.
    InputError
        If `target` holds files that are no public documents.
    """
    found = verify(folder, out, profile, settings)
    if not found.good:
        wrong = sorted({check.file for check in found.checks if not check.good})
        fields = {"files": _named(wrong)}
        raise OutputError.told(Note("publish.not_as_built", str(folder), len(wrong), fields=fields))
    names = file_names(profile)
    public = {names[output.kind] for output in OUTPUTS if output.public}
    foreign = [name for name in _tops(target) if name not in public]
    if foreign:
        fields = {"files": _named(foreign)}
        raise InputError.told(Note("publish.not_a_release", str(target), fields=fields))
    target.parent.mkdir(parents=True, exist_ok=True)
    with replaced(target) as fresh:
        for name in sorted(public & set(_tops(out))):
            copy = shutil.copytree if (out / name).is_dir() else shutil.copyfile
            copy(out / name, fresh / name)
    return tuple(sorted(path for path in target.rglob("*") if path.is_file()))


def _tops(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def _named(files: Iterable[str]) -> str:
    files = list(files)
    return "、".join(files[:5]) + (f" …（{len(files)}）" if len(files) > 5 else "")
