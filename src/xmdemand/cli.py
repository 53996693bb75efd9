"""`xmdemand ...`: the annual build from a terminal or a script.

What an error says and how it ends is in `usage`.
The clock is read here and nowhere else; what depends on the day is said here and never written.
"""

from __future__ import annotations

import datetime as dt
import gc
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from xmdemand import __version__
from xmdemand.casework import A_DAY, COMMANDS, DAY
from xmdemand.errors import OutputError
from xmdemand.notes import Note
from xmdemand.usage import NO_OUTPUT, Commands

if TYPE_CHECKING:
    from xmdemand.catalogue import Revision
    from xmdemand.edition import Edition
    from xmdemand.terminal import Terminal

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
CHECKED = {"input": "输入", "output": "输出", "rendered": "重做"}
STATES = {"changed": "与清单不同", "missing": "找不到", "new": "清单中没有"}

F = TypeVar("F", bound=Callable[..., Any])
FOLDER = click.Path(path_type=Path, file_okay=False)
OF_DISTRICT = click.option("--district", help="看一个区的目录，而不是全市的。")


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="退出码：0 完成，1 意外出错，2 用法有误，3 输入被拒绝，4 有文件未能生成，130 被中止。",
)
@click.version_option(__version__, prog_name="xmdemand", message="%(prog)s %(version)s")
@click.option("--json", "as_json", is_flag=True, help="只在标准输出打印一个 JSON 对象。")
@click.option("--quiet", "-q", is_flag=True, help="只打印结果和警告。")
@click.option("--jobs", "-j", type=click.IntRange(min=1), help="最多同时用几个处理器核；结果不变。")
@click.option("--debug", is_flag=True, help="出错时另印技术信息，交给维护人员。")
@click.pass_context
def main(ctx: click.Context, as_json: bool, quiet: bool, jobs: int | None, debug: bool) -> None:
    """从调查和登记数据到年度《急需紧缺职业（工种）培训需求指导目录》。

    \b
    示例：
      xmdemand demo               生成示例城市的目录
      xmdemand new 2026 --year 2026
      xmdemand check 2026         检查收到的文件
      xmdemand build 2026         生成全部文件
    """
    from xmdemand.terminal import Terminal

    # Before the numerical libraries load: with more threads they add in another order, and the
    # last digits would depend on the machine; on matrices of this size threads cost more than
    # they give.
    os.environ |= dict.fromkeys(THREADS, "1")
    # A command makes millions of small objects, nearly all of them kept to its end: looking for
    # unreachable cycles among them costs half a second of a city's build and frees nothing.
    gc.disable()
    ctx.obj = Terminal(as_json=as_json, quiet=quiet, jobs=jobs or 2)


def _folder_argument(required: bool = True) -> Callable[[F], F]:
    return click.argument("folder", metavar="DIR", type=FOLDER, required=required)


@main.command()
@_folder_argument()
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="目录年份。")
@click.option("--profile", default="xiamen", show_default=True, help="城市档案的名称或路径。")
@click.option(
    "--own-profile", "own", is_flag=True, help="把档案和职业对照表复制进来，供改成本市的。"
)
@click.pass_obj
def new(terminal: Terminal, folder: Path, year: int, profile: str, own: bool) -> None:
    """新建一个年度文件夹：配置、可发放的空白表和说明。

    \b
    示例：xmdemand new 2026 --year 2026
          xmdemand new 泉州2026 --year 2026 --own-profile
    """
    from xmdemand.scaffold import new_edition

    made = new_edition(folder, year=year, profile=profile, own=own)
    terminal.done("new", {"files": [str(path) for path in made]})
    forms = [path for path in made if path.suffix == ".xlsx"]
    if forms:
        terminal.say(f"{folder} 已建好，请把收到的文件放进 {folder / 'inputs'}；空白表：")
        terminal.files(forms)
    else:
        terminal.say(f"{folder} 已建好。请先把这些文件改成本市的，再运行一次，写出本市的空白表：")
        terminal.files([path for path in made if path.name != "edition.toml"])


@main.command()
@_folder_argument()
@click.pass_obj
def check(terminal: Terminal, folder: Path) -> None:
    """读入并核对全部输入，写出数据质量报告，不生成目录。

    \b
    示例：xmdemand check 2026
    """
    from xmdemand import intake
    from xmdemand.edition import Edition

    with terminal.progress() as watch:
        edition = Edition.open(folder, watch=watch)
        tables = edition.tables
    report = folder / "check" / "数据质量报告.xlsx"
    report.parent.mkdir(exist_ok=True)
    intake.write_quality_report(tables, edition.profile, report)
    _warn_of_the_day(terminal, edition)
    terminal.accounting(tables)
    terminal.doubts(tables, report)
    if tables.proposals is not None and len(tables.proposals):
        draft = report.with_name("mapping.toml")
        draft.write_text(intake.draft_mapping(tables.proposals), encoding="utf-8")
        terminal.say(f"待确认的表头：{draft}；逐行确认后放进 {folder / 'inputs'}，再运行一次。")
    terminal.done("check", {"report": str(report), **terminal.counts(tables)})


@main.command()
@_folder_argument()
@click.option("--only", default="", help="只生成这些文件，以逗号分隔，例如 xlsx,json。")
@click.option("--district", help="为一个区生成区级目录。")
@click.option("--revision", "revised", is_flag=True, help="更正已签发的目录，印出勘误。")
@click.option("--reason", help="更正的原因，印在勘误里。")
@click.option("--date", "day", type=DAY, metavar=A_DAY, help="更正的日期。")
@click.pass_obj
def build(
    terminal: Terminal,
    folder: Path,
    only: str,
    district: str | None,
    revised: bool,
    reason: str | None,
    day: dt.datetime | None,
) -> None:
    """完成从输入到目录的全过程，写入 DIR/out。

    \b
    示例：xmdemand build 2026
          xmdemand build 2026 --only xlsx,json
          xmdemand build 2026 --district 集美区
          xmdemand build 2026 --revision --reason 更正人数 --date 2026-06-10
    """
    revision = _revision(revised, reason, day)
    kinds = tuple(filter(None, re.split("[,，、]", only)))
    if revision and kinds:
        raise click.UsageError("更正须重新生成全部文件，--revision 不能与 --only 同用")
    _build(terminal, folder, only=kinds, district=district, revision=revision)


def _revision(revised: bool, reason: str | None, day: dt.datetime | None) -> Revision | None:
    from xmdemand.catalogue import Revision

    if not revised:
        if reason is not None or day is not None:
            raise click.UsageError("--reason 和 --date 只用于更正，请加 --revision")
        return None
    if day is None:
        raise click.UsageError("更正要写明日期：--date YYYY-MM-DD")
    return Revision(reason or "", day.date())


def _build(
    terminal: Terminal,
    folder: Path,
    *,
    only: tuple[str, ...] = (),
    district: str | None = None,
    revision: Revision | None = None,
) -> None:
    from xmdemand.edition import Edition

    with terminal.progress() as watch:
        edition = Edition.open(folder, district=district, revision=revision, watch=watch)
        published = edition.write(only=only, jobs=terminal.jobs)
    _warn_of_the_day(terminal, edition)
    terminal.accounting(edition.tables)
    terminal.result(edition)
    terminal.truth(edition)
    errata = terminal.errata(edition)
    for note in published.notes:
        terminal.warn(note.say("zh"))
    terminal.files(published.paths)
    terminal.done(
        "build",
        {
            "out": str(edition.out),
            "files": [str(path) for path in published.paths],
            "entries": len(edition.content.catalogue.entries),
            "starred": sum(entry.stars > 0 for entry in edition.content.catalogue.entries),
            "errata": errata,
            **terminal.counts(edition.tables),
        },
    )


def _warn_of_the_day(terminal: Terminal, edition: Edition) -> None:
    from xmdemand.reminders import warnings_of_the_day

    for note in warnings_of_the_day(edition, today=dt.date.today()):
        terminal.warn(note.say("zh"))


@main.command()
@_folder_argument(required=False)
@click.pass_obj
def demo(terminal: Terminal, folder: Path | None) -> None:
    """把示例城市写入 DIR（默认 ./xmdemand-demo）并生成目录。

    \b
    示例：xmdemand demo
    """
    from xmdemand import synth

    folder = folder or Path("xmdemand-demo")
    if not (folder / "edition.toml").exists():
        synth.example(folder)
    _build(terminal, folder)


@main.command()
@_folder_argument()
@OF_DISTRICT
@click.pass_obj
def verify(terminal: Terminal, folder: Path, district: str | None) -> None:
    """重新核对：输入和输出是否与清单一致，公开文件能否仅凭 catalogue.json 原样重做。

    \b
    示例：xmdemand verify 2026
          xmdemand verify 2026 --district 集美区
    """
    from xmdemand import publish
    from xmdemand.edition import Edition

    edition = Edition.open(folder, district=district)
    found = publish.verify(folder, edition.out, edition.profile, edition.settings)
    wrong = [check for check in found.checks if not check.good]
    for check in wrong:
        terminal.say(f"{CHECKED[check.what]} {check.file}：{STATES[check.state]}")
    terminal.say(f"核对 {len(found.checks)} 项，{len(wrong)} 项不一致")
    terminal.done(
        "verify",
        {"checked": len(found.checks), "wrong": [vars(check) for check in wrong]},
        code=NO_OUTPUT if wrong else 0,
    )


@main.command()
@_folder_argument()
@click.argument("what", metavar="CODE-OR-NAME")
@click.option(
    "--docx",
    type=click.Path(path_type=Path, dir_okay=False),
    help="另写一页可寄给来信单位的答复；不含内部数字。",
)
@OF_DISTRICT
@click.pass_obj
def explain(
    terminal: Terminal, folder: Path, what: str, docx: Path | None, district: str | None
) -> None:
    """用平白的话说明一个职业为什么在（或不在）目录里。

    \b
    示例：xmdemand explain 2026 4-10-01-05
          xmdemand explain 2026 焊工
          xmdemand explain 2026 焊工 --docx 答复.docx
          xmdemand explain 2026 焊工 --district 集美区
    """
    from xmdemand import catalogue, publish
    from xmdemand.edition import Edition

    edition = Edition.open(folder, district=district)
    record = catalogue.load_record(edition.out / "record.json")
    explanation = catalogue.explain(record, what, edition.classification)
    terminal.say(explanation.as_text())
    if docx is not None:
        answer = catalogue.explain(record, what, edition.classification, public=True)
        own = folder / "templates"
        publish.write_reply(answer, record.catalogue, docx, template_dir=own)
        terminal.files([docx])
    terminal.done("explain", explanation.as_dict() | ({"docx": str(docx)} if docx else {}))


@main.command()
@_folder_argument()
@click.option("--scale", type=click.Choice(["small", "city"]), default="small", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--year", type=int, default=2026, show_default=True)
@click.option("--clean", is_flag=True, help="不加误报、无回答和文件杂乱。")
@click.option("--profile", default="xiamen", show_default=True, help="城市档案的名称或路径。")
@click.pass_obj
def synth(
    terminal: Terminal,
    folder: Path,
    scale: Literal["small", "city"],
    seed: int,
    year: int,
    clean: bool,
    profile: str,
) -> None:
    """写出一个真值已知的虚构城市（示例数据，非真实统计）。

    \b
    示例：xmdemand synth trial --scale small --seed 1
          xmdemand synth 演练 --profile 泉州2026/本市档案.toml
    """
    from xmdemand import synth as room

    if (folder / "edition.toml").exists():
        raise OutputError.told(Note("edition.not_over_another", str(folder)))
    room.write_edition(folder, scale=scale, seed=seed, year=year, clean=clean, profile=profile)
    terminal.say(f"已写出 {folder}；真值在 {folder / 'truth.csv'}。示例数据，非真实统计。")
    terminal.done("synth", {"folder": str(folder)})


for command in COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    sys.exit(main())
