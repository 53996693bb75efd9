"""How long each document of an edition takes: `python benchmarks/publish.py EDITION`.

EDITION is a built edition's folder; its `out/record.json` is rendered again into a temporary
folder. Prints seconds and bytes a file, and their sum; the aim is below five seconds.
"""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from xmdemand.catalogue import Content, Record
from xmdemand.profile import Profile
from xmdemand.publish import write
from xmdemand.settings import Settings


def main() -> None:
    """Render and tell."""
    edition = Path(sys.argv[1])
    record = Record.model_validate_json((edition / "out" / "record.json").read_bytes())
    settings = Settings.load(edition / "edition.toml")
    profile = Profile.find(settings.profile, beside=edition)
    marks: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        made = write(
            Content(record=record),
            Path(folder),
            profile,
            settings,
            inputs=edition,
            progress=lambda file, done, total: marks.append((file, time.perf_counter())),
        )
    sizes = {item.file: item.bytes for item in made.files}
    for (file, start), (_, stop) in pairwise(marks):
        print(f"{file:24} {stop - start:6.2f} s {sizes.get(file, 0):>10,} bytes")
    print(f"{'all':24} {marks[-1][1] - marks[0][1]:6.2f} s, {len(record.catalogue.entries)} rows")


if __name__ == "__main__":
    main()
