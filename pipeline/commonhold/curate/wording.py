"""What reasons, kinds and splits are called in front of people."""

from collections.abc import Mapping

from commonhold.figures import count, listed

REASONS = {
    "no_consent": "there is no consent",
    "consent_expired": "consent has run out",
    "consent_withdrawn": "consent was taken back",
    "purpose_not_covered": "consent does not cover training a model",
    "guardian_missing": "a parent or guardian has not agreed",
    "outdated": "they are out of date",
    "unreadable_date": "their date cannot be read",
    "empty_prompt": "the message is empty",
    "empty_completion": "the reply is empty",
    "too_short": "the message or the reply is too short",
    "too_long": "the message or the reply is too long",
    "mostly_links": "they are mostly links",
    "mostly_digits": "they are mostly digits",
    "mostly_symbols": "they are mostly symbols",
    "repeated_lines": "they repeat the same lines",
    "repeated_phrase": "they say one phrase over and over",
    "repeated_text": "they say the same passage twice",
    "language_mismatch": "they seem to be in another language than declared",
    "flagged_words": "they have words from the community's list",
    "dropped_words": "they have words that the community does not train on",
    "evaluation_overlap": "a question of the evaluation stands in them",
    "exact_duplicate": "they repeat another row word for word",
    "near_duplicate": "their message nearly repeats that of another row",
    "contributor_cap": "one person's rows are used up to a limit",
    "weight": "the recipe asked for a part of their source or language only",
    "not_sampled": "the recipe asked for a part of the rows only",
    "encoding_repaired": "wrongly decoded letters were repaired",
    "characters_tidied": "white space or invisible characters were tidied",
    "boilerplate_cut": "signatures, quoted mail or repeated notices were cut off",
    "personal_data_masked": "personal data was masked",
    "likely_personal_data_masked": "what is likely personal data was masked",
}
CHANGES = {
    "unreadable_date": "the date cannot be read",
    "encoding_repaired": "we repaired wrongly decoded letters",
    "characters_tidied": "we tidied white space or invisible characters",
    "boilerplate_cut": "we cut off signatures, quoted mail or repeated notices",
    "personal_data_masked": "we masked personal data such as numbers, addresses or your own name",
    "likely_personal_data_masked": "we masked what is likely personal data",
    "language_mismatch": "the language seems to be another one than declared",
    "flagged_words": "words from the community's list stand in them",
    "evaluation_overlap": "a question of the evaluation stands in them",
}
"""What was done with rows, to say to the one who gave them."""
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
"""Why rephrased messages are not used; reasons that rows have too stand in `REASONS`."""
KINDS = {
    "email": ("e-mail address", "e-mail addresses"),
    "phone": ("phone number", "phone numbers"),
    "id_number": ("identity number", "identity numbers"),
    "payment_card": ("payment card number", "payment card numbers"),
    "iban": ("bank account number", "bank account numbers"),
    "url_secret": ("address with a key in it", "addresses with a key in them"),
    "ip_address": ("internet address", "internet addresses"),
    "coordinates": ("position on the map", "positions on the map"),
    "date_of_birth": ("date of birth", "dates of birth"),
    "street_address": ("street address", "street addresses"),
    "own_name": ("name of the writer", "names of the writers"),
    "own_phone": ("phone number of the writer", "phone numbers of the writers"),
    "own_email": ("e-mail address of the writer", "e-mail addresses of the writers"),
    "own_place": ("home of the writer", "homes of the writers"),
    "own_id": ("number of the writer", "numbers of the writers"),
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


def own_paragraph(sent: int, used: int, dropped: Mapping[str, int], changed: Mapping[str, int]) -> str:
    """What became of one contributor's rows, for them to read."""
    are = "is" if used == 1 else "are"
    sentences = [
        f"Of {count(sent, 'row')} you sent, {used:,} {are} used."
        if used
        else f"You sent {count(sent, 'row')}; none is used."
    ]
    if dropped:
        sentences.append(f"Not used: {why_not(dropped)}.")
    sentences += [f"In {count(number, 'row')}, {CHANGES.get(reason, reason)}." for reason, number in changed.items()]
    return " ".join(sentences)
