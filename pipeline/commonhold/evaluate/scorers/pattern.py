"""Right when patterns are found in the reply, in time that grows with the reply and nothing else."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar

from commonhold.evaluate.item import Item, Kind
from commonhold.evaluate.scorers.scorer import SCORERS, Complaint, Scorer

NOT = "not:"
_CANNOT = {
    "(?=": "RE2 cannot look ahead (?=…)",
    "(?!": "RE2 cannot look ahead (?!…)",
    "(?<=": "RE2 cannot look behind (?<=…)",
    "(?<!": "RE2 cannot look behind (?<!…)",
    "(?>": "RE2 has no atomic groups (?>…)",
}
_BACK_REFERENCE = re.compile(r"invalid escape sequence: \\(\d|k)")


@SCORERS.register("regex/1")
class Pattern(Scorer):
    """Every pattern in `regex` is found in the reply, and none of those that begin with `not:`."""

    kind: ClassVar[Kind] = "generate"
    columns: ClassVar[frozenset[str]] = frozenset({"regex", "answer"})
    follows: ClassVar[str] = (
        "RE2, which takes no look-around and no back-references and so cannot be made to hang. "
        "`answer`, if given, is an example that must fit."
    )

    def complaints(self, item: Item) -> Iterator[Complaint]:
        """No pattern, one that RE2 cannot read, or an example that does not fit."""
        if not item.regex:
            yield Complaint("regex", "there is no pattern", "Write what must be found, such as (?i)ext\\. ?204")
        reasons = [reason for pattern in item.regex if (reason := unusable(pattern))]
        for reason in reasons:
            yield Complaint("regex", reason, "Write it another way, or take scorer: include/1")
        if item.regex and not reasons and item.answer and not self.score(item, item.answer):
            yield Complaint("answer", f"the example {item.answer!r} does not fit the patterns", "Change one of the two")

    def expected(self, item: Item) -> str:
        """The patterns."""
        return " and ".join(item.regex)

    def score(self, item: Item, output: str) -> float:
        """1 when all that must be found are, and nothing else that must not."""
        return float(all(pattern_holds(pattern, output) for pattern in item.regex))

    def right_reply(self, item: Item) -> str:
        """The example."""
        return item.answer


def pattern_holds(pattern: str, text: str) -> bool:
    """Whether a pattern holds: it is found, or, after `not:`, is not."""
    should_match = not pattern.startswith(NOT)
    return search(pattern.removeprefix(NOT).strip(), text) is should_match


def search(pattern: str, text: str) -> bool:
    """Whether RE2 finds a pattern in a text."""
    return _compiled(pattern).search(text) is not None


def unusable(pattern: str) -> str:
    """Why RE2 does not take a pattern; empty when it does."""
    import re2

    bare = pattern.removeprefix(NOT).strip()
    if not bare:
        return "a pattern is empty"
    try:
        _compiled(bare)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        if _BACK_REFERENCE.search(reason) or "(?P=" in bare:
            reason = "RE2 has no back-references such as \\1"
        reason = next((words for mark, words in _CANNOT.items() if mark in bare and mark in reason), reason)
        return f"the pattern {bare!r} is not usable: {reason}"
    return ""


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)
