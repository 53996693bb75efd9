"""A process of its own that reads old workbook formats, so that a bomb kills it and nothing else.

Run by path, not as a module, so that it starts without the package's imports. It reads frames
(eight bytes of length, then a file's bytes) and answers each with a pickled result.
"""

import io
import pickle
import struct
import sys
from typing import Any

MAX_CELLS = 5_000_000
MAX_COLUMNS = 1_000
FAR_ROWS = 5_000
MEMORY = 2**30


def limit_memory() -> None:
    """Hold this process to one GiB where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def read_workbook(data: bytes) -> tuple:
    """``("sheets", [(name, rows, merged) or (name, code)])`` or ``("refused", code)``."""
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
    except calamine.PasswordError:
        return ("refused", "intake.protected")
    except (calamine.CalamineError, ValueError, OSError):
        return ("refused", "intake.damaged")
    sheets: list[tuple[Any, ...]] = []
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
            sheets.append((name, trimmed(sheet), merged_areas(sheet)))
        except OverflowError as error:
            sheets.append((name, str(error)))
        except (calamine.CalamineError, ValueError, OSError):
            sheets.append((name, "intake.damaged"))
    return ("sheets", sheets)


def merged_areas(sheet: Any) -> list:
    """Merged areas; not every format tells them."""
    return list(sheet.merged_cell_ranges or ())


def trimmed(sheet: Any) -> list:
    """A sheet's rows without what lies far below; OverflowError with a code if it is too large."""
    if sheet.end is None:
        return []
    top, left = sheet.start
    rows: list[list[object]] = [[] for _ in range(top)]
    empty = cells = 0
    for row in sheet.iter_rows():
        while row and row[-1] == "":
            row.pop()
        empty = 0 if row else empty + 1
        if empty > FAR_ROWS:
            break
        if left + len(row) > MAX_COLUMNS:
            raise OverflowError("intake.too_wide")
        cells += left + len(row)
        if cells > MAX_CELLS:
            raise OverflowError("intake.too_large")
        rows.append([""] * left + row if row else [])
    return rows


def serve() -> None:
    """Answer frames until the input ends."""
    limit_memory()
    while head := sys.stdin.buffer.read(8):
        (length,) = struct.unpack("<Q", head)
        answer = pickle.dumps(read_workbook(sys.stdin.buffer.read(length)), protocol=4)
        sys.stdout.buffer.write(struct.pack("<Q", len(answer)) + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
