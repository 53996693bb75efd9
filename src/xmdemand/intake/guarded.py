"""Old workbook formats, read in a child process that may die without harm."""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

SECONDS = 30.0
"""How long one file may take."""


class GuardedReader:
    """Hands files to one child process after the other; use as a context manager.

    The child has one GiB of memory where the system can hold it to that, and `SECONDS` a file. A
    file that kills or stalls it is refused, and the next file gets a new child.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def read(self, data: bytes) -> tuple[str, Any]:
        """``("sheets", [...])`` or ``("refused", code)``; see `_child.read_workbook`."""
        child = self._running()
        timer = threading.Timer(SECONDS, child.kill)
        timer.start()
        try:
            return self._ask(child, data)
        except (OSError, EOFError):
            self._stop()
            return "refused", "intake.killed"
        finally:
            timer.cancel()

    def _ask(self, child: subprocess.Popen[bytes], data: bytes) -> tuple[str, Any]:
        if child.stdin is None or child.stdout is None:
            raise EOFError
        child.stdin.write(struct.pack("<Q", len(data)) + data)
        child.stdin.flush()
        head = child.stdout.read(8)
        if len(head) < 8:
            raise EOFError
        (length,) = struct.unpack("<Q", head)
        answer = child.stdout.read(length)
        if len(answer) < length:
            raise EOFError
        verdict, result = pickle.loads(answer)
        return verdict, result

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            script = Path(__file__).with_name("_child.py")
            self._child = subprocess.Popen(
                [sys.executable, "-P", str(script)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._child

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        child.wait()
