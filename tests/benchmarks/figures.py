"""Figures with their goals, and the table of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured value. ``goal`` and ``stretch`` are upper bounds, lower ones where ``more_is_better``."""

    key: str
    title: str
    value: float
    unit: str
    goal: float | None = None
    stretch: float | None = None
    baseline: str = ""
    more_is_better: bool = False

    def __str__(self) -> str:
        return f"{self.title}: {self.words} {self.verdict}".rstrip()

    @property
    def words(self) -> str:
        """The value with its unit."""
        return f"{_short(self.value)} {self.unit}".strip()

    @property
    def verdict(self) -> str:
        """``goal``, ``stretch``, ``missed``, or empty where there is nothing to reach."""
        if self._reaches(self.stretch):
            return "stretch"
        if self._reaches(self.goal):
            return "goal"
        return "" if self.goal is None else "missed"

    def _reaches(self, bound: float | None) -> bool:
        if bound is None:
            return False
        return self.value >= bound if self.more_is_better else self.value <= bound


def table(figures: Sequence[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | measured | goal | stretch | baseline | |", "|---|---:|---:|---:|---|---|"]
    for figure in figures:
        sign = "≥" if figure.more_is_better else "≤"
        goal, stretch = ("" if bound is None else f"{sign} {_short(bound)}" for bound in (figure.goal, figure.stretch))
        lines.append(f"| {figure.title} | {figure.words} | {goal} | {stretch} | {figure.baseline} | {figure.verdict} |")
    return "\n".join(lines)


def write_json(figures: Sequence[Figure], path: Path, **about: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**asdict(figure), "verdict": figure.verdict} for figure in figures]
    path.write_text(json.dumps({**about, "figures": rows}, indent=1, ensure_ascii=False) + "\n")


def _short(value: float) -> str:
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
