"""What reasons, kinds and splits are called in front of people."""

from collections.abc import Mapping

from commonhold.figures import count, listed

REASONS = {
    "no_consent": "there is no consent",
    "outdated": "they are out of date",
    "empty_prompt": "the message is empty",
    "empty_completion": "the reply is empty",
    "too_short": "the message or the reply is too short",
    "too_long": "the message or the reply is too long",
    "exact_duplicate": "they repeat another row word for word",
    "near_duplicate": "their message nearly repeats that of another row",
    "not_sampled": "the recipe asked for a part of the rows only",
    "encoding_repaired": "wrongly decoded letters were repaired",
    "characters_tidied": "white space or invisible characters were tidied",
    "personal_data_masked": "personal data was masked",
}
KINDS = {
    "email": ("e-mail address", "e-mail addresses"),
    "phone": ("phone number", "phone numbers"),
    "id_number": ("identity number", "identity numbers"),
    "payment_card": ("payment card number", "payment card numbers"),
}
SPLITS = {
    "train": "to learn from",
    "validation": "to choose the best version of the model",
    "test": "to test it",
}


def how_used(splits: Mapping[str, int]) -> str:
    """`253 to learn from and 24 to test it`."""
    return listed([f"{splits[name]:,} {words}" for name, words in SPLITS.items() if splits.get(name)])


def why_not(dropped: Mapping[str, int]) -> str:
    """`20 because there is no consent and 3 because they are out of date`."""
    return listed([f"{number:,} because {REASONS.get(reason, reason)}" for reason, number in dropped.items()])


def what_masked(redactions: Mapping[str, int]) -> str:
    """`2 e-mail addresses and 1 phone number`."""
    return listed([count(number, *KINDS.get(kind, (kind, kind))) for kind, number in redactions.items()])
