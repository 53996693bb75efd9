"""How well job titles are coded: five-fold cross-validation on labelled advertisements.

    python benchmarks/titles.py [PATH/title_codes_dev.csv] [--seed=N] [--no-peer] [--occupations]
                                [--first]

`--seed` assigns the folds (0 if not given); `--first` makes folds that have no title's first
character in common; `--occupations` leaves out titles whose label is only a group. Each fold's
training titles are what people would have confirmed. Beside our coder stand what a first year
has (no confirmed titles), exact names and aliases alone, and a linear SVM on character n-grams
(scikit-learn). The labels are noisy: perhaps one in five is debatable.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from xmdemand.occupations import Classification, TitleCoder
from xmdemand.occupations.layers import packaged

FOLDS = 5


def find_data() -> Path:
    """The labelled titles: an argument, or the shared data folder beside the checkout."""
    given = [each for each in sys.argv[1:] if not each.startswith("-")]
    if given:
        return Path(given[0])
    root = Path(os.environ.get("XMDEMAND_SHARED", Path(__file__).parents[2] / "shared"))
    return root / "data" / "cn_job_titles" / "title_codes_dev.csv"


def folds_at_random(n: int, seed: int) -> np.ndarray:
    """The fold of each of `n` titles."""
    return np.random.default_rng(seed).permutation(n) % FOLDS


def folds_by_first(titles: pd.Series, seed: int) -> np.ndarray:
    """Folds of nearly equal size; a first character is in one of them alone."""
    count = titles.str[0].value_counts()
    shuffled = np.random.default_rng(seed).permutation(sorted(count.index))
    size, fold = np.zeros(FOLDS), {}
    for character in sorted(shuffled, key=lambda each: -count[each]):
        fold[character] = int(size.argmin())
        size[fold[character]] += count[character]
    return titles.str[0].map(fold).to_numpy()


def measures(ranked: list[list[str]], score: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Shares right: at the occupation, within five, at the minor group, and coded at 90%."""
    first = np.array([codes[0] if codes else "" for codes in ranked])
    right = first == truth
    order = np.argsort(-score, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(share >= 0.9)
    return {
        "occupation": right.mean(),
        "within five": np.mean([t in codes[:5] for t, codes in zip(truth, ranked, strict=True)]),
        "minor group": np.mean([a[:7] == b[:7] for a, b in zip(first, truth, strict=True)]),
        "at 90%": (kept[-1] + 1) / len(order) if len(kept) else 0.0,
    }


def judge(coder: TitleCoder, titles: pd.Series, truth: np.ndarray) -> dict[str, float]:
    """The measures of a coder, and what its statuses and scores promise."""
    frame = coder.code(titles)
    ranked = [[each["code"] for each in row] for row in frame["alternatives"]]
    coded = (frame["status"] == "coded").to_numpy()
    right = (frame["code"] == truth).to_numpy()
    return {
        **measures(ranked, frame["score"].to_numpy(), truth),
        "coded": coded.mean(),
        "precision": right[coded].mean() if coded.any() else np.nan,
        "mean score": frame["score"].mean(),
    }


def exact_only(coder: TitleCoder, titles: pd.Series, truth: np.ndarray) -> dict[str, float]:
    """Names, work types and aliases alone."""
    frame = coder.code(titles)
    met = ~frame["method"].isin(["model", "none"])
    ranked = [[code] if hit else [] for code, hit in zip(frame["code"], met, strict=True)]
    return measures(ranked, np.where(met, frame["score"], 0), truth)


def svm(train: pd.DataFrame, titles: pd.Series, truth: np.ndarray) -> dict[str, float]:
    """The peer: TF-IDF of character 1-3-grams and a linear SVM."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    units = Classification.load().frame.query("level == 'unit'")
    texts = [*units["name"], *train["title"]]
    codes = [*units["code"], *train["code"]]
    vectoriser = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
    model = LinearSVC().fit(vectoriser.fit_transform(texts), codes)
    scores = model.decision_function(vectoriser.transform(titles))
    order = np.argsort(-scores, axis=1)[:, :5]
    return measures(model.classes_[order].tolist(), scores.max(axis=1), truth)


def main() -> None:
    """Print the table of shares, then start time, speed and size."""
    data = pd.read_csv(find_data(), dtype=str, keep_default_na=False)
    if "--occupations" in sys.argv:
        data = data[data["code"].str.count("-") == 3].reset_index(drop=True)
    seeds = [each[7:] for each in sys.argv if each.startswith("--seed=")]
    seed = int(seeds[0]) if seeds else 0
    first = "--first" in sys.argv
    fold = folds_by_first(data["title"], seed) if first else folds_at_random(len(data), seed)
    cold = TitleCoder()
    found: dict[str, list[dict[str, float]]] = {}
    with_peer = "--no-peer" not in sys.argv
    for k in range(FOLDS):
        train, test = data[fold != k], data[fold == k]
        titles, truth = test["title"], test["code"].to_numpy()
        found.setdefault("confirmed", []).append(judge(TitleCoder(train), titles, truth))
        found.setdefault("first year", []).append(judge(cold, titles, truth))
        found.setdefault("exact + alias", []).append(exact_only(cold, titles, truth))
        if with_peer:
            found.setdefault("n-gram SVM", []).append(svm(train, titles, truth))
    table = pd.DataFrame({name: pd.DataFrame(rows).mean() for name, rows in found.items()}).T
    print(table.round(3).to_string())
    cost(data)


def cost(data: pd.DataFrame) -> None:
    """Print start time, speed and size; seconds of processor beside those of the clock."""
    clock, processor = time.perf_counter(), time.process_time()
    coder = TitleCoder(data)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"start {clock:.2f} s ({processor:.2f} s of processor)")
    ends = [title + tail for title in data["title"] for tail in ("", *"甲乙丙丁戊己")][:20_000]
    speed(coder, "a title with seven ends", ends)
    speed(coder, "advertisements, aliases, names", register(data["title"]))
    print(f"size {len(pickle.dumps(coder)) / 1e6:.1f} MB")


def register(titles: pd.Series) -> list[str]:
    """Distinct titles as a city's folder holds them: advertisements, everyday words for work,
    official names and work types, in no order."""
    book = Classification.load()
    everyday = packaged("aliases.csv")["title"]
    names = [*book.frame["name"], *book.work_type_table["work_type"]]
    distinct = list(dict.fromkeys([*titles, *everyday, *names]))
    np.random.default_rng(0).shuffle(distinct)
    return distinct


def speed(coder: TitleCoder, name: str, titles: list[str], rounds: int = 5) -> None:
    """Print how many titles are coded a second: the median of some rounds and the best."""
    rates = []
    for _ in range(rounds):
        clock, processor = time.perf_counter(), time.process_time()
        coder.code(titles)
        took = time.perf_counter() - clock, time.process_time() - processor
        rates.append([len(titles) / each for each in took])
    middle, best = np.median(rates, axis=0), np.max(rates, axis=0)
    print(
        f"{len(titles):,} distinct titles ({name}): {middle[0]:,.0f} a second, best {best[0]:,.0f}"
        f" ({middle[1]:,.0f} and {best[1]:,.0f} a second of processor);"
        f" load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
