"""`xmdemand ...` between builds: consultation, review, tracing, changes, freezing, replays."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xmdemand.errors import InputError, OutputError
from xmdemand.notes import Note, text
from xmdemand.usage import REFUSED, Command

if TYPE_CHECKING:
    import pandas as pd

    from xmdemand.catalogue.lifecycle import State
    from xmdemand.replay import Replay
    from xmdemand.terminal import Terminal

FOLDER = click.Path(path_type=Path, file_okay=False)
DAY = click.DateTime(formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"])
A_DAY = "YYYY-MM-DD"
SIZE_NAMES = {"small": "招聘量较小", "medium": "招聘量居中", "large": "招聘量较大"}
MEASURE_NAMES = {
    "hits": "前列命中率",
    "ndcg": "NDCG",
    "kendall_tau": "Kendall τ",
    "brier": "Brier 得分",
}


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--collect", is_flag=True, help="读回各部门、各区的意见，写入 decisions.csv。")
@click.option("--again", is_flag=True, help="重写已有的征求意见表（其中已填的意见会丢失）。")
@click.pass_obj
def consult(terminal: Terminal, folder: Path, collect: bool, again: bool) -> None:
    """给每个部门和区写一份征求意见表；填好放回后用 --collect 读回。

    \b
    示例：xmdemand consult 2026
          xmdemand consult 2026 --collect
    """
    from xmdemand import catalogue
    from xmdemand.edition import Edition

    home = folder / "consult"
    if collect:
        _need_written(home, folder, "consult", any(home.glob("*.xlsx")))
    with terminal.progress() as watch:
        edition = Edition.open(folder, watch=watch)
        content = edition.content
    if not collect:
        if not again and any(home.glob("*.xlsx")):
            raise OutputError.told(Note("edition.consulted_already", str(home)))
        files = catalogue.write_consultation(content, edition.profile, home)
        terminal.files(files)
        terminal.done("consult", {"files": [str(path) for path in files]})
        return
    decisions, problems = catalogue.collect_consultation(home, content, edition.profile)
    for problem in problems.to_dict("records"):
        terminal.warn(str(problem["text"]))
    both = _merged(edition.tables.decisions, decisions)
    told = f"读回意见 {len(decisions)} 条，{len(problems)} 处需要处理；"
    if len(decisions):  # otherwise the file stays as somebody wrote it, and the documents with it
        catalogue.write_decisions(both, folder / "decisions.csv")
        told += f"decisions.csv 现有 {len(both)} 条。重新生成后生效。"
    else:
        told += "decisions.csv 没有改动。"
    terminal.say(told)
    terminal.done(
        "consult",
        {"decisions": len(decisions), "problems": problems.to_dict("records")},
        code=REFUSED if len(problems) else 0,
    )


def _need_written(home: Path, folder: Path, command: str, there: bool) -> None:
    """There is nothing to read back before something went out; where no edition is, say that."""
    from xmdemand.edition import Edition

    Edition.open(folder)
    if not there:
        fields = {"command": f"xmdemand {command} {folder}"}
        raise InputError.told(Note("edition.nothing_to_collect", str(home), fields=fields))


def _merged(before: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """Earlier decisions and new ones; a department's new word on an occupation replaces its old."""
    import pandas as pd

    if before is None or before.empty:
        return new
    table = pd.concat([before.reindex(columns=new.columns), new], ignore_index=True)
    table["evidence_hash"] = table["evidence_hash"].fillna("")
    return table.drop_duplicates(["occupation", "department"], keep="last", ignore_index=True)


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--collect", is_flag=True, help="读回已确认的名称，加进 coded_titles.csv。")
@click.pass_obj
def review(terminal: Terminal, folder: Path, collect: bool) -> None:
    """写出待确认的岗位、工种名称；确认后用 --collect 读回，今后沿用。

    \b
    示例：xmdemand review 2026
          xmdemand review 2026 --collect
    """
    import pandas as pd

    from xmdemand import intake
    from xmdemand.edition import Edition
    from xmdemand.occupations.tree import read_table
    from xmdemand.outdir import whole_file

    path = folder / "check" / "待确认名称.xlsx"
    if not collect:
        with terminal.progress() as watch:
            tables = Edition.open(folder, watch=watch).tables
        path.parent.mkdir(exist_ok=True)
        intake.review_workbook(tables, path)
        terminal.files([path])
        terminal.done("review", {"file": str(path)})
        return
    _need_written(path, folder, "review", path.is_file())
    placed = intake.read_review(path)
    kept = folder / "coded_titles.csv"
    before = read_table(kept) if kept.is_file() else None
    table = pd.concat([before, placed], ignore_index=True).fillna("")
    table = table.drop_duplicates("title", keep="last", ignore_index=True)
    with whole_file(kept) as fresh:
        table.to_csv(fresh, index=False, encoding="utf-8-sig", lineterminator="\n")
    terminal.say(f"读回 {len(placed)} 个名称；coded_titles.csv 现有 {len(table)} 个。")
    terminal.done("review", {"placed": len(placed), "known": len(table)})


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--firm", required=True, help="统一社会信用代码或单位名称。")
@click.pass_obj
def trace(terminal: Terminal, folder: Path, firm: str) -> None:
    """列出一家单位报来的每一行：采用还是退回、编到哪个职业、到了目录哪一行。

    \b
    示例：xmdemand trace 2026 --firm 某某公司
    """
    from xmdemand import intake
    from xmdemand.catalogue import load_record
    from xmdemand.edition import Edition

    edition = Edition.open(folder)
    found = intake.trace(edition.tables, firm)
    record = edition.out / "record.json"
    entries = load_record(record).entries if record.is_file() else ()
    listed = {entry.code: f"目录第 {entry.seq} 位" for entry in entries if entry.listed}
    rows = found.frame.to_dict("records")
    for row in rows:
        row["reached"] = listed.get(str(row["occupation"]), "未列入")
        place = f"{row['file']}!{row['sheet']}!{row['row']}".replace("!!", "!")
        if row["status"] == "accepted":
            terminal.say(f"采用 {place}：{row['post']} → {row['occupation']}，{row['reached']}")
        else:
            why = text(str(row["reason"]), where="", n=1).lstrip("：")
            terminal.say(f"退回 {place}：{row['text']}（{why}）")
    terminal.done("trace", {"firm": found.firm, "names": found.names, "rows": rows})


@click.command(cls=Command)
@click.argument("before", metavar="A", type=FOLDER)
@click.argument("after", metavar="B", type=FOLDER)
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="另写一个网页，供存档或附送。"
)
@click.pass_obj
def diff(terminal: Terminal, before: Path, after: Path, html: Path | None) -> None:
    """比较两个年度文件夹的目录：新增、移出、升降、改名、改码，各因何故。

    \b
    示例：xmdemand diff 2025 2026
          xmdemand diff 2025 2026 --html 对照.html
          xmdemand --json diff 2025 2026
    """
    from xmdemand.catalogue import diff as compare
    from xmdemand.catalogue import load_record
    from xmdemand.catalogue.changes import CHANGE_WORDS

    was, now = (load_record(_record_of(folder)) for folder in (before, after))
    changes = compare(was, now)
    for change in changes:
        step = f"（{change.before} → {change.after}）" if change.before or change.after else ""
        terminal.say(
            f"{text(CHANGE_WORDS[change.kind])} {change.code} {change.name}{step}：{change.reason}"
        )
    terminal.say(f"共 {len(changes)} 处变化")
    if html is not None:
        from xmdemand.outdir import whole_file
        from xmdemand.publish import render_difference
        from xmdemand.publish.templates import Templates

        with whole_file(html) as fresh:
            templates = Templates(after / "templates")
            fresh.write_bytes(render_difference(changes, was.catalogue, now.catalogue, templates))
        terminal.files([html])
    terminal.done(
        "diff",
        {"changes": [change.model_dump() for change in changes]}
        | ({"html": str(html)} if html else {}),
    )


def _record_of(folder: Path) -> Path:
    """The record of an edition, or of a folder that holds what one made; any other is refused."""
    from xmdemand.edition import Edition

    record = folder / "out" / "record.json"
    if not record.is_file():
        Edition.open(folder)
    return record


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.pass_obj
def status(terminal: Terminal, folder: Path) -> None:
    """收到了什么、还缺什么、谁没有答复、离发布期限还有几天。

    \b
    示例：xmdemand status 2026
    """
    from xmdemand.catalogue.lifecycle import changed_outputs, state_of
    from xmdemand.edition import Edition
    from xmdemand.reminders import days_left, kinds_received, parties_silent

    edition = Edition.open(folder)
    state, changed = state_of(folder), changed_outputs(folder)
    terminal.say(f"状态：{text(f'catalogue.state_{state}')}")
    if changed:
        terminal.say(f"此后改动过的文件：{'、'.join(changed)}")
    received = kinds_received(edition)
    for kind, rows in received.items():
        terminal.say(f"{kind}：{f'{rows:,} 行' if rows else '尚未收到'}")
    silent = parties_silent(edition)
    if silent:
        terminal.say(f"尚未答复征求意见：{'、'.join(silent)}")
    left = days_left(edition, today=dt.date.today())
    terminal.say(f"离发布期限还有 {left} 天" if left >= 0 else f"已过发布期限 {-left} 天")
    terminal.done(
        "status",
        {
            "state": state,
            "changed": changed,
            "received": received,
            "silent": silent,
            "days_left": left,
        },
    )


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--state",
    type=click.Choice(["consultation", "signed", "published"]),
    required=True,
    help="征求意见、已签发、已发布。",
)
@click.option("--approver", required=True, help="批准人。")
@click.option("--date", "day", type=DAY, metavar=A_DAY, required=True, help="批准日期。")
@click.option("--reason", default="", help="更正后再次签发的原因；不写则沿用生成时的原因。")
@click.pass_obj
def freeze(
    terminal: Terminal, folder: Path, state: State, approver: str, day: dt.datetime, reason: str
) -> None:
    """记下目录到了哪一步、谁在何日批准、当时的全部文件；签发以后只能更正，不能重新生成。

    \b
    示例：xmdemand freeze 2026 --state signed --approver 张三 --date 2026-05-20
    """
    from xmdemand import catalogue, publish
    from xmdemand.edition import Edition
    from xmdemand.errors import name_some
    from xmdemand.outdir import exclusive, replaced

    edition = Edition.open(folder)

    def restate(state: str) -> None:
        with replaced(edition.out, keep=True) as fresh:
            publish.restate(fresh, edition.profile, state)

    with exclusive(folder):
        if changed := publish.stale_inputs(folder, edition.out, edition.profile):
            fields = {"files": name_some(changed)}
            raise InputError.told(Note("catalogue.freeze_other_inputs", fields=fields))
        step = catalogue.freeze(
            folder, state, date=day.date(), approver=approver, reason=reason, restate=restate
        )
    said = text(f"catalogue.state_{step.state}")
    terminal.say(f"{said}：{step.approver}，{step.date}，文件 {len(step.outputs)} 份。")
    terminal.done("freeze", step.model_dump(mode="json"))


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.argument("target", metavar="TO", type=FOLDER)
@click.option("--draft", is_flag=True, help="尚未签发也发布：只用于内部预览。")
@click.option("--district", help="发布一个区的目录；它随市级目录一同签发，另放一个文件夹。")
@click.pass_obj
def publish(
    terminal: Terminal, folder: Path, target: Path, draft: bool, district: str | None
) -> None:
    """核对无误后，把公开文件整体放进 TO（网站读取的文件夹）；内部文件绝不外放。

    \b
    示例：xmdemand publish 2026 /srv/www/catalogue
          xmdemand publish 2026 预览 --draft
          xmdemand publish 2026 /srv/www/jimei --district 集美区
    """
    from xmdemand import publish as room
    from xmdemand.catalogue.lifecycle import FROZEN_FROM, STATES, changed_outputs, state_of
    from xmdemand.edition import Edition
    from xmdemand.errors import name_some

    edition = Edition.open(folder, district=district)
    state = state_of(folder)
    if STATES.index(state) < FROZEN_FROM and not draft:
        fields = {"state": Note(f"catalogue.state_{state}")}
        raise InputError.told(Note("catalogue.release_of_draft", str(folder), fields=fields))
    if not draft and (changed := changed_outputs(folder)):  # a revision nobody signed is a draft
        fields_now = {"files": name_some(changed)}
        raise InputError.told(Note("catalogue.release_of_unsigned", str(folder), fields=fields_now))
    if district and (stale := room.stale_inputs(folder, folder / "out", edition.profile)):
        # A district's numbers were held against the city's, which must be the ones signed.
        files_now = {"files": name_some(stale)}
        told = Note("publish.not_as_built", str(folder), len(stale), fields=files_now)
        raise OutputError.told(told)
    files = room.release(folder, edition.out, target, edition.profile, edition.settings)
    terminal.say(f"已发布 {len(files)} 份公开文件到 {target}")
    terminal.done("publish", {"state": state, "files": [str(path) for path in files]})


@click.command(cls=Command)
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option(
    "--years", type=click.IntRange(1, 10), default=2, show_default=True, help="回溯几年。"
)
@click.pass_obj
def backtest(terminal: Terminal, folder: Path, years: int) -> None:
    """把截止日退回 12、24 个月，只用当时已有的数据重新排序，与其后一年的实际供求对照。

    \b
    示例：xmdemand backtest 2026
    """
    from xmdemand.edition import Edition
    from xmdemand.replay import replay

    with terminal.progress() as watch:
        edition = Edition.open(folder, watch=watch)
        found, notes = replay(edition, years)
    fields = edition.profile.names("fields")
    for one in found:
        _tell_replay(terminal, one, fields)
    for note in notes:
        terminal.warn(note.say("zh"))
    terminal.done("backtest", {"replays": [_replay_json(one) for one in found]})


def _tell_replay(terminal: Terminal, one: Replay, fields: Mapping[str, str]) -> None:
    for note in one.notes:
        if note.severity == "warning":
            terminal.warn(note.say("zh"))
    found = one.evaluation
    # Of fewer places than the probabilities told then, which cannot be held against these.
    fewer = [note for note in found.notes if note.code == "shortage.evaluated_fewer"]
    measures = [what for what in MEASURE_NAMES if what != "brier" or not fewer]
    terminal.say(f"只用 {one.start:%Y-%m} 以前的数据排序，与此后 12 个月的实际供求对照：")
    names = {"all": {"all": "全部"}, "field": fields, "size": SIZE_NAMES}
    for key, own in found.frame.groupby(["by", "group"], sort=False):
        by, group = map(str, key)
        value = own.set_index("measure")["estimate"]
        told = "，".join(f"{MEASURE_NAMES[what]} {_number(value[what])}" for what in measures)
        who = names[by].get(group) or "未归领域"
        terminal.say(f"  {who}（{own['n'].iloc[0]} 个）：{told}")
    for note in fewer:
        terminal.say(f"  {note.say('zh')}，概率不作校准检验")
    if fewer:
        return
    slope = _number(found.slope)
    terminal.say(f"  进入前列概率的校准斜率 {slope}（1 为恰当，小于 1 为过于自信）")
    for row in found.calibration.to_dict("records"):
        terminal.detail(
            f"    平均概率 {row['promised']:.0%} 的 {row['n']:.0f} 个，"
            f"实际进入前列 {row['happened']:.0%}"
        )


def _number(value: float) -> str:
    return f"{value:.2f}" if isfinite(value) else "算不出"


def _replay_json(one: Replay) -> dict[str, object]:
    found = one.evaluation
    return {
        "start": f"{one.start:%Y-%m}",
        "months_back": one.months_back,
        # Through pandas' JSON, where an unknown number is null.
        "measures": json.loads(found.frame.to_json(orient="records")),
        "calibration": json.loads(found.calibration.to_json(orient="records")),
        "slope": found.slope if isfinite(found.slope) else None,
        "notes": [note.as_dict() for note in one.notes],
    }


COMMANDS = (consult, review, trace, diff, status, freeze, publish, backtest)
