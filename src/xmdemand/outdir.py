"""Writing whole: every document of a folder is new, or all stay as they were; a file likewise."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from xmdemand.errors import OutputError, XmdemandError
from xmdemand.notes import Note, why_not


@contextmanager
def exclusive(folder: Path) -> Iterator[None]:
    """Hold `folder` against a second build; the lock goes when the process ends, however it ends.

    Raises
    ------
    OutputError
        If another process holds it.
    """
    lock = FileLock(folder / ".build.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise OutputError.told(Note("edition.busy", where=str(folder))) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def replaced(target: Path, *, keep: bool = False) -> Iterator[Path]:
    """Give an empty folder to write into; it takes the place of `target` if all goes well.

    Parameters
    ----------
    target
        The folder to be replaced. What a killed run left half way is put right first.
    keep
        Start from a copy of what `target` holds (only some documents are made anew).

    Raises
    ------
    OutputError
        If a document in `target` is held open.
    """
    aside = target.with_name(f".{target.name}.previous")
    _recover(target, aside)
    _refuse_open(target)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
    try:
        if keep and target.exists():
            shutil.copytree(target, fresh, dirs_exist_ok=True)
        yield fresh
        fresh.chmod(0o755)
        _swap(fresh, target, aside)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a name to write under; the file takes the place of `path` if all goes well.

    Raises
    ------
    OutputError
        If the file cannot be written: it is open in another program, say.
    """
    fresh = path.with_name(f".{path.name}.new")
    try:
        yield fresh
        os.replace(fresh, path)
    except XmdemandError:
        raise
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        fresh.unlink(missing_ok=True)


def _recover(target: Path, aside: Path) -> None:
    """Undo what a killed run left: a missing target, or folders nobody will finish."""
    if aside.exists():
        if target.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(target)
    for left in target.parent.glob(f".{target.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)


def _swap(fresh: Path, target: Path, aside: Path) -> None:
    moved = False
    try:
        if target.exists():
            os.replace(target, aside)
            moved = True
        os.replace(fresh, target)
    except BaseException as error:
        if moved and not target.exists():
            os.replace(aside, target)
        if isinstance(error, PermissionError):
            raise held_open(_name_held(target)) from error
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _refuse_open(target: Path) -> None:
    """Office programs leave an owner file beside an open document; tell before working."""
    held = [
        *(path.name.removeprefix("~$") for path in target.glob("~$*")),
        *(path.name.removeprefix(".~lock.").removesuffix("#") for path in target.glob(".~lock.*#")),
    ]
    if held:
        raise held_open(sorted(held))


def held_open(names: list[str]) -> OutputError:
    """The error for documents that another program holds open."""
    return OutputError.told(Note("edition.held_open", fields={"files": "、".join(names)}))


def unwritable(path: Path, error: OSError) -> OutputError:
    """The error for a file the operating system does not let us write."""
    return OutputError.told(Note("edition.unwritable", str(path), fields={"why": why_not(error)}))


def _name_held(target: Path) -> list[str]:
    """The documents that cannot be opened for writing, for the message."""
    held = []
    for path in sorted(target.rglob("*")):
        try:
            with path.open("r+b"):
                pass
        except (PermissionError, IsADirectoryError):
            if path.is_file():
                held.append(path.name)
    return held or [target.name]
