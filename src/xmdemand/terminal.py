"""What the command line says: Chinese on a terminal, plain lines in a log, or one JSON object."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xmdemand.notes import text

if TYPE_CHECKING:
    from xmdemand.edition import Edition, Watch
    from xmdemand.intake.tables import Tables

STAGE_NAMES = {
    "tables": "读入文件",
    "demand": "用工调查",
    "intent": "培训意愿",
    "outlook": "供求预测",
    "ranking": "测算排序",
    "content": "编制目录",
    "publish": "生成文件",
}
MOST_DOUBTS = 10


class Terminal:
    """Where messages go; keeps the time of each stage.

    Parameters
    ----------
    as_json
        Print nothing but one JSON object, on standard output, at the end.
    quiet
        Leave out progress and accounting; results and warnings stay.
    jobs
        How many stages of a build may run at once.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False, jobs: int = 2) -> None:
        self.as_json = as_json
        self.quiet = quiet
        self.jobs = jobs
        self.warnings: list[str] = []
        self.seconds: dict[str, float] = {}

    def say(self, message: str) -> None:
        """A result."""
        if not self.as_json:
            click.echo(message)

    def detail(self, message: str) -> None:
        """Something `quiet` leaves out."""
        if not self.quiet:
            self.say(message)

    def warn(self, message: str) -> None:
        """A doubt about the day or the inputs."""
        self.warnings.append(message)
        if not self.as_json:
            click.echo(f"注意：{message}", err=True)

    def done(self, command: str, result: dict[str, Any], *, code: int = 0) -> None:
        """The one object of `--json`; ends the program where `code` is not 0."""
        if self.as_json:
            _say_json(
                {
                    "command": command,
                    "exit": code,
                    **result,
                    "seconds": {k: round(v, 3) for k, v in self.seconds.items()},
                    "warnings": self.warnings,
                }
            )
        if code:
            raise SystemExit(code)

    def fail(self, message: str, code: int) -> None:
        """The one object of `--json`, for a failure."""
        if self.as_json:
            _say_json({"exit": code, "error": message})

    @contextmanager
    def progress(self) -> Iterator[Watch]:
        """Follow the stages: a bar on a terminal, a line a stage elsewhere."""
        clock = _StageClock(self.seconds)
        show = not (self.as_json or self.quiet)
        with _bar() if show and sys.stderr.isatty() else _lines(show) as display:

            def watch(stage: str, done: int, total: int) -> None:
                if clock.enter(stage):
                    display(stage, 0, 0)
                display(stage, done, total)

            yield watch
            clock.stop()
        if self.seconds and show:
            times = "，".join(
                f"{STAGE_NAMES.get(stage, stage)} {spent:.1f} 秒"
                for stage, spent in self.seconds.items()
            )
            self.detail(f"用时：{times}")

    def counts(self, tables: Tables) -> dict[str, Any]:
        """The accounting, for `--json`."""
        files = tables.files
        if files is None:
            return {}
        return {
            "inputs": int(files["file"].nunique()),
            "rows": {name: int(files[name].sum()) for name in ("rows_read", "accepted", "refused")},
        }

    def accounting(self, tables: Tables) -> None:
        """Files nobody could read; rows read, accepted, refused; titles coded or for review."""
        for note in tables.notes:
            if note.severity == "error":
                self.warn(note.say("zh"))
        counts = self.counts(tables)
        if not counts:
            return
        rows = counts["rows"]
        self.detail(
            f"文件 {counts['inputs']} 份，读入 {rows['rows_read']:,} 行："
            f"采用 {rows['accepted']:,} 行，退回 {rows['refused']:,} 行"
        )
        if tables.titles is not None and len(tables.titles):
            by = tables.titles.groupby("status")["n"].sum()
            self.detail(
                f"岗位和工种名称 {int(by.sum()):,} 处：已编码 {int(by.get('coded', 0)):,}，"
                f"待确认 {int(by.get('review', 0)):,}，未识别 {int(by.get('unmatched', 0)):,}"
            )

    def doubts(self, tables: Tables, report: Path) -> None:
        """What to look at after a check: the first doubts in words, and where all of them are."""
        if not self.counts(tables).get("inputs"):
            self.say("inputs 里还没有文件；请把收到的表原样放进去，再运行一次。")
            return
        doubts = [note for note in tables.notes if note.severity == "warning"]
        for note in doubts[:MOST_DOUBTS]:
            self.warn(note.say("zh"))
        more = len(doubts) - MOST_DOUBTS
        rest = f"（另有 {more} 条提示没有列在这里）" if more > 0 else ""
        odd = tables.oddities
        if odd is not None and len(odd):
            column, n = Counter(map(str, odd["column"])).most_common(1)[0]
            self.say(f"已采用的行中有 {len(odd):,} 处请核对，最多的是“{column}”：{n:,} 处")
        self.say(f"逐条的问题和填法见数据质量报告：{report}{rest}")

    def result(self, edition: Edition) -> None:
        """How many rows the catalogue has."""
        entries = edition.content.catalogue.entries
        starred = sum(entry.stars > 0 for entry in entries)
        self.say(f"目录共 {len(entries)} 个职业，其中急需紧缺 {starred} 个")
        if not entries:
            self._why_empty(edition)

    def _why_empty(self, edition: Edition) -> None:
        """The rules that kept most occupations out of a catalogue without a row."""
        failed = Counter(
            one.failed
            for one in edition.content.record.entries
            if one.eligible and one.failed not in {"", "catalogue.no_evidence"}
        )
        told = "；".join(f"{text(code)}（{n} 个）" for code, n in failed.most_common(3))
        self.warn(f"没有一个职业列入目录。{told}")

    def truth(self, edition: Edition) -> None:
        """How a synthetic city's catalogue does against the truth beside it."""
        path = edition.folder / "truth.csv"
        if not path.is_file() or edition.district:
            return
        import pandas as pd

        from xmdemand.synth import score

        entries = edition.content.catalogue.entries
        told = score(
            [entry.code for entry in entries],
            [entry.code for entry in entries if entry.stars],
            pd.read_csv(path, dtype={"occupation": str}, index_col="occupation"),
            need_persons=edition.profile.listing.need_persons,
        ).frame.set_index("decision")
        meaning = {"listed": ("列入", "确有培训需要"), "starred": ("标星", "确实紧缺")}
        parts = []
        for decision, (what, true) in meaning.items():
            row = told.loc[decision]
            parts.append(
                f"{what}的 {row['rows']:.0f} 个中 {row['hits']:.0f} 个{true}"
                f"（{row['precision']:.0%}，漏 {row['missed']:.0f} 个）"
            )
        self.say("对照真值：" + "；".join(parts))

    def errata(self, edition: Edition) -> list[dict[str, Any]]:
        """What a revision corrects: each line's old and new wording, said and given back."""
        if edition.revision is None:
            return []
        catalogue = edition.content.catalogue
        lines = [line for line in catalogue.errata if line.revision == catalogue.revision]
        self.say(f"第 {catalogue.revision} 次更正，勘误 {len(lines)} 处")
        for line in lines:
            self.say(f"  {line.line}")
            self.say(f"    原文：{line.old or '（无）'}")
            self.say(f"    更正为：{line.new or '（删去）'}")
        return [line.model_dump(mode="json") for line in lines]

    def files(self, written: Sequence[Path]) -> None:
        """Where the documents are."""
        for path in written:
            self.say(f"  {path}")


def _say_json(answer: dict[str, Any]) -> None:
    """As readable as the console's code page allows; nothing is lost where it is a small one."""
    text = json.dumps(answer, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(answer)
    click.echo(text)


class _StageClock:
    """Adds up the time between one stage's beginning and the next one's."""

    def __init__(self, seconds: dict[str, float]) -> None:
        self.seconds = seconds
        self.stage: str | None = None
        self.since = 0.0

    def enter(self, stage: str) -> bool:
        if stage == self.stage:
            return False
        self.stop()
        self.stage, self.since = stage, time.perf_counter()
        return True

    def stop(self) -> None:
        if self.stage is not None:
            spent = time.perf_counter() - self.since
            self.seconds[self.stage] = self.seconds.get(self.stage, 0.0) + spent
        self.stage = None


@contextmanager
def _lines(show: bool) -> Iterator[Watch]:
    def display(stage: str, done: int, total: int) -> None:
        if show and total == 0:
            click.echo(f"{STAGE_NAMES.get(stage, stage)} …", err=True)

    yield display


@contextmanager
def _bar() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def display(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(STAGE_NAMES.get(stage, stage), total=None)
            if total:
                progress.update(tasks[stage], completed=done, total=total)

        yield display
