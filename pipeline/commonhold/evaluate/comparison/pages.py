"""A comparison as one HTML file, and as plain data."""

import json
from dataclasses import asdict

from commonhold.evaluate.comparison.sentences import difference, sentences
from commonhold.evaluate.comparison.version import Comparison
from commonhold.evaluate.html_page import render
from commonhold.strict_json import JsonObject, JsonValue

MAX_SHOWN = 200
MOST_IDS = 50
"""Ids of examples that the page shows of each kind; the JSON has all of them."""


def comparison_html(comparison: Comparison) -> str:
    """The page; equal comparisons give equal bytes."""
    return render(
        "compare.html.jinja",
        comparison=comparison,
        headline=sentences(comparison),
        difference=difference,
        written=written,
        most_shown=MAX_SHOWN,
        most_ids=MOST_IDS,
    )


def comparison_data(comparison: Comparison) -> JsonObject:
    """The whole comparison for programs."""
    return asdict(comparison)


def written(value: JsonValue) -> str:
    """A value of the recipe as a person would write it; a dash for none."""
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
