"""An edition's own choices, as `edition.toml` states them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Dates(_Frozen):
    """Reference period and days of an edition. They are inputs: nothing reads the clock."""

    reference_start: dt.date
    reference_end: dt.date
    cut_off: dt.date
    issued: dt.date

    @property
    def forecast_start(self) -> dt.date:
        """First month of the twelve forecast: the one after the cut-off."""
        month = self.cut_off.replace(day=1) + dt.timedelta(days=32)
        return month.replace(day=1)


class Method(_Frozen):
    """Choices of method."""

    index: Literal["composite", "ba", "cettic", "ratio"] = "composite"
    weights: Mapping[str, float] = {}
    """Weight by indicator, where it differs from the declared one."""
    draws: int = Field(default=1000, ge=100)
    top: int = Field(default=50, ge=1)
    singleton: Literal["fail", "certainty", "adjust", "average", "merge"] = "adjust"


class Output(_Frozen):
    """What is made and how it is laid out."""

    orientation: Literal["landscape", "portrait"] = "landscape"
    only: tuple[str, ...] = ()


class Fonts(_Frozen):
    """Where the officially licensed fonts are, if the bureau has them."""

    dir: str | None = None


class Settings(_Frozen):
    """The content of `edition.toml`."""

    schema_version: Literal[1] = 1
    year: int = Field(ge=2000, le=2100)
    profile: str = "xiamen"
    """A packaged profile's key, or the path of a profile file beside `edition.toml`."""
    title: str = "training-need"
    """Key of one of the profile's preset titles."""
    number: str = ""
    """The document number; empty leaves the blank to fill in."""
    classification_as_of: int | None = None
    seed: int = Field(default=1, ge=0)
    synthetic: bool = False
    """Whether the inputs are made-up examples; every output then says so."""
    dates: Dates
    method: Method = Method()
    output: Output = Output()
    fonts: Fonts = Fonts()
