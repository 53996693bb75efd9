"""The stage: every output of a build, from one content model.

Renderers only format. Public files are made from the public `Catalogue` alone; the type of what a
renderer is handed makes sure of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmdemand.catalogue.record import Content
from xmdemand.errors import InputError, MissingExtraError, name_some
from xmdemand.notes import Note, Notes
from xmdemand.outdir import unwritable
from xmdemand.profile import Profile
from xmdemand.publish.manifest import hash_folder, make_manifest, render_manifest, sha256
from xmdemand.publish.press import Press
from xmdemand.publish.templates import Templates
from xmdemand.results import Result
from xmdemand.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from xmdemand.intake.tables import Tables

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Output:
    """A kind of output, and who renders it.

    A public renderer is called as ``(catalogue, press)``, an internal one as
    ``(record, press, tables)``; either returns bytes, or files by name for a folder.

    Parameters
    ----------
    kind
        Its name in `only` and in the profile's `files`.
    file
        Its usual file name.
    home
        Module and function that render it; imported when needed.
    public
        Whether it is made from the public catalogue (else from the internal record).
    title
        What a page calls it; empty where nothing links to it.
    on_request
        Made only if asked for by name.
    """

    kind: str
    file: str
    home: str
    public: bool = True
    title: str = ""
    on_request: bool = False

    def renderer(self) -> Callable[..., bytes | Mapping[str, bytes]]:
        """The function that renders it."""
        module, _, function = self.home.partition(":")
        found: Callable[..., bytes | Mapping[str, bytes]]
        found = getattr(import_module(f"xmdemand.publish.{module}"), function)
        return found


OUTPUTS = (
    Output("pdf", "catalogue.pdf", "pdf:render_catalogue", title="目录（PDF，供打印）"),
    Output("docx", "catalogue.docx", "word:render_catalogue", title="目录（Word）"),
    Output("xlsx", "catalogue.xlsx", "catalogue_xlsx:render", title="目录（Excel）"),
    Output("json", "catalogue.json", "data_files:render_json", title="数据（JSON）"),
    Output("schema", "catalogue.schema.json", "data_files:render_schema", title="数据格式说明"),
    Output("types", "catalogue.d.ts", "data_files:render_types"),
    Output("csv", "catalogue.csv", "data_files:render_csv", title="数据（CSV）"),
    Output("excel_csv", "catalogue.excel.csv", "data_files:render_excel_csv"),
    Output("changes", "changes.json", "data_files:render_changes", title="调整情况（JSON）"),
    Output("method", "method.html", "method:render", title="编制方法"),
    Output("method_pdf", "method.pdf", "pdf:render_method", title="编制方法（PDF）"),
    Output("notice", "notice.docx", "letters:render_notice"),
    Output("explanation", "explanation.docx", "letters:render_explanation"),
    Output("article", "article.html", "letters:render_article"),
    Output("pages", "occupations", "page:render_pages", on_request=True),
    Output("html", "index.html", "page:render", title="目录查询"),
    Output("evidence", "evidence.xlsx", "evidence_xlsx:render", public=False),
    Output("record", "record.json", "data_files:render_record", public=False),
)
"""Every output, in the order in which it is made: the page that links to the others after them.

The manifest comes last and is always made.
"""

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Written:
    """A file that was made."""

    kind: str
    file: str
    public: bool
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Published(Result):
    """What one run of `write` made.

    Attributes
    ----------
    folder
        Where.
    files
        What, in order, the manifest last.
    manifest
        The manifest's content.
    notes
        Outputs left out, with the extra that would make them.
    """

    folder: Path
    files: tuple[Written, ...]
    manifest: Mapping[str, Any]
    notes: Notes = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files made."""
        return tuple(self.folder / item.file for item in self.files)

    @property
    def frame(self) -> pd.DataFrame:
        """``kind, file, public, bytes, sha256``."""
        import pandas as pd

        columns = ["kind", "file", "public", "bytes", "sha256"]
        return pd.DataFrame([asdict(item) for item in self.files], columns=columns)


def write(
    content: Content,
    out: Path,
    profile: Profile,
    settings: Settings,
    *,
    tables: Tables | None = None,
    inputs: Path | None = None,
    template_dir: Path | None = None,
    only: Sequence[str] = (),
    progress: Progress | None = None,
) -> Published:
    """Render an edition's outputs into a folder.

    Parameters
    ----------
    content
        What `catalogue.compile` made.
    out
        An empty folder (made if absent). Making the whole atomic is the caller's part.
    profile
        File names that differ from the usual ones.
    settings
        Layout, fonts, seed.
    tables
        The input tables; their accounting goes into the internal workbook.
    inputs
        The edition's folder; every file in it is hashed into the manifest.
    template_dir
        The edition's own templates; a file in it replaces the package's of that name.
    only
        Kinds to make; none means `settings.output.only`, and if that is empty, all.
    progress
        Called as ``progress(file, done, total)``.

    Returns
    -------
    Published

    Raises
    ------
    InputError
        If `only` or the profile's `files` names an unknown kind.
    OutputError
        If an output cannot be made; nothing is left half written under its final name.
    MissingExtraError
        If an output asked for by name needs an extra that is not installed.
    """
    asked = tuple(only) or settings.output.only
    chosen = outputs_asked_for(asked)
    names = file_names(profile)
    there = [o for o in OUTPUTS if o in chosen or (out / names[o.kind]).exists()]
    links = {o.kind: names[o.kind] for o in there if o.public}
    press = Press(
        templates=Templates(template_dir),
        settings=settings,
        files=links,
        folder=inputs or Path(),
    )
    out.mkdir(parents=True, exist_ok=True)
    written: list[Written] = []
    notes: list[Note] = []
    for at, output in enumerate(chosen):
        if progress:
            progress(names[output.kind], at, len(chosen) + 1)
        try:
            rendered = _render(output, content, press, tables)
        except MissingExtraError as error:
            if output.kind in asked:
                raise
            fields = {"kind": output.kind, "reason": error.told_as}
            notes.append(Note("publish.left_out", names[output.kind], 1, "warning", fields))
            if not (out / names[output.kind]).exists():
                links.pop(output.kind, None)
            continue
        written += _save(output, names[output.kind], rendered, out)
    manifest = make_manifest(
        content.record,
        profile,
        settings,
        outputs=[asdict(item) for item in [*written, *_kept(written, names, out)]],
        inputs=hash_folder(inputs) if inputs else (),
        templates=press.templates.used,
        fonts=press.fonts_used,
    )
    last = Output("manifest", MANIFEST, "manifest:render_manifest", public=False)
    written += _save(last, names.get("manifest", MANIFEST), render_manifest(manifest), out)
    if progress:
        progress(MANIFEST, len(chosen) + 1, len(chosen) + 1)
    return Published(out, tuple(written), manifest, tuple(notes))


def outputs_asked_for(asked: Sequence[str]) -> tuple[Output, ...]:
    """The outputs of these kinds, or all that are made without being asked for.

    Raises
    ------
    InputError
        If a kind is unknown.
    """
    known = [output.kind for output in OUTPUTS]
    unknown = [kind for kind in asked if kind not in known]
    if unknown:
        fields = {"known": ", ".join(known)}
        raise InputError.told(Note("publish.no_output", name_some(unknown), fields=fields))
    if asked:
        return tuple(output for output in OUTPUTS if output.kind in asked)
    return tuple(output for output in OUTPUTS if not output.on_request)


def file_names(profile: Profile) -> dict[str, str]:
    """File name by kind, with the profile's own names put in."""
    usual = {output.kind: output.file for output in OUTPUTS} | {"manifest": MANIFEST}
    unknown = [kind for kind in profile.files if kind not in usual]
    if unknown:
        fields = {"known": ", ".join(usual)}
        raise InputError.told(Note("publish.no_output_named", name_some(unknown), fields=fields))
    names = usual | dict(profile.files)
    plain = [name for name in names.values() if Path(name).name != name or not name.strip(".")]
    if plain:
        raise InputError.told(Note("publish.not_a_name", name_some(plain)))
    folded = [name.casefold() for name in names.values()]
    twice = sorted({name for name in names.values() if folded.count(name.casefold()) > 1})
    if twice:
        raise InputError.told(Note("publish.name_twice", name_some(twice)))
    return names


def _render(
    output: Output, content: Content, press: Press, tables: Tables | None
) -> Mapping[str, bytes]:
    render = output.renderer()
    if output.public:
        rendered = render(content.catalogue, press)
    else:
        rendered = render(content.record, press, tables)
    return {"": rendered} if isinstance(rendered, bytes) else rendered


def _save(
    output: Output, name: str, rendered: Mapping[str, bytes] | bytes, out: Path
) -> list[Written]:
    if isinstance(rendered, bytes):
        rendered = {"": rendered}
    made = []
    for part, content in rendered.items():
        path = out / name / part if part else out / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise unwritable(path, error) from error
        file = path.relative_to(out).as_posix()
        made.append(Written(output.kind, file, output.public, len(content), sha256(content)))
    return made


def _kept(written: Sequence[Written], names: Mapping[str, str], out: Path) -> list[Written]:
    """Outputs of an earlier run that stay in the folder when only some are made anew."""
    made = {item.kind for item in written}
    kept = []
    for output in OUTPUTS:
        path = out / names[output.kind]
        if output.kind not in made and path.is_file():
            content = path.read_bytes()
            name = names[output.kind]
            kept.append(Written(output.kind, name, output.public, len(content), sha256(content)))
    return kept
