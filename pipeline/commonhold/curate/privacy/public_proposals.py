"""Which numbers, addresses and pages may be the group's own: those that many replies to different people have.

Nothing but a person can say that a value is public. What is proposed is what a desk gives out again and again; what
more messages than replies have, or what people declare as their own, is never proposed, and no name is.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from commonhold.curate.privacy.pseudonyms import same_value
from commonhold.curate.privacy.public_values import page_key, phone_key
from commonhold.curate.privacy.redactor import Redactor
from commonhold.curate.rows.record import Record

LABELS = {"email": "EMAIL", "phone": "PHONE", "street_address": "ADDRESS", "iban": "IBAN"}
"""Kinds that a desk gives out, and their placeholders' words. Pages are proposed too: other kinds are found in them."""
OWN_KINDS = {"email": "email", "phone": "phone", "place": "street_address"}
"""Of what people say about themselves."""
LEAST_MESSAGES = 5
"""Different messages whose reply has the value; four may be one affair that was written about several times."""
LEAST_PEOPLE = 3
"""Different contributors of these rows, where rows name one: two may be relatives."""
MOST_PROPOSED = 20
"""A longer list would not be read before it is confirmed."""
_Key = tuple[str, str]
"""A kind, and a value by one spelling."""
PAGE_LABEL = "page"
PAGE = re.compile(r"(?<![\w+.@-])(?:https?://|www\.)[^\s<>\"'`]{3,380}", re.IGNORECASE)
ENDS_SENTENCE = ".,;:!?)]}>…。，、"


@dataclass(frozen=True, slots=True)
class PublicProposal:
    """A value that many replies have."""

    kind: str
    """As curation counts it, or `page`."""
    value: str
    """As most replies write it."""
    replies: int
    of: int
    """Replies that were looked at."""
    messages: int
    """Messages that have it."""


@dataclass(slots=True)
class _Count:
    spellings: Counter[str] = field(default_factory=Counter)
    asked: set[int] = field(default_factory=set)
    """Different messages whose reply has it."""
    people: set[str] = field(default_factory=set)

    @property
    def replies(self) -> int:
        return self.spellings.total()

    def usual_spelling(self) -> str:
        """As most replies write it; of several, the first in the order of their characters."""
        return min(self.spellings, key=lambda each: (-self.spellings[each], each))


def propose_public(records: Sequence[Record], redactor: Redactor) -> list[PublicProposal]:
    """The values that many replies have, most frequent first; of what the redactor masks, and of pages."""
    finder = _Finder(redactor)
    counts: dict[_Key, _Count] = {}
    for record in records:
        for key, spelling in finder.values(record.completion).items():
            count = counts.setdefault(key, _Count())
            count.spellings[spelling] += 1
            count.asked.add(hash(record.prompt or record.completion))
            count.people.add(record.contributor)
    people = LEAST_PEOPLE if any(record.contributor for record in records) else 0
    many = {
        key: count
        for key, count in counts.items()
        if len(count.asked) >= LEAST_MESSAGES and len(count.people - {""}) >= people
    }
    # Most communities have none, and their messages need not be read.
    messages = Counter(key for record in records for key in finder.values(record.prompt)) if many else Counter[_Key]()
    owners = Counter(key for record in records for key in finder.own(record)) if many else Counter[_Key]()
    of = sum(bool(record.completion) for record in records)
    proposed = [
        PublicProposal(key[0], count.usual_spelling(), count.replies, of, messages[key])
        for key, count in many.items()
        if count.replies > max(messages[key], owners[key])
    ]
    return sorted(proposed, key=lambda each: (-each.replies, each.kind, each.value))[:MOST_PROPOSED]


def datasheet_lines(proposed: Sequence[PublicProposal], listed: Sequence[str] = ()) -> list[str]:
    """A datasheet's whole list of public values; quoted, since a number without quotes would be counted with."""
    quoted = partial(json.dumps, ensure_ascii=False)
    more = [f"  - {quoted(each.value)}  # in {each.replies:,} of {each.of:,} replies" for each in proposed]
    return ["public:", *(f"  - {quoted(value)}" for value in listed), *more]


class _Finder:
    """Finds what may be proposed, each by one spelling."""

    def __init__(self, redactor: Redactor) -> None:
        settings = redactor.settings
        self._redactor = redactor
        self._kinds = LABELS.keys() & {*settings.kinds}
        self._region = settings.regions[0] if settings.regions else ""
        self._pages = {page_key(value).casefold() for value in settings.public}

    def values(self, text: str) -> dict[_Key, str]:
        """What a text has, once each: kind and one spelling, and how it is written."""
        found: dict[_Key, str] = {}
        finds = self._redactor.redact(text).finds if self._redactor.suspects([text]) else ()
        for find in finds:
            if find.kind in self._kinds:
                value = _shown(text[find.start : find.end])
                found.setdefault((find.kind, self._key(find.kind, value)), value)
        secrets = [find for find in finds if find.kind == "url_secret"]
        for match in PAGE.finditer(text) if _has_page(text) else ():
            page = match.group().rstrip(ENDS_SENTENCE)
            key = page_key(page).casefold()
            secret = any(find.start < match.end() and match.start() < find.end for find in secrets)
            if key and key not in self._pages and not secret:
                found.setdefault((PAGE_LABEL, key), page)
        return found

    def own(self, record: Record) -> set[_Key]:
        """What a row's columns say about its contributor."""
        pairs = json.loads(record.own) if record.own else []
        named = ((OWN_KINDS.get(kind, ""), value) for kind, value in pairs)
        return {(kind, self._key(kind, value)) for kind, value in named if kind}

    def _key(self, kind: str, value: str) -> str:
        return phone_key(value, self._region) if kind == "phone" else same_value(LABELS[kind], value)


def _shown(value: str) -> str:
    """On one line, without a bracket that has no partner: `(1-800-222-1222` of a number in brackets."""
    line = " ".join(value.split())
    return line if line.count("(") == line.count(")") else line.strip("()")


def _has_page(text: str) -> bool:
    return "://" in text or "www." in text.casefold()
