import copy
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.curate.privacy.community_patterns import CommunityPattern
from commonhold.curate.privacy.own_data import OwnValue, own_terms
from commonhold.curate.privacy.pseudonyms import Pseudonyms
from commonhold.curate.privacy.redactor import KINDS, Redacted, RedactionSettings, Redactor
from commonhold.errors import RequestError

REGIONS = ("US", "BR", "IN")
PLAIN = Redactor(RedactionSettings(regions=REGIONS))
NUMBERED = Redactor(RedactionSettings(regions=REGIONS, pseudonyms=Pseudonyms(b"key", 9)))
GREEDY = Redactor(
    RedactionSettings(regions=REGIONS, patterns=(CommunityPattern("word", "WORD", "likely", "[A-Z]{3,}|[0-9]{2}"),))
)
ANA = own_terms(
    [OwnValue("name", "Ana Phone López"), OwnValue("phone", "503 555 0123"), OwnValue("place", "Riverbend")]
)
PIECES = (
    "503-555-0123",
    "ana@x.example",
    "4111 1111 1111 1111",
    "[PHONE]",
    "[PHONE-3]",
    "[EMAIL",
    "]",
    "Ana",
    "López",
    "ana",
    "1315 Oak Street, Apt 4",
    "97201",
    "12",
    "390.533.447-05",
    "10.2.3.44",
    "GB29NWBK60161331926819",
    "born 3/14/1985",
    "https://a:b@x.example/?token=abcdefgh",
    "-1.28333, 36.81667",
    "٥٠٣٥٥٥٠١٢٣",
    "é",
    " ",
    ", ",
    "\n",
    "-",
    "+",
    "(",
    "x",
    "SSN: ",
    "address: ",
    "zip code ",
    "Suite 5",
    "Riverbend",
    "2341 2341 2346",
    "\ud83d",
    "555.0199",
    "1 ",
    "0",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=10).map("".join)


def rebuilt(text: str, redacted: Redacted) -> str:
    """The masked text, made from the finds alone."""
    for find in reversed(redacted.finds):
        text = text[: find.start] + find.placeholder + text[find.end :]
    return text


@pytest.mark.parametrize("redactor", [PLAIN, NUMBERED, GREEDY], ids=["plain", "numbered", "greedy"])
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_masking_twice_is_masking_once_and_nothing_else_changes(redactor: Redactor, text: str) -> None:
    redacted = redactor.redact(text, ANA)
    assert rebuilt(text, redacted) == redacted.text
    assert all(left.end <= right.start for left, right in pairwise(redacted.finds))
    assert all(0 <= find.start < find.end <= len(text) for find in redacted.finds)
    again = redactor.redact(redacted.text, ANA)
    assert again == Redacted(redacted.text, ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("call 503-555-0123, mail ana@x.example", "call [PHONE], mail [EMAIL]"),
        ("pay 4111 1111 1111 1111 from GB29NWBK60161331926819", "pay [CARD] from [IBAN]"),
        ("from 10.218.6.131 at -1.28333, 36.81667", "from [IP] at [COORDINATES]"),
        ("1315 Oak Street, Apt 204; born 3/14/1985", "[ADDRESS]; born [BIRTH_DATE]"),
        ("https://host.example/?token=abcdefgh&x=1", "https://host.example/?token=[SECRET]&x=1"),
        ("CPF 390.533.447-05", "CPF [ID]"),
        ("nothing here, not even 12 of it", "nothing here, not even 12 of it"),
        ("", ""),
    ],
)
def test_every_kind_has_its_placeholder(text: str, expected: str) -> None:
    assert PLAIN.redact(text).text == expected


def test_kinds_are_those_that_a_recipe_knows_already_and_more() -> None:
    assert {"email", "phone", "id_number", "payment_card"} < set(KINDS)


def test_the_contributors_own_data_is_masked_and_certain() -> None:
    redacted = PLAIN.redact("I, ANA LOPEZ of riverbend, am on 503.555.0123", ANA)
    assert redacted.text == "I, [NAME] of [PLACE], am on [PHONE]"
    assert [(find.kind, find.tier) for find in redacted.finds] == [
        ("own_name", "certain"), ("own_place", "certain"), ("phone", "certain"),
    ]  # fmt: skip


def test_finds_that_overlap_become_one_named_after_the_stronger() -> None:
    text = "write to 503-555-0123@x.example"
    (find,) = PLAIN.redact(text).finds
    assert (find.kind, text[find.start : find.end]) == ("email", "503-555-0123@x.example")


def test_finds_side_by_side_stay_apart() -> None:
    assert PLAIN.redact("ana@x.example,bo@x.example").text == "[EMAIL],[EMAIL]"


def test_a_placeholder_is_never_a_part_of_a_find() -> None:
    greedy = Redactor(RedactionSettings((), patterns=(CommunityPattern("word", "WORD", "likely", "[A-Z-]+"),)))
    assert greedy.redact("[WORD] and [OTHER]").text == "[WORD] and [[WORD]]"
    assert greedy.redact("A[WORD]B").text == "[WORD][WORD][WORD]"


def test_a_value_has_one_number_wherever_it_stands() -> None:
    first = NUMBERED.redact("(503) 555-0123 then ana@x.example").finds[0]
    second = NUMBERED.redact("call 503.555.0123").finds[0]
    assert first.placeholder == second.placeholder
    assert first.placeholder == f"[PHONE-{Pseudonyms(b'key', 9).number('PHONE', '5035550123')}]"


def test_a_map_holds_what_was_masked() -> None:
    text = "call 503-555-0123"
    redacted = NUMBERED.redact(text)
    (entry,) = NUMBERED.map_entries("r1", text, redacted)
    assert (entry.record_id, entry.kind, entry.value) == ("r1", "phone", "503-555-0123")
    assert entry.placeholder in redacted.text
    assert entry.pseudonym == Pseudonyms(b"key").pseudonym("PHONE", "503-555-0123")
    with pytest.raises(ValueError, match="needs pseudonyms"):
        PLAIN.map_entries("r1", text, PLAIN.redact(text))


def test_a_redactor_travels_to_other_processes_by_its_settings() -> None:
    twin = copy.copy(NUMBERED)
    assert twin is not NUMBERED
    assert twin.redact("503-555-0123") == NUMBERED.redact("503-555-0123")
    assert NUMBERED.__reduce__() == (Redactor, (NUMBERED.settings,))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(RequestError, match="unknown kind of personal data 'phne'; known: payment_card"):
        Redactor(RedactionSettings(("phne",)))


def test_digits_of_other_scripts_pass_the_gate() -> None:
    assert PLAIN.redact("٥٠٣-٥٥٥-٠١٢٣").text == "[PHONE]"


def test_a_very_long_text_of_one_sort_comes_to_an_end() -> None:
    for piece in ("1 ", "a", "a@", "(", "1.", "Aa ", "12 Oak Street ", "Apt 1 ", "[PHONE] 5"):
        text = piece * 1000
        assert len(rebuilt(text, PLAIN.redact(text))) <= len(text) * 4
