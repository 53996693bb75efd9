"""Tables that systems write as web pages and name ``.xls``: the rows of an HTML text."""

from __future__ import annotations

from html.parser import HTMLParser

from xmdemand.intake.text import tidy

MAX_SPAN = 1_000
"""Cells one cell may stand for; pages that claim more are not believed."""


class _Tables(HTMLParser):
    """Collects the rows of all tables, cells that span others repeated to the right and below."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[object]] = []
        self.merged: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self._held: dict[tuple[int, int], bool] = {}
        self._text: list[str] | None = None
        self._span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._close()
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self._close()
            told = dict(attrs)
            self._span = (_span(told.get("rowspan")), _span(told.get("colspan")))
            self._text = []
        elif tag == "br" and self._text is not None:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _close(self) -> None:
        if self._text is None:
            return
        row, at = len(self.rows) - 1, len(self.rows[-1])
        while self._held.pop((row, at), False):
            self.rows[-1].append("")
            at += 1
        down, across = self._span
        self.rows[-1].append(tidy("".join(self._text)))
        self.rows[-1].extend([""] * (across - 1))
        for below in range(1, down):
            for right in range(across):
                self._held[row + below, at + right] = True
        if down > 1 or across > 1:
            self.merged.append(((row, at), (row + down - 1, at + across - 1)))
        self._text = None


def _span(told: str | None) -> int:
    return min(int(told), MAX_SPAN) if told and told.isdigit() and int(told) > 0 else 1


def read_markup(
    text: str,
) -> tuple[list[list[object]], list[tuple[tuple[int, int], tuple[int, int]]]] | None:
    """The rows of the tables in a web page and its merged areas; None if it has no table.

    Examples
    --------
    >>> read_markup("<table><tr><td rowspan=2>a<td>b<tr><td>c</table>")
    ([['a', 'b'], ['', 'c']], [((0, 0), (1, 0))])
    """
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return (parser.rows, parser.merged) if any(parser.rows) else None
