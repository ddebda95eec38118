"""What reasons, kinds, steps and uses are called in front of people, and the sentences made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from commonhold.curate.steps.registered import reasons
from commonhold.curate.steps.step import STEPS, Reason
from commonhold.number_format import count, listed

MOST_NAMED = 3
"""Reasons or kinds that a sentence names before it counts the rest."""


UNREADABLE = Reason("Cannot be read", "it cannot be read", "they cannot be read", "the row, corrected")
"""The one reason that no step gives: such a row never came to one."""
SYNTHETIC = {
    "unchanged": "the model wrote the same words",
    "only_shortened": "the model left words out and wrote no others",
    "meta_talk": "the model talked about its task, refused it or answered the message",
    "much_longer": "the model wrote far more than the message",
    "lost_placeholder": "a placeholder for masked data was lost",
    "invented_placeholder": "a placeholder was added",
    "invented_number": "a number was added",
    "invented_name": "a name was added",
    "lost_detail": "a name or number that the reply repeats was lost",
    "not_a_question": "it is no question",
    "personal_data": "it has personal data",
    "held_out_overlap": "it is too near to a message that is kept for testing",
    "near_copy": "it hardly differs from the message",
}
"""Why rephrased messages are not used; those that rows have too are words of the steps."""
KINDS = {
    "email": ("e-mail address", "e-mail addresses"),
    "phone": ("phone number", "phone numbers"),
    "id_number": ("identity number", "identity numbers"),
    "payment_card": ("payment card number", "payment card numbers"),
    "iban": ("bank account number", "bank account numbers"),
    "url_secret": ("web address with a password or key in it", "web addresses with a password or key in them"),
    "online_profile": ("name on a social network", "names on social networks"),
    "web_address": ("web address", "web addresses"),
    "ip_address": ("internet address of a computer", "internet addresses of computers"),
    "coordinates": ("position on the map", "positions on the map"),
    "date_of_birth": ("date of birth", "dates of birth"),
    "street_address": ("street address", "street addresses"),
    "name": ("name in running text", "names in running text"),
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
    "rephrase": "Letting a machine rephrase the text",
    "commercial": "Earning money with what is made of it",
}
RATINGS = {"up": "Thumb up", "down": "Thumb down", "": "Not rated"}
_KEPT_BACK = {
    "validation": ("choose the best version of the model", "choose its best version"),
    "test": ("test the model", "test it"),
}
"""What for, before and after the model was named."""


def reason_of(name: str) -> Reason:
    """The words for a reason; for one without any, its own name."""
    words = UNREADABLE if name == "unreadable" else reasons().get(name, Reason())
    if words.label:
        return words
    plain = name.replace("_", " ")
    return replace(words, label=plain.capitalize(), one=f"of this: {plain}", many=f"of this: {plain}")


def change_of(name: str) -> str:
    """What was done with rows that went on, or noted about them, for a reason."""
    return reasons()[name].note or name if name in reasons() else name


def step_question(step: str) -> str:
    """What a step asks of every row."""
    return _question(step) or step.partition("/")[0].replace("_", " ").capitalize()


def asks(step: str) -> bool:
    """Whether a step can leave rows out."""
    return bool(_question(step))


def _question(step: str) -> str:
    return STEPS.get(step).question if step in STEPS else ""


def kind_label(kind: str, number: int = 2) -> str:
    """What a kind of personal data is called."""
    one, many = KINDS.get(kind, (kind.replace("_", " "),) * 2)
    return one if number == 1 else many


def how_used(splits: Mapping[str, int]) -> str:
    """What the used rows are for, in a sentence or two."""
    learnt, total = splits.get("train", 0), sum(splits.values())
    if learnt == total:
        return f"The model learns from {'it' if total == 1 else 'them'}."
    kept = [(splits[name], *what) for name, what in _KEPT_BACK.items() if splits.get(name)]
    (number, what, its), *others = kept
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
    refused: bool = False
    """Whether nothing is learnt from any row, whoever sent it."""


def own_paragraph(own: Own, withdrawal: str, contact: str) -> str:
    """What became of one contributor's rows and what they can do, for them to read."""
    used, left_out = sum(own.splits.values()), sum(own.dropped.values())
    sentences = [f"Thank you for the {count(own.sent, 'row')} you sent."]
    if own.refused:
        sentences.append("Nothing is learnt from any row yet, because there is something to put right first.")
    elif used:
        sentences += [_used(own.sent, used), how_used(own.splits)]
    if left_out:
        sentences.append(not_used(own.dropped, most=len(own.dropped)))
    sentences += [f"In {count(number, 'row')}, {change_of(name)}." for name, number in own.changed.items()]
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
