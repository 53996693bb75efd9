"""Results of a stage kept between runs, so a notebook and the command line share work.

A result is keyed by the stage, the package's own source, and everything the stage was given: if
one input changes, only what depends on it is computed again. The files live in the user's own
cache folder and never in an edition, so an edition received from somebody else brings none.

Set the environment variable `XMDEMAND_CACHE` to a folder, or to ``off``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import os
import pickle
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from platformdirs import user_cache_path

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

KEEP = 60
"""How many results stay; the longest unused go first."""


def folder() -> Path | None:
    """Where results are kept; None if keeping is switched off."""
    chosen = os.environ.get("XMDEMAND_CACHE", "")
    if chosen.lower() in {"off", "0", "no"}:
        return None
    return Path(chosen) if chosen else user_cache_path("xmdemand", appauthor=False)


def fingerprint(*parts: object) -> str:
    """A hash of values, frames and files, the same in every process.

    Parameters
    ----------
    *parts
        Frames and arrays are hashed by labels and values, paths by content (folders by their
        files), dataclasses, mappings and sequences by their members, models by their JSON and
        everything else by its printed form.

    Examples
    --------
    >>> fingerprint(1, "a") == fingerprint(1, "a") != fingerprint(1, "b")
    True
    """
    digest = hashlib.sha256()
    for part in parts:
        digest.update(_bytes_of(part))
        digest.update(b"\0")
    return digest.hexdigest()


def _bytes_of(part: Any) -> bytes:
    if isinstance(part, Path):
        return _hash_files(part).encode()
    if hasattr(part, "to_csv") and hasattr(part, "index"):
        return _hash_frame(part)
    if hasattr(part, "tobytes"):
        return f"{part.dtype}{part.shape}".encode() + part.tobytes()
    if hasattr(part, "to_frame"):
        return _hash_frame(part.to_frame())
    if hasattr(part, "model_dump_json"):
        return str(part.model_dump_json()).encode()
    if dataclasses.is_dataclass(part):
        members = ((item.name, getattr(part, item.name)) for item in dataclasses.fields(part))
        return fingerprint(type(part).__name__, *itertools.chain(*members)).encode()
    if isinstance(part, Mapping):
        return fingerprint(*itertools.chain(*sorted(part.items()))).encode()
    if isinstance(part, tuple | list):
        return fingerprint(len(part), *part).encode()
    return repr(part).encode()


def _hash_frame(frame: pd.DataFrame) -> bytes:
    import pandas as pd

    frame = pd.DataFrame(frame)
    plain = frame.astype({c: str for c in frame.columns if frame[c].dtype == object})
    rows = pd.util.hash_pandas_object(plain, index=True).to_numpy()
    return repr([*frame.columns, *frame.index.names]).encode() + rows.tobytes()


def _hash_files(path: Path) -> str:
    paths = sorted(path.rglob("*")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for item in paths:
        if item.is_file():
            digest.update(os.fsencode(item.relative_to(path.parent).as_posix()))
            digest.update(hashlib.sha256(item.read_bytes()).digest())
    return digest.hexdigest()


@cache
def _software() -> str:
    """A hash of the package's own source: changed code never meets a result of older code."""
    return _hash_files(Path(str(files("xmdemand"))))


def remembered(stage: str, compute: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """The kept result of ``compute(*args, **kwargs)``, or a new one that is then kept.

    A file that cannot be read counts as absent; a folder that cannot be written is no error.
    """
    home = folder()
    if home is None:
        return compute(*args, **kwargs)
    path = home / f"{stage}-{fingerprint(_software(), args, kwargs)[:32]}.pickle"
    kept = _load(path)
    if kept is not None:
        path.touch()
        result: T = kept[0]
        return result
    result = compute(*args, **kwargs)
    _store(path, (result,))
    return result


def _load(path: Path) -> tuple[Any] | None:
    try:
        with path.open("rb") as file:
            kept: tuple[Any] = pickle.load(file)
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ImportError, ValueError):
        return None
    return kept


def _store(path: Path, result: tuple[Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".new", delete=False) as file:
            pickle.dump(result, file, protocol=pickle.HIGHEST_PROTOCOL)
        os.replace(file.name, path)
        kept = sorted(path.parent.glob("*.pickle"), key=lambda item: item.stat().st_mtime)
        for old in kept[:-KEEP]:
            old.unlink(missing_ok=True)
    except OSError:
        return
