"""Templates: an edition's own folder first, file by file, then those of the package.

A broken template is an `OutputError` that names file and line.
"""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmdemand.errors import OutputError
from xmdemand.notes import Note

if TYPE_CHECKING:
    from jinja2 import Environment


def packaged_templates() -> Path:
    """The templates that came with the package: in an installed wheel, or in a checkout.

    Raises
    ------
    OutputError
        If the installation has none.
    """
    package = Path(__file__).resolve().parents[1]
    places = (package / "templates", package.parents[1] / "templates")
    for place in places:
        if (place / "page.html.j2").is_file():
            return place
    raise OutputError.told(Note("publish.no_templates", f"{places[0]}, {places[1]}"))


def broken_at(path: Path, line: int | None, why: object) -> Note:
    """A place in a template, what stands there, and what its language says of it."""
    if line is None:
        return Note("publish.in_template", str(path), fields={"foreign": why})
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    source = lines[line - 1].strip()[:80] if 0 < line <= len(lines) else ""
    fields = {"line": line, "source": source, "foreign": why}
    return Note("publish.at_line", str(path), fields=fields)


def _broken(path: Path, line: int | None, why: object) -> OutputError:
    fields = {"at": broken_at(path, line, why)}
    return OutputError.told(Note("publish.template_broken", fields=fields))


class Templates:
    """Finds, reads and fills in templates, and remembers which ones were used.

    Parameters
    ----------
    folder
        An edition's own templates; a file in it replaces the package's of the same name.
    """

    def __init__(self, folder: Path | None = None) -> None:
        own = () if folder is None or not folder.is_dir() else (folder,)
        self.folders: tuple[Path, ...] = (*own, packaged_templates())
        self._used: dict[str, str] = {}
        self._environment: Environment | None = None

    @property
    def used(self) -> dict[str, str]:
        """SHA-256 of every template read so far, by name."""
        return dict(sorted(self._used.items()))

    def find(self, name: str) -> Path:
        """Where a template is.

        Raises
        ------
        OutputError
            If no folder has it.
        """
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        places = ", ".join(str(folder) for folder in self.folders)
        raise OutputError.told(Note("publish.no_template", name, fields={"places": places}))

    def text(self, name: str) -> str:
        """A template as written, with unified line ends."""
        path = self.find(name)
        content = path.read_bytes()
        self._used[name] = hashlib.sha256(content).hexdigest()
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            note = Note("publish.template_not_utf8", str(path), fields={"line": line})
            raise OutputError.told(note) from error

    def render(self, name: str, /, **values: Any) -> str:
        """A Jinja template filled in. Values are escaped; an unknown name is an error.

        Raises
        ------
        OutputError
            If the template is missing or broken, naming file and line.
        """
        from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

        try:
            return self._jinja().get_template(name).render(**values)
        except TemplateSyntaxError as error:
            where = self._path_of(error.name or name)
            raise _broken(where, error.lineno, error.message) from error
        except TemplateNotFound as error:
            note = Note(
                "publish.template_includes", str(self.find(name)), fields={"name": error.name}
            )
            raise OutputError.told(note) from error
        except (TemplateError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
            raise _broken(*self._place(error, name), error) from error

    def _path_of(self, name: str) -> Path:
        return self.find(Path(name).name if Path(name).is_absolute() else name)

    def _place(self, error: Exception, name: str) -> tuple[Path, int | None]:
        """Where in a template an error came from, as its traceback tells."""
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            path = Path(frame.filename)
            if path.parent in self.folders:
                return path, frame.lineno
        return self.find(name), None

    def _jinja(self) -> Environment:
        if self._environment is None:
            from jinja2 import Environment, FunctionLoader, StrictUndefined

            from xmdemand.publish import formats

            self._environment = Environment(
                loader=FunctionLoader(self._load),
                autoescape=_has_markup,
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
            )
            self._environment.globals["f"] = formats
        return self._environment

    def _load(self, name: str) -> tuple[str, str, None] | None:
        if not any((folder / name).is_file() for folder in self.folders):
            return None
        return self.text(name), str(self.find(name)), None


def _has_markup(name: str | None) -> bool:
    """Everything is escaped but the plain lines of the letters."""
    return name is None or not name.endswith(".txt.j2")
