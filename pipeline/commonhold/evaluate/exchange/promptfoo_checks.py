"""promptfoo's grammar of one check, such as `not-icontains-any: a, b`, and what it becomes."""

import re

from commonhold.evaluate.exchange import patterns
from commonhold.evaluate.exchange.carried import ReplyChecks
from commonhold.evaluate.scorers.json_reply import schema_fault
from commonhold.evaluate.scorers.pattern import unusable

_CHECK = re.compile(r"(not-)?([a-z]+(?:-[a-z0-9]+)*)(?:\(([^()]*)\))?(?::\s*(.*))?", re.DOTALL)
_JUDGE = "it asks another model"
_PROGRAM = "it runs a program"
_NO_TEXT = "it does not judge the words of the reply"
_CANNOT = {
    **dict.fromkeys(
        (
            "answer-relevance", "classifier", "context-faithfulness", "context-recall", "context-relevance",
            "factuality", "g-eval", "model-graded-closedqa", "model-graded-factuality", "moderation", "pi",
            "search-rubric", "select-best", "similar",
        ),
        _JUDGE,
    ),
    **dict.fromkeys(("javascript", "fn", "eval", "python", "ruby", "webhook", "file"), _PROGRAM),
    **dict.fromkeys(
        ("cost", "latency", "perplexity", "perplexity-score", "finish-reason", "guardrails", "tool-call-f1"), _NO_TEXT
    ),
    "levenshtein": "a distance in letters has no scorer; chrf/1 comes closest",
    "rouge-n": "take a task of its own with scorer rouge_l/1",
    "bleu": "take a task of its own with scorer bleu/1",
    "gleu": "take a task of its own with scorer bleu/1",
    "meteor": "take a task of its own with scorer chrf/1",
    "f-score": "take a task of its own with scorer token_f1/1",
    "contains-json": "take a task of its own with scorer contains_json/1",
    "word-count": "numbers of words have no scorer",
}  # fmt: skip
"""Kinds of checks that no column of a task is for, and why."""
_KNOWN = frozenset(
    {
        "equals", "contains", "icontains", "contains-all", "icontains-all", "contains-any", "icontains-any",
        "starts-with", "regex", "is-json", "is-refusal", "llm-rubric", "grade",
    }
)  # fmt: skip


def add_check(checks: ReplyChecks, cell: str) -> str:
    """Adds what a cell asks for; gives the reason if it cannot be carried over, or only for people to judge.

    A cell that is no check of a known kind means that the reply equals it, as in promptfoo.
    """
    parsed = _CHECK.fullmatch(cell.strip())
    kind = parsed[2] if parsed else ""
    if parsed is None or kind not in _KNOWN | _CANNOT.keys():
        return _equals(checks, cell.strip(), negated=False)
    negated, value = bool(parsed[1]), (parsed[4] or "").strip()
    if kind in _CANNOT:
        return _CANNOT[kind]
    match kind:
        case "llm-rubric" | "grade":
            checks.rubric.append(f"Must not: {value}" if negated else value)
            why = f"{_JUDGE}; kept in the column rubric for people"
        case "equals":
            why = _equals(checks, value, negated=negated)
        case "is-json":
            why = _json(checks, value, negated=negated)
        case "is-refusal":
            checks.refuse, why = ("no" if negated else "yes"), ""
        case _:
            why = _words(checks, kind, value, negated=negated)
    return why


def _equals(checks: ReplyChecks, value: str, *, negated: bool) -> str:
    if negated:
        checks.patterns.append(patterns.absent(patterns.whole(value)))
    elif "|" in value:
        checks.patterns.append(patterns.whole(value))
    elif checks.answers:
        return "the reply cannot equal two texts"
    elif value:
        checks.answers.append(value)
    return ""


def _json(checks: ReplyChecks, value: str, *, negated: bool) -> str:
    if negated:
        return "that a reply is no JSON cannot be asked for"
    if value and (reason := schema_fault(value)):
        return reason
    checks.schema = value or "{}"
    return ""


def _words(checks: ReplyChecks, kind: str, value: str, *, negated: bool) -> str:
    any_case = kind.startswith("icontains")
    several = (
        [part.strip().strip('"') for part in value.split(",") if part.strip()]
        if kind.endswith(("-all", "-any"))
        else []
    )
    if not value:
        return "it names no text"
    if kind == "regex":
        made = [value.replace("\n", r"\n")]
        if reason := unusable(made[0]):
            return reason
    elif kind == "starts-with":
        made = [patterns.starts_with(value)]
    elif kind.endswith("-any"):
        made = [patterns.any_of(several, any_case=any_case)]
    elif kind.endswith("-all"):
        if negated and len(several) > 1:
            return "that not all of several texts are there cannot be asked for"
        made = [patterns.contains(text, any_case=any_case) for text in several]
    else:
        made = [patterns.contains(value, any_case=any_case)]
    checks.patterns += [patterns.absent(pattern) if negated else pattern for pattern in made]
    return ""
