"""Run every notebook from its source and write the .ipynb beside it: `python notebooks/execute.py`.

The .py files are what people edit and review; the .ipynb files are made here and never by hand.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent


def execute(source: Path) -> Path:
    """Run one source in a kernel and write its pair, without what differs between machines."""
    notebook = jupytext.read(source)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False).execute()
    notebook.metadata.pop("language_info", None)
    pair = source.with_suffix(".ipynb")
    nbformat.write(notebook, pair)
    return pair


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as fresh:  # an example left by an older version is no input
        os.environ["TMPDIR"] = fresh
        for source in sorted(HERE.glob("[0-9]*.py")):
            if not names or source.stem in names:
                print(execute(source))


if __name__ == "__main__":
    main(sys.argv[1:])
