"""The command line's own words, in Chinese: help pages, wrong usage, and how a command ends.

Exit codes: 0 done, 1 unexpected, 2 usage, 3 input refused, 4 an output could not be made,
130 stopped by Ctrl-C.
"""

from __future__ import annotations

import errno
import io
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from xmdemand.errors import OutputError, XmdemandError
from xmdemand.notes import Note, why_not

UNEXPECTED, REFUSED, NO_OUTPUT, STOPPED = 1, 3, 4, 130
HEADINGS = {"Options": "选项", "Commands": "命令", "Usage": "用法"}
PHRASES = {
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]",
    "required]": "必填]",
    "default: ": "默认：",
    "Show this message and exit.": "显示这段说明。",
    "Show the version and exit.": "显示版本。",
}
WANTED = {
    "choice": "不在可选的词里",
    "datetime": "应是 2026-05-20 这样的日期",
    "integer": "应是整数",
    "directory": "应是一个文件夹",
    "file": "应是一个文件，而不是文件夹",
}


class _Help(click.HelpFormatter):
    """Click's help pages with Chinese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _chinese(args), prefix="用法：")

    def write_heading(self, heading: str) -> None:
        super().write_heading(HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().write_dl([(name, _chinese(said)) for name, said in rows], *args, **kwargs)


def _chinese(words: str) -> str:
    for english, chinese in PHRASES.items():
        words = words.replace(english, chinese)
    return words


class _Context(click.Context):
    formatter_class = _Help


class Command(click.Command):
    """A command whose help is Chinese."""

    context_class = _Context


class Commands(click.Group):
    """Turns every error into one Chinese message and an exit code."""

    context_class = _Context
    command_class = Command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        _never_fail_to_print()
        return super().main(*args, **kwargs)

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **more: Any,
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **more)
        except click.UsageError as error:
            if not error.message or type(error).__name__ == "NoArgsIsHelpError":
                raise
            click.echo(f"错误：{wrong_usage(error)}", err=True)
            raise click.exceptions.Exit(error.exit_code) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(ctx, args[0]) is None:
            raise click.UsageError(f"没有 {args[0]} 这个命令", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            _end(ctx, wrong_usage(error), error.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except XmdemandError as error:
            _trace(ctx)
            refused = NO_OUTPUT if isinstance(error, OutputError) else REFUSED
            _end(ctx, error.told_as.say("zh"), refused)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise
            _trace(ctx)
            _end(ctx, _refused_by_system(error).say("zh"), NO_OUTPUT)
        except KeyboardInterrupt:
            click.echo("\n已中止；原有文件没有改动。", err=True)
            ctx.exit(STOPPED)
        except Exception as error:
            _trace(ctx)
            _end(ctx, _crashed(error).say("zh"), UNEXPECTED)


def _end(ctx: click.Context, message: str, code: int) -> None:
    from xmdemand.terminal import Terminal

    terminal = ctx.find_object(Terminal)
    if terminal is not None:
        terminal.fail(message, code)
    click.echo(f"错误：{message}", err=True)
    ctx.exit(code)


def _trace(ctx: click.Context) -> None:
    """What a maintainer needs; it may quote inputs, so it is printed only when asked for."""
    if ctx.find_root().params.get("debug"):
        traceback.print_exc()


def _refused_by_system(error: OSError) -> Note:
    return Note("core.refused", str(error.filename or ""), fields={"why": why_not(error)})


def _crashed(error: Exception) -> Note:
    """Names the place in the package, never the data an exception's text may quote."""
    package = Path(__file__).resolve().parent
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(package)]
    last = own[-1] if own else frames[-1]
    at = f"{Path(last.filename).name} {last.lineno}"
    return Note("core.crashed", fields={"kind": type(error).__name__, "at": at})


def wrong_usage(error: click.UsageError) -> str:
    """What is wrong with a command line, in Chinese, and where its help is."""
    inner = error.ctx
    param = getattr(error, "param", None)
    names = param.get_error_hint(inner).replace("'", "") if param and inner else ""
    choices = (
        "、".join(param.type.choices)
        if isinstance(param, click.Parameter) and isinstance(param.type, click.Choice)
        else ""
    )
    if isinstance(error, click.MissingParameter):
        said = f"缺少 {names}"
    elif isinstance(error, click.NoSuchOption):
        said = f"没有 {error.option_name} 这个选项{_misplaced(error)}"
    elif isinstance(error, click.BadParameter):
        said = f"{names} 的写法不对：{_wanted(param.type if param else None)}"
    elif isinstance(error, click.BadOptionUsage):
        said = f"{error.option_name} 的写法不对：多了或少了一个值"
    elif isinstance(error, click.exceptions.BadArgumentUsage) or _in_english(error.message):
        said = f"多了或少了参数：{' '.join(_extra(error))}".rstrip("：")
    else:
        said = error.format_message()
    said += f"；可用的有：{choices}" if choices else ""
    return f"{said}。用法见 {inner.command_path} --help" if inner else said


def _wanted(kind: click.ParamType | None) -> str:
    """What a parameter takes; of a range its ends."""
    if isinstance(kind, click.IntRange):
        ends = (kind.min, kind.max)
        return (
            "应是{}到{}之间的整数".format(*ends)
            if None not in ends
            else f"应是不小于{ends[0]}的整数"
        )
    return WANTED.get(kind.name if kind else "", "不能用这个值")


def _misplaced(error: click.NoSuchOption) -> str:
    """An option of all commands that stands behind the command instead of before it."""
    root = error.ctx.find_root() if error.ctx else None
    if root is None or root is error.ctx:
        return ""
    known = {name for param in root.command.params for name in param.opts}
    before = f"{root.info_name} {error.option_name} {error.ctx.info_name}" if error.ctx else ""
    return f"，它要写在命令的前面：{before}" if error.option_name in known else ""


def _in_english(message: str) -> bool:
    return message.isascii()


def _extra(error: click.UsageError) -> list[str]:
    """The words of a command line that nothing asks for, as click names them in brackets."""
    _, _, named = error.message.partition("(")
    return named.rstrip(")").split() if named else []


def _never_fail_to_print() -> None:
    """Where the console's code page lacks a character, print a question mark and go on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
