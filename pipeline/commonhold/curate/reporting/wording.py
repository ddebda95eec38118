"""What reasons, kinds, steps and uses are called in front of people, and the sentences made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from commonhold.number_format import count, listed

MOST_NAMED = 3
"""Reasons or kinds that a sentence names before it counts the rest."""


class Reason(NamedTuple):
    """Why a row is not used."""

    label: str
    one: str
    """After "1 because"."""
    many: str
    """After "2 because"."""
    help: str = ""
    """What would let such a row in; empty when nothing needs to be done."""


_WORDS = "the same, said in words"
_ONCE = "a text that says each thing once"
REASONS = {
    "unreadable": Reason("Cannot be read", "it cannot be read", "they cannot be read", "the row, mended"),
    "no_consent": Reason("No consent", "there is no consent for it", "there is no consent for them",
        "a yes on the form from the person who gave the row"),
    "consent_expired": Reason("Consent has run out", "its consent has run out", "their consent has run out",
        "a new yes from the person who gave the row"),
    "consent_withdrawn": Reason("Consent was taken back", "its consent was taken back", "their consent was taken back"),
    "purpose_not_covered": Reason("Consent is for other uses", "its consent does not cover teaching a model",
        "their consent does not cover teaching a model", "a yes to teaching a model"),
    "guardian_missing": Reason("No yes from a parent or guardian", "a parent or guardian has not agreed",
        "a parent or guardian has not agreed", "a yes from a parent or guardian"),
    "outdated": Reason("Out of date", "it is out of date", "they are out of date",
        "what is right today, with its date"),
    "empty_prompt": Reason("The message is empty", "its message is empty", "their message is empty",
        "the message filled in"),
    "empty_completion": Reason("The reply is empty", "its reply is empty", "their reply is empty",
        "the reply filled in"),
    "empty_text": Reason("The text is empty", "its text is empty", "their text is empty", "the text filled in"),
    "rated_down": Reason("Rated down", "people rated its reply down", "people rated their reply down",
        "a reply that people like"),
    "not_rated": Reason("Not rated", "nobody rated its reply", "nobody rated their reply", "a thumb up or down"),
    "nothing_rejected": Reason("No second reply to compare", "it has no reply that people liked less",
        "they have no reply that people liked less", "a second reply that people like less"),
    "replies_alike": Reason("Two replies that say the same", "its two replies say the same",
        "their two replies say the same", "two replies of which people like one less"),
    "too_short": Reason("Too short", "its message or reply is too short", "their message or reply is too short",
        "a longer message or reply"),
    "too_long": Reason("Too long", "its message or reply is too long", "their message or reply is too long",
        "a shorter message or reply, or several rows made of one"),
    "mostly_links": Reason("Mostly links", "it is mostly links", "they are mostly links", _WORDS),
    "mostly_digits": Reason("Mostly digits", "it is mostly digits", "they are mostly digits", _WORDS),
    "mostly_symbols": Reason("Mostly symbols", "it is mostly symbols", "they are mostly symbols", _WORDS),
    "repeated_lines": Reason("The same lines again and again", "it repeats the same lines",
        "they repeat the same lines", _ONCE),
    "repeated_phrase": Reason("One phrase over and over", "it says one phrase over and over",
        "they say one phrase over and over", _ONCE),
    "repeated_text": Reason("The same passage twice", "it says the same passage twice",
        "they say the same passage twice", _ONCE),
    "language_mismatch": Reason("In another language than declared", "it seems to be in another language than declared",
        "they seem to be in another language than declared", "the right language in the language column"),
    "dropped_words": Reason("Words that the community leaves out", "it has words that the community leaves out",
        "they have words that the community leaves out", "the same, said in other words"),
    "evaluation_overlap": Reason("Holds a test question", "a test question stands in it",
        "a test question stands in them"),
    "exact_duplicate": Reason("Repeats another row", "it repeats another row word for word",
        "they repeat another row word for word"),
    "near_duplicate": Reason("The message nearly repeats another", "its message nearly repeats that of another row",
        "their message nearly repeats that of another row", "a message that asks in quite different words"),
    "contributor_cap": Reason("Over the limit for one person", "one person's rows are used up to a limit only",
        "one person's rows are used up to a limit only"),
    "weight": Reason("Only a part of this source or language is used",
        "only a part of the rows of its source or language is used",
        "only a part of the rows of their source or language is used"),
    "not_sampled": Reason("Only a part of the rows is used", "only a part of all rows is used",
        "only a part of all rows is used"),
}  # fmt: skip
CHANGES = {
    "encoding_repaired": "we repaired letters that had come out wrong",
    "characters_tidied": "we tidied white space or invisible characters",
    "boilerplate_cut": "we cut off signatures, quoted mail or notices that many rows share",
    "personal_data_masked": "we masked personal data",
    "likely_personal_data_masked": "we masked what is likely personal data, and a person should look at it",
    "unreadable_date": "the date cannot be read",
    "language_mismatch": "the language seems to be another one than declared",
    "flagged_words": "there are words that the community wants to look at",
    "evaluation_overlap": "there is a test question, or a part of one",
    "meaning_duplicate": "the message may mean the same as that of another row",
}
"""What was done with rows that went on, or noted about them."""
KINDS = {
    "email": ("e-mail address", "e-mail addresses"),
    "phone": ("phone number", "phone numbers"),
    "id_number": ("identity number", "identity numbers"),
    "payment_card": ("payment card number", "payment card numbers"),
    "iban": ("bank account number", "bank account numbers"),
    "url_secret": ("web address with a password or key in it", "web addresses with a password or key in them"),
    "ip_address": ("internet address of a computer", "internet addresses of computers"),
    "coordinates": ("position on the map", "positions on the map"),
    "date_of_birth": ("date of birth", "dates of birth"),
    "street_address": ("street address", "street addresses"),
    "own_name": ("name of the writer", "names of the writers"),
    "own_phone": ("phone number of the writer", "phone numbers of the writers"),
    "own_email": ("e-mail address of the writer", "e-mail addresses of the writers"),
    "own_place": ("home of the writer", "homes of the writers"),
    "own_id": ("number that stands for the writer", "numbers that stand for the writers"),
}
OWN_KINDS = {
    "name": "names", "phone": "phone numbers", "email": "e-mail addresses", "place": "places where people live",
    "id": "numbers that stand for people",
}  # fmt: skip
SPLITS = {
    "train": "The model learns from them",
    "validation": "Kept back, to choose the best version of the model",
    "test": "Kept back, to test the model",
}
PURPOSES = {
    "train": "Teaching a model",
    "evaluate": "Testing a model",
    "publish_text": "Showing the text to strangers",
    "rephrase": "Letting a machine write the text anew",
    "commercial": "Earning money with what is made of it",
}
RATINGS = {"up": "Thumb up", "down": "Thumb down", "": "Not rated"}
_KEPT_BACK = {
    "validation": ("choose the best version of the model", "choose its best version"),
    "test": ("test the model", "test it"),
}
"""What for, before and after the model was named."""
STEPS = {
    "consent": "Is there consent?",
    "outdated": "Is it still right?",
    "empty": "Is there a message and a reply, or a text?",
    "objective": "Can the model learn from it in the way that was asked for?",
    "length": "Is it neither too short nor too long?",
    "quality": "Is it real text?",
    "language": "Is it in the language it says?",
    "flagged_words": "Are there words that the community watches?",
    "evaluation_overlap": "Does it give away a test question?",
    "exact_duplicate": "Is it said for the first time?",
    "near_duplicate": "Does it ask something new?",
    "contributor_cap": "Is one person heard too often?",
    "weights": "How much of this source or language is wanted?",
    "sample": "How many rows are wanted?",
}
"""The question that a step which leaves rows out asks of every row, by its name without the version."""


def reason_of(name: str) -> Reason:
    """The words for a reason; for an unknown one, its own."""
    plain = name.replace("_", " ")
    return REASONS.get(name) or Reason(plain.capitalize(), f"of this: {plain}", f"of this: {plain}")


def step_question(step: str) -> str:
    """What a step asks of every row."""
    name = step.partition("/")[0]
    return STEPS.get(name, name.replace("_", " ").capitalize())


def asks(step: str) -> bool:
    """Whether a step can leave rows out."""
    return step.partition("/")[0] in STEPS


def kind_label(kind: str, number: int = 2) -> str:
    """What a kind of personal data is called."""
    one, many = KINDS.get(kind, (kind.replace("_", " "),) * 2)
    return one if number == 1 else many


def how_used(splits: Mapping[str, int]) -> str:
    """What the used rows are for, in a sentence or two."""
    learnt, total = splits.get("train", 0), sum(splits.values())
    if learnt == total:
        return f"The model learns from {'it' if total == 1 else 'them'}."
    told = [(splits[name], *what) for name, what in _KEPT_BACK.items() if splits.get(name)]
    (number, what, its), *others = told
    if not learnt and not others:
        return f"{'It is' if total == 1 else 'They are'} kept back to {what}."
    kept_back = f"{number:,} {'is' if number == 1 else 'are'} kept back to {its if learnt else what}"
    if learnt and not others:
        return f"The model learns from {learnt:,} of them, and {kept_back}."
    kept_back += "".join(f", and {number:,} to {its}" for number, _, its in others)
    return f"The model learns from {learnt:,} of them. {kept_back}." if learnt else f"{kept_back}."


def why_not(dropped: Mapping[str, int], most: int = MOST_NAMED) -> str:
    """`20 because there is no consent for them and 3 because they are out of date`; the rest counted together."""
    shown = list(dropped.items())
    rest = shown[most:] if len(shown) > most + 1 else []
    parts = [
        f"{number:,} because {reason_of(name).one if number == 1 else reason_of(name).many}"
        for name, number in shown[: len(shown) - len(rest)]
    ]
    if rest:
        parts.append(f"{sum(number for _, number in rest):,} for {len(rest)} other reasons")
    return listed(parts)


def not_used(dropped: Mapping[str, int], most: int = MOST_NAMED) -> str:
    """`3 are not used: 2 because they are out of date and 1 because its reply is empty.`"""
    number = sum(dropped.values())
    start = f"{number:,} {'is' if number == 1 else 'are'} not used"
    if len(dropped) > 1:
        return f"{start}: {why_not(dropped, most)}."
    [name] = dropped
    return f"{start}, because {reason_of(name).one if number == 1 else reason_of(name).many}."


def what_masked(redactions: Mapping[str, int], most: int = MOST_NAMED) -> str:
    """`2 e-mail addresses and 1 phone number`; the rest counted together."""
    shown = list(redactions.items())
    rest = shown[most:] if len(shown) > most + 1 else []
    parts = [count(number, kind_label(kind, 1), kind_label(kind)) for kind, number in shown[: len(shown) - len(rest)]]
    if rest:
        parts.append(f"{sum(number for _, number in rest):,} of {len(rest)} other kinds")
    return listed(parts)


@dataclass(frozen=True, slots=True)
class Own:
    """What became of one contributor's rows."""

    sent: int
    """Rows that could be read."""
    splits: Mapping[str, int] = field(default_factory=dict)
    """Used rows by what they are used for."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Rows that are not used, by reason, most frequent first."""
    changed: Mapping[str, int] = field(default_factory=dict)
    """Rows that were changed or noted, by reason."""
    others_unreadable: bool = False
    """Whether there are rows of which nobody knows whose they are."""


def own_paragraph(own: Own, withdrawal: str, contact: str) -> str:
    """What became of one contributor's rows and what they can do, for them to read."""
    used, left_out = sum(own.splits.values()), sum(own.dropped.values())
    sentences = [f"Thank you for the {count(own.sent, 'row')} you sent."]
    if used:
        sentences += [_used(own.sent, used), how_used(own.splits)]
    if left_out:
        sentences.append(not_used(own.dropped, most=len(own.dropped)))
    sentences += [f"In {count(number, 'row')}, {CHANGES.get(name, name)}." for name, number in own.changed.items()]
    helps = dict.fromkeys(reason_of(name).help for name in own.dropped if reason_of(name).help)
    if helps:
        sentences.append(f"If you want to send again, this helps: {'; '.join(helps)}.")
    if own.others_unreadable:
        sentences.append("Some rows could not be read, and we cannot say whether any of them is yours.")
    sentences.append(f"To take a row back: {_ended(withdrawal)}")
    sentences.append(f"If you have a question or see a mistake, ask here: {' '.join(contact.split())}")
    return " ".join(sentences)


def _used(sent: int, used: int) -> str:
    if used == sent:
        return "It is used." if sent == 1 else "All of them are used."
    return f"{used:,} of them {'is' if used == 1 else 'are'} used."


def _ended(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
