"""Fonts for print: the bureau's licensed ones, or the free face the `pdf` extra brings.

None is part of this project. A character that no font has is an error, never an empty box.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xmdemand.errors import OutputError, name_some, need_extra
from xmdemand.notes import Note

ROLES = {
    "title": (
        "FZXiaoBiaoSong-B05S",
        "FZXiaoBiaoSong-B05",
        "FZXiaoBiaoSong-B05-GB18030",
        "Source Han Serif SC",
        "Noto Serif CJK SC",
        "Noto Serif SC",
        "FandolSong",
    ),
    "body": (
        "FangSong_GB2312",
        "FangSong",
        "STFangsong",
        "FandolFang",
        "Source Han Serif SC",
        "Noto Serif CJK SC",
        "Noto Serif SC",
    ),
    "kai": ("KaiTi_GB2312", "KaiTi", "STKaiti", "FandolKai", "LXGW WenKai"),
    "hei": ("SimHei", "STHeiti", "FandolHei", "Source Han Sans SC", "Noto Sans CJK SC"),
}
"""Families by role in a GB/T 9704 document, best first; what is absent is passed over."""
FALLBACK = ("Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC")
_KINDS = {".ttf", ".otf", ".ttc", ".otc"}


@dataclass(frozen=True)
class FontSet:
    """The font files of a run.

    Parameters
    ----------
    files
        Every font file, sorted.
    """

    files: tuple[Path, ...]

    @cached_property
    def loaded(self) -> Any:
        """The fonts as Typst takes them; the machine's own fonts are left out on purpose."""
        typst = _typst()
        folders = sorted({str(path.parent) for path in self.files})
        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=folders
        )

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Names of the families found."""
        return tuple(sorted(set(self.loaded.families())))

    def chains(self) -> Mapping[str, tuple[str, ...]]:
        """Families by role, best first; then the fallback faces, then whatever else there is."""
        have = set(self.families)
        last = tuple(name for name in FALLBACK if name in have) or self.families
        return {
            role: tuple(dict.fromkeys([*(n for n in names if n in have), *last, *self.families]))
            for role, names in ROLES.items()
        }

    @cached_property
    def characters(self) -> frozenset[int]:
        """Code points that at least one font has."""
        from fontTools.ttLib import TTCollection, TTFont

        points: set[int] = set()
        for path in self.files:
            many = path.suffix.lower() in {".ttc", ".otc"}
            with TTCollection(path, lazy=True) if many else TTFont(path, lazy=True) as opened:
                for font in opened.fonts if many else [opened]:
                    points.update(font.getBestCmap() or {})
        return frozenset(points)

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each file, by name."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.files}

    def check(self, texts: Iterable[tuple[str, str]], *, file: str) -> None:
        """Refuse characters that no font has.

        Parameters
        ----------
        texts
            Pairs of place and text.
        file
            The output that would print them.

        Raises
        ------
        OutputError
            Naming each character and where it stands.
        """
        missing: dict[str, str] = {}
        for place, text in texts:
            for character in text:
                if ord(character) not in self.characters and not character.isspace():
                    missing.setdefault(character, place)
        if missing:
            named = name_some(f"{c} (U+{ord(c):04X}, {place})" for c, place in missing.items())
            fields = {"characters": named}
            raise OutputError.told(Note("publish.no_glyph", file, len(missing), fields=fields))


def find_fonts(folder: Path | None) -> FontSet:
    """The fonts of a folder, and behind them the default face where it is installed.

    Raises
    ------
    OutputError
        If the folder does not exist or holds no font.
    MissingExtraError
        If no folder is given and the `pdf` extra is not installed.
    """
    own: list[Path] = []
    if folder is not None:
        own = _font_files(folder)
        if not own:
            raise OutputError.told(Note("publish.no_fonts", str(folder)))
    spec = find_spec("zhplot")
    places = spec.submodule_search_locations if spec else None
    default = _font_files(Path(places[0]) / "fonts") if places else []
    if not own and not default:
        raise need_extra("zhplot", "pdf")
    return FontSet(files=tuple(own + default))


def _font_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _KINDS)


def _typst() -> Any:
    try:
        import typst
    except ImportError:
        raise need_extra("typst", "pdf") from None
    return typst
