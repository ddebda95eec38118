"""From a template to a page: one HTML file without a script, which loads nothing and shows texts as they are."""

import re
from typing import Any

from commonhold.charts import sample
from commonhold.evaluate.findings import direction
from commonhold.evaluate.interval_text import MIN_ITEMS, chance, percent_range, points_range, slice_label
from commonhold.evaluate.plot import abstention_plot, calibration_plot, difference_plot, interval_plot
from commonhold.glossary import with_glossary
from commonhold.number_format import percent, points
from commonhold.page_templates import page_templates

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")


def render(template: str, **values: Any) -> str:
    """A page; equal values give equal bytes. Texts of people and models are escaped."""
    environment = page_templates("commonhold.evaluate")
    environment.filters |= {
        "percent": percent,
        "percent_range": percent_range,
        "points": points,
        "points_range": points_range,
        "chance": chance,
        "slice_label": slice_label,
        "direction": direction,
        "plot": interval_plot,
        "unbroken": unbroken,
    }
    environment.globals |= {
        "min_items": MIN_ITEMS,
        "sample": sample,
        "difference_plot": difference_plot,
        "calibration_plot": calibration_plot,
        "abstention_plot": abstention_plot,
    }
    return with_glossary(printable(environment.get_template(template).render(**values)))


def unbroken(sentence: str) -> str:
    """The sentence with its percent signs held to their numbers."""
    return sentence.replace(" %", "\N{NO-BREAK SPACE}%")


def printable(text: str) -> str:
    """The text without control characters."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped_markdown(text: str) -> str:
    """The text on one line, as Markdown shows it unchanged."""
    return _MARKDOWN.sub(r"\\\1", printable(text).replace("\n", " "))
