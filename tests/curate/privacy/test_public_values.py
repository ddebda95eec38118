"""What a community lists as public stays, in any spelling; what is more than that, or beside it, does not."""

import pytest

from commonhold.curate.privacy.own_data import OwnValue, own_terms
from commonhold.curate.privacy.public_values import PublicValues, page_key, phone_key
from commonhold.curate.privacy.redactor import KINDS, RedactionSettings, Redactor

PUBLIC = (
    "(206) 555-0142", "1-800-222-1222", "help@desk.example", "https://www.desk.example/forms/", "12 Well Street",
    "+44 20 7946 0958", "Desk of Ana Odell",
)  # fmt: skip


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor(RedactionSettings(KINDS, ("US",), public=PUBLIC))


@pytest.mark.parametrize(
    "text",
    [
        "call (206) 555-0142 now",
        "call 206-555-0142 now",
        "call 206.555.0142.",
        "call +1 206 555 0142",
        "call 1 (206) 555-0142",
        "call (２０６) ５５５-０１４２",
        "appelez le ٢٠٦ ٥٥٥ ٠١٤٢",
        "call 800-222-1222",
        "write to Help@Desk.Example.",
        "come to 12 well street,  please",
        "come to 12 WELL STREET",
        "ring +44 20 7946 0958 or +44 (20) 79460958",
        "see http://desk.example/forms",
    ],
)
def test_a_public_value_stays_however_it_is_written(redactor: Redactor, text: str) -> None:
    assert redactor.redact(text).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("call (206) 555-0143", "call [PHONE]"),
        ("call (206) 555-0142 ext. 7", "call [PHONE]"),
        ("call (206) 555-0142 or (206) 555-0177", "call (206) 555-0142 or [PHONE]"),
        ("call (206) 555-0177 / (206) 555-0142", "call [PHONE] / (206) 555-0142"),
        ("call 555-0142", "call [PHONE]"),
        ("call +33 206 555 0142", "call [PHONE]"),
        ("write to self-help@desk.example", "write to [EMAIL]"),
        ("write to help@desk.example.org", "write to [EMAIL]"),
        ("come to 112 Well Street", "come to [ADDRESS]"),
    ],
)
def test_what_is_more_than_a_public_value_or_beside_it_is_masked(redactor: Redactor, text: str, masked: str) -> None:
    assert redactor.redact(text).text == masked


def test_places_are_counted_by_value_and_masking_again_changes_nothing(redactor: Redactor) -> None:
    text = "call 206 555 0142 or (206) 555-0142, or help@desk.example, or ana@x.example"
    redacted = redactor.redact(text)
    assert redacted.text == "call 206 555 0142 or (206) 555-0142, or help@desk.example, or [EMAIL]"
    assert sorted(redacted.public) == [0, 0, 2]
    assert redactor.redact(redacted.text).text == redacted.text


def test_a_public_value_that_somebody_gave_as_their_own_is_public(redactor: Redactor) -> None:
    own = own_terms([OwnValue("phone", "2065550142"), OwnValue("name", "Ana Odell"), OwnValue("phone", "2065550177")])
    text = "I am Ana Odell, 206 555 0142 or 206 555 0177. Ask the desk of Ana Odell"
    assert redactor.redact(text, own).text == "I am [NAME], 206 555 0142 or [PHONE]. Ask the desk of Ana Odell"


def test_without_a_list_everything_is_masked_as_before() -> None:
    assert Redactor(RedactionSettings(KINDS, ("US",))).redact("call (206) 555-0142").text == "call [PHONE]"


def test_a_number_is_known_with_and_without_the_code_of_any_country_of_the_community() -> None:
    both = Redactor(RedactionSettings(("phone",), ("US", "GB"), public=("+44 20 7946 0958",)))
    assert both.redact("ring 020 7946 0958").text == "ring 020 7946 0958"
    assert Redactor(RedactionSettings(("phone",), ("GB",))).redact("ring 020 7946 0958").text == "ring [PHONE]"


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("(206) 555-0142", "+12065550142"),
        ("+1 206 555 0142", "+12065550142"),
        ("206 555 0142 ext 12", "+12065550142x12"),
        ("206 555 0142 #12", "+12065550142x12"),
        ("phone: ٢٠٦ ٥٥٥ ٠١٤٢", "+12065550142"),
        ("12", ""),
        ("none", ""),
    ],
)
def test_a_phone_number_has_one_spelling(written: str, key: str) -> None:
    assert phone_key(written, "US") == key


@pytest.mark.parametrize(
    "written", ["https://desk.example/a/", "http://www.desk.example/a", "www.desk.example/a", "desk.example/a"]
)
def test_a_page_has_one_spelling(written: str) -> None:
    assert page_key(written) == "desk.example/a"


def test_values_that_no_text_has_are_told_apart_from_those_that_are_there_and_never_masked() -> None:
    values = PublicValues(("(206) 555-0142", "Ana's Café", "12 Well Street", "desk.example/forms"))
    listed = frozenset(range(4))
    assert values.occurring(["call 206.555.0142", "at ana's cafe"], listed) == {0, 1}
    assert values.occurring(["12, well street", "HTTP://DESK.EXAMPLE/FORMS"], listed) == {2, 3}
    assert values.occurring([], listed) == frozenset()
