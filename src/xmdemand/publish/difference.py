"""What changed between two editions, as a page to read or to attach to a report. Internal."""

from __future__ import annotations

from collections.abc import Sequence

from xmdemand.catalogue.content import Catalogue, Change
from xmdemand.publish import formats
from xmdemand.publish.page import policy
from xmdemand.publish.templates import Templates


def render_difference(
    changes: Sequence[Change], before: Catalogue, after: Catalogue, templates: Templates
) -> bytes:
    """The changes from one catalogue to another, one table a kind, as a page of one file.

    Parameters
    ----------
    changes
        From `catalogue.diff`.
    before, after
        The two catalogues; their titles and row counts head the page.
    templates
        Where ``diff.html.j2`` and ``page.css`` are found.
    """
    style = templates.text("page.css")
    groups = [
        (name, [change for change in changes if change.kind == kind])
        for kind, name in formats.CHANGE_KINDS.items()
    ]
    page = templates.render(
        "diff.html.j2",
        before=before,
        after=after,
        groups=[(name, rows) for name, rows in groups if rows],
        total=len(changes),
        style=style,
        policy=policy(style, ""),
    )
    return page.encode()
