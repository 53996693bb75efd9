"""Which occupations should a city train people for?

Names are loaded when first used, so `import xmdemand` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xmdemand.catalogue.content import Catalogue
    from xmdemand.draws import Draws
    from xmdemand.edition import Edition, build
    from xmdemand.errors import XmdemandError
    from xmdemand.market import backtest, explain_series, forecast, reconcile
    from xmdemand.notes import Note
    from xmdemand.occupations import Classification, TitleCoder
    from xmdemand.profile import Profile
    from xmdemand.shortage.evaluate import evaluate
    from xmdemand.shortage.rank_sets import rank_sets
    from xmdemand.survey import Design, fay_herriot

__version__ = "0.1.0"

_HOME = {
    "Catalogue": "catalogue.content",
    "Classification": "occupations",
    "Design": "survey",
    "Draws": "draws",
    "Edition": "edition",
    "Note": "notes",
    "Profile": "profile",
    "TitleCoder": "occupations",
    "XmdemandError": "errors",
    "backtest": "market",
    "build": "edition",
    "evaluate": "shortage",
    "explain_series": "market",
    "fay_herriot": "survey",
    "forecast": "market",
    "rank_sets": "shortage",
    "reconcile": "market",
}

__all__ = [
    "Catalogue",
    "Classification",
    "Design",
    "Draws",
    "Edition",
    "Note",
    "Profile",
    "TitleCoder",
    "XmdemandError",
    "__version__",
    "backtest",
    "build",
    "evaluate",
    "explain_series",
    "fay_herriot",
    "forecast",
    "rank_sets",
    "reconcile",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(f"xmdemand.{_HOME[name]}"), name)
    raise AttributeError(f"module 'xmdemand' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
