"""Patterns: what is found, what is refused and why, and that none can hang."""

import pytest

from commonhold.evaluate.item import Item
from commonhold.evaluate.scorers.pattern import Pattern, unusable


def score(output: str, *regex: str) -> float:
    return Pattern().score(Item(id="1", prompt="p", regex=regex), output)


def test_every_pattern_must_be_found_and_none_after_not() -> None:
    patterns = (r"(?i)\bext\.? ?204\b", "not:(?i)water")
    assert score("Streets, Ext 204", *patterns) == 1.0
    assert score("Streets, ext. 2041", *patterns) == 0.0
    assert score("Streets, ext. 204, or Water", *patterns) == 0.0
    assert score("", *patterns) == 0.0


def test_capitals_count_unless_said_otherwise() -> None:
    assert score("streets", "Streets") == 0.0
    assert score("streets", "(?i)Streets") == 1.0


def test_letters_of_all_scripts_are_letters() -> None:
    assert score("पानी", r"^\pL") == 1.0


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a(?=b)", "RE2 cannot look ahead (?=…)"),
        ("a(?!b)", "RE2 cannot look ahead (?!…)"),
        ("(?<=a)b", "RE2 cannot look behind (?<=…)"),
        ("(?<!a)b", "RE2 cannot look behind (?<!…)"),
        ("(?>a)", "RE2 has no atomic groups (?>…)"),
        (r"(a)\1", "RE2 has no back-references such as \\1"),
        ("(?P<n>a)(?P=n)", "RE2 has no back-references such as \\1"),
        ("(", "missing ): ("),
        ("not:(", "missing ): ("),
        ("not:", "a pattern is empty"),
    ],
)
def test_what_cannot_be_a_pattern_is_refused_with_a_reason(pattern: str, reason: str) -> None:
    assert unusable(pattern).endswith(reason)


@pytest.mark.parametrize("pattern", [r"\d{3}", "(?i)ext", "not:a|b", "(?P<n>a)", r"\(\?=\)"])
def test_usable_patterns_are_taken(pattern: str) -> None:
    assert unusable(pattern) == ""


def test_a_pattern_that_makes_others_hang_comes_to_an_end() -> None:
    # Trying one split of the letters after the other, as backtracking does, would take longer than the sun has.
    assert score("a" * 5000 + "!", "^(a+)+$") == 0.0


def test_an_example_that_does_not_fit_is_a_mistake() -> None:
    item = Item(id="1", prompt="p", regex=(r"\d",), answer="four")
    (complaint,) = Pattern().complaints(item)
    assert complaint.column == "answer"
