"""Make again what the example remembers of last year: `python examples/last_year.py`.

The same invented city's edition of the year before is written and built like any other; what the
next edition needs of its record becomes the package's `synth/example_2025.json`.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from xmdemand import build, catalogue, synth
from xmdemand.synth import editions

ROOT = Path(__file__).resolve().parent.parent


def record_of_last_year(folder: Path) -> bytes:
    """The record of last year's edition, built in `folder`, without what nobody needs of it."""
    synth.example_of_last_year(folder)
    record = build(folder, only=("record",)).content.record
    kept = catalogue.for_next_year(record)
    slim = kept.model_dump(mode="json", exclude_defaults=True)
    slim["catalogue"]["schema_version"] = kept.catalogue.schema_version
    slim["record_version"] = kept.record_version
    return (json.dumps(slim, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = record_of_last_year(Path(folder))
    target = ROOT / "src" / "xmdemand" / "synth" / editions.LAST_YEARS_RECORD
    target.write_bytes(data)
    synth.example(ROOT / "examples" / "edition")
    print(f"{target}: {len(data):,} bytes")


if __name__ == "__main__":
    main()
