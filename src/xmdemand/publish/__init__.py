"""The content model -> xlsx, docx, pdf, html, json, csv. Nothing is computed here.

`write` is the stage; `OUTPUTS` declares what it can make.
"""

from __future__ import annotations

from xmdemand.publish.difference import render_difference
from xmdemand.publish.letters import write_reply
from xmdemand.publish.release import release
from xmdemand.publish.verify import Check, Verified, restate, stale_inputs, verify
from xmdemand.publish.write import (
    OUTPUTS,
    Output,
    Published,
    Written,
    outputs_asked_for,
    write,
)

__all__ = [
    "OUTPUTS",
    "Check",
    "Output",
    "Published",
    "Verified",
    "Written",
    "outputs_asked_for",
    "release",
    "render_difference",
    "restate",
    "stale_inputs",
    "verify",
    "write",
    "write_reply",
]
