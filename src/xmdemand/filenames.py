"""Names of files as text, also where a file came from a system of another code page."""

from __future__ import annotations

import os


def readable(name: str) -> str:
    r"""A name as it can be printed and stored.

    An archive of a Chinese Windows, unpacked elsewhere, leaves names that are no UTF-8; Python
    carries their bytes along, but nothing can write them.

    >>> readable(os.fsdecode("劳动者.csv".encode("gb18030")))
    '劳动者.csv'
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", errors="replace")
    return name
