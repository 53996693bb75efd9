"""`method.html`: how the catalogue was made and how sure it is, for anyone who doubts."""

from __future__ import annotations

from xmdemand.catalogue.content import Catalogue
from xmdemand.publish.figures import draw, table_of
from xmdemand.publish.page import policy
from xmdemand.publish.press import Press


def render(catalogue: Catalogue, press: Press) -> bytes:
    """The page as bytes."""
    style = press.templates.text("page.css")
    figures = {
        section.key: [
            (
                figure,
                draw(figure, press.templates, ident=f"{section.key}-{at}"),
                table_of(figure),
            )
            for at, figure in enumerate(section.figures)
        ]
        for section in catalogue.method
    }
    page = press.templates.render(
        "method.html.j2",
        catalogue=catalogue,
        figures=figures,
        home=press.files.get("html", ""),
        style=style,
        policy=policy(style, ""),
    )
    return page.encode()
