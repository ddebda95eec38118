"""What is wrong in a form, in a volunteer's words in place of a library's: for broken YAML, and for values."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

QUOTE = "Put the value in quotation marks"


class FormFault(NamedTuple):
    """What is wrong, and what to do about it."""

    message: str
    remedy: str = ""


# By what PyYAML says, in this order; `{0}` is the character that it names.
_YAML: tuple[tuple[str, FormFault], ...] = (
    (
        r"found character '\\t'",
        FormFault(
            "a tab stands where YAML allows only spaces", "Indent with spaces; in a value, put it in quotation marks"
        ),
    ),
    (r"found character '(.+?)' that cannot start", FormFault("a value cannot begin with {0}", QUOTE)),
    (
        r"mapping values are not allowed",
        FormFault(
            "a second colon is in the line, or the line is indented differently from its neighbours",
            "Put a value with a colon in quotation marks, and give all the keys of a section the same indentation",
        ),
    ),
    (
        r"could not find expected ':'",
        FormFault("a colon is missing here or in the line above", "Write every line as 'key: value', or as '- item'"),
    ),
    (
        r"(?:sequence entries|mapping keys) are not allowed",
        FormFault(
            "a list item stands in the same line as its key", "Begin the list on a line of its own, or write [a, b]"
        ),
    ),
    (
        r"found unexpected end of stream|found unexpected document separator",
        FormFault("a quotation mark opens here and is never closed", "Close it; a mark inside a text is written twice"),
    ),
    (
        r"found unknown escape character '(.+?)'|expected escape sequence()",
        FormFault(
            "a backslash in double quotation marks begins no known sign",
            "Use single quotation marks, or write the backslash twice",
        ),
    ),
    (
        r"expected ',' or '\]'",
        FormFault("a list in [ ] lacks a comma or its closing bracket", "Write it as [one, two]"),
    ),
    (
        r"expected ',' or '\}'",
        FormFault("a section in { } lacks a comma or its closing bracket", "Write it as {key: value, other: value}"),
    ),
    (
        r"expected <block end>",
        FormFault(
            "the line does not fit those above it: its indentation differs, or something follows a quotation mark",
            "Give all the keys of a section the same indentation, and put a whole value in quotation marks",
        ),
    ),
    (
        r"found another document|expected '<document start>'|YAML directive|incompatible YAML|scanning a directive",
        FormFault(
            "a second document begins, or text follows the end", "Keep one form a file, without '---' and '%' lines"
        ),
    ),
    (
        r"scanning a block scalar",
        FormFault(
            "text follows '|' or '>' in the same line", "Begin the text on the next line, or quote the whole value"
        ),
    ),
    (
        r"scanning an (?:alias|anchor)|undefined alias|duplicate anchor",
        FormFault("a value cannot begin with '*' or '&'", QUOTE),
    ),
    (
        r"tag|URI|expected '!'",
        FormFault(
            "a value cannot begin with '!', and tags are not allowed", f"Remove the tag. For a text with '!': {QUOTE}"
        ),
    ),
    (
        r"expected the node content",
        FormFault("a comma or bracket stands where a value should be", "Write the value, or remove the mark"),
    ),
)
_OTHERWISE = FormFault(
    "this line is not as YAML is written", "Write it as 'key: value'; put other texts in quotation marks"
)


def yaml_fault(problem: str, context: str = "") -> FormFault:
    """What a parser of YAML found, by its own words."""
    said = f"{context}: {problem}"
    for pattern, fault in _YAML:
        if match := re.search(pattern, said):
            found = next((group for group in match.groups() if group), "")
            return FormFault(fault.message.replace("{0}", repr(found)), fault.remedy)
    return _OTHERWISE


# By pydantic's name of an error; `{…}` is of its context.
_VALUES: Mapping[str, str] = {
    "bool_type": "this should be true or false",
    "dict_type": "this should be a section: its keys on the lines below, indented",
    "float_type": "this should be a number",
    "int_type": "this should be a whole number",
    "int_from_float": "this should be a whole number",
    "finite_number": "this should be a number that is not infinite",
    "model_type": "this should be a section: its keys on the lines below, indented",
    "model_attributes_type": "this should be a section: its keys on the lines below, indented",
    "string_type": "this should be text",
    "none_required": "this should be left out, or null",
    **dict.fromkeys(
        ("tuple_type", "list_type", "set_type", "frozen_set_type"), "this should be a list, such as [one, two]"
    ),
    **dict.fromkeys(("literal_error", "enum"), "this should be {expected}"),
    "greater_than_equal": "this should be at least {ge}",
    "greater_than": "this should be more than {gt}",
    "less_than_equal": "this should be at most {le}",
    "less_than": "this should be less than {lt}",
    "multiple_of": "this should be a multiple of {multiple_of}",
}
_WITHOUT_COMMAND: Mapping[str, str] = {
    "bool_type": "Write true or false, without quotation marks",
    "dict_type": "Write its keys on the lines below, each as 'key: value', indented by two spaces",
    "float_type": "Write a number such as 0.5, without quotation marks",
    "int_type": "Write a whole number such as 3, without quotation marks",
    "model_type": "Write its keys on the lines below, each as 'key: value', indented by two spaces",
    "tuple_type": "Write it in brackets",
    "literal_error": "Write one of these",
    "too_short": "Add an item",
    "too_long": "Remove some of the items",
    "string_too_long": "Shorten it",
    "string_too_short": "Write it here",
    "missing": "Add it, with its value",
    "extra_forbidden": "Correct its spelling, or remove it",
}
"""What to do, where no command explains the key."""
_NUMBER_IN_TEXT = "Put it in quotation marks: {0}"


def value_fault(kind: str, context: Mapping[str, object], given: object, message: str) -> FormFault:
    """What is wrong with a value; `message` is what pydantic says, which counts where it is ours."""
    if kind in ("value_error", "assertion_error"):
        return FormFault(_ours(message), "Correct it in this line")
    remedy = _WITHOUT_COMMAND.get(kind, "Correct the value")
    if kind == "string_type" and isinstance(given, int | float):
        remedy = _NUMBER_IN_TEXT.format(json.dumps(json.dumps(given)))
    if kind in ("too_short", "too_long"):
        return FormFault(_length(kind, context, "item"), remedy)
    if kind in ("string_too_short", "string_too_long"):
        return FormFault(_length(kind.removeprefix("string_"), context, "character"), remedy)
    words = _VALUES.get(kind, "this value does not fit here")
    return FormFault(words.format(**{name: _written(value) for name, value in context.items()}), remedy)


def _length(kind: str, context: Mapping[str, object], what: str) -> str:
    number = context.get("min_length" if kind == "too_short" else "max_length", 1)
    if kind == "too_short" and number == 1:
        return "list at least one" if what == "item" else "this is empty"
    most = "at least" if kind == "too_short" else "at most"
    return f"this should have {most} {number} {what}{'' if number == 1 else 's'}"


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _ours(message: str) -> str:
    own = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return own[:1].lower() + own[1:]
