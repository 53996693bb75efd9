"""A portal's service over one published catalogue: search, one occupation, what suits a group.

    pip install xmdemand fastapi uvicorn
    XMDEMAND_CATALOGUE=out/catalogue.json uvicorn app:app

The catalogue is read again when the file is replaced. Answers are the package's own frozen models,
so `/openapi.json` describes every field.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query

import xmdemand as xd
from xmdemand.catalogue import CatalogueEntry, Legend
from xmdemand.errors import InputError, NotFoundError

# FastAPI's interactive pages load scripts from elsewhere, which a city's network may forbid.
app = FastAPI(title="培训需求指导目录", docs_url=None, redoc_url=None)


@lru_cache(maxsize=1)
def _load(path: Path, _changed: int) -> xd.Catalogue:
    return xd.Catalogue.load(path)


def catalogue() -> xd.Catalogue:
    """The catalogue as it is on disk now; loading takes a few milliseconds, and is kept."""
    path = Path(os.environ.get("XMDEMAND_CATALOGUE", "catalogue.json"))
    try:
        return _load(path, path.stat().st_mtime_ns)
    except (OSError, NotFoundError, InputError):
        raise HTTPException(503, "the catalogue cannot be read") from None


Loaded = Annotated[xd.Catalogue, Depends(catalogue)]
Choice = Annotated[str | None, Query(max_length=60)]


@app.get("/about")
def about(loaded: Loaded) -> dict[str, str | int | bool]:
    """Which catalogue this is. `synthetic` is true for invented data: show it."""
    return {
        "city": loaded.city,
        "year": loaded.year,
        "title": loaded.title,
        "issued": loaded.issued.isoformat(),
        "revision": loaded.revision,
        "schema_version": loaded.schema_version,
        "synthetic": loaded.synthetic,
        "entries": len(loaded.entries),
    }


@app.get("/legend")
def legend(loaded: Loaded) -> Legend:
    """The words to filter by: districts, groups, levels, fields."""
    return loaded.legend


@app.get("/occupations")
def occupations(
    loaded: Loaded,
    text: Annotated[str, Query(max_length=60)] = "",
    district: Choice = None,
    group: Choice = None,
    level: Choice = None,
    field: Choice = None,
) -> tuple[CatalogueEntry, ...]:
    """Rows that hold every word of `text` and pass every filter, in catalogue order."""
    try:
        return loaded.search(text, district=district, group=group, level=level, field=field)
    except (NotFoundError, InputError) as error:
        raise HTTPException(422, str(error)) from None


@app.get("/occupations/{code}")
def occupation(loaded: Loaded, code: str) -> CatalogueEntry:
    """One row by its code."""
    try:
        return loaded.by_code(code)
    except NotFoundError as error:
        raise HTTPException(404, str(error)) from None


@app.get("/recommend")
def recommend(
    loaded: Loaded, group: Annotated[str, Query(max_length=60)], district: Choice = None
) -> tuple[CatalogueEntry, ...]:
    """Rows that name a key group, then those open to all; each the most urgent first."""
    try:
        return loaded.recommend(group=group, district=district)
    except (NotFoundError, InputError) as error:
        raise HTTPException(422, str(error)) from None
