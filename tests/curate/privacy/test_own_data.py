import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.privacy.own_data import OwnValue, WordUsers, find_own, own_terms
from commonhold.curate.rows.form_fields import OwnKind


def found(text: str, *values: tuple[OwnKind, str], common: frozenset[str] = frozenset()) -> list[str]:
    terms = own_terms((OwnValue(kind, value) for kind, value in values), common)
    return [text[span.start : span.end] for _, span in find_own(text, terms)]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("María López", "soy MARIA LOPEZ de aquí", ["MARIA LOPEZ"]),
        ("Maria Lopez", "soy María de la López", ["María de la López"]),
        ("María López", "la señora Lo\u0301pez y María", ["Lo\u0301pez", "María"]),
        ("Wanjiru wa Kamau", "Kamau's child is Wanjiru", ["Kamau", "Wanjiru"]),
        ("O'Neil", "call O\u2019NEIL", ["O\u2019NEIL"]),
        ("Weiß", "Herr WEISS", ["WEISS"]),
        ("Łukasz Żółw", "lukasz zolw", ["lukasz zolw"]),
        ("Jean-Luc", "jean luc and Jean-Luc", ["jean luc", "Jean-Luc"]),
        ("أحمد", "اسمي احمد", ["احمد"]),
        ("सुनीता देवी", "मैं सुनीता देवी हूँ", ["सुनीता देवी"]),
        ("王小明", "我叫王小明。", ["王小明"]),
        ("ສົມຈິດ", "ຂ້ອຍຊື່ສົມຈິດ", ["ສົມຈິດ"]),
        ("İpek", "ben ipek", ["ipek"]),
    ],
)
def test_the_contributors_name_is_found_in_any_script_and_spelling(name: str, text: str, expected: list[str]) -> None:
    assert found(text, ("name", name)) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ana", "banana and Anatolia"),
        ("Ana", "Ana7 and 7ana"),
        ("Juan de la Cruz", "de la casa"),
        ("Bo Li", "li and bo"),
        ("सुनी", "सुनीता"),
        ("Peter van der Berg", "the van, der Bus"),
        ("सुन", "सुनीता"),
        ("", "anything"),
    ],
)
def test_parts_of_other_words_particles_and_short_parts_stay(name: str, text: str) -> None:
    assert found(text, ("name", name)) == []


def test_a_short_name_is_found_as_a_whole() -> None:
    assert found("I am Bo Li", ("name", "Bo Li")) == ["Bo Li"]


def test_a_common_word_counts_only_with_a_capital_inside_a_sentence() -> None:
    text = "Will you ask Will? I will. Hope so, said Hope."
    assert found(text, ("name", "Will Hope"), common=frozenset({"will", "hope"})) == ["Will", "Hope"]


def test_a_word_that_is_common_for_many_contributors_counts_with_a_capital_only() -> None:
    text = "The desk said: ask Desk. A desk."
    assert found(text, ("name", "Desk"), common=frozenset({"desk"})) == ["Desk"]
    assert len(found(text, ("name", "Desk"))) == 3


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Will Smith", "I will come. Will you? We Will, I will.", ["Will"]),
        ("Will Smith", "Will Smith here, will smith", ["Will Smith", "will smith"]),
        ("Will", "Thanks,\nWill", ["Will"]),
        ("Will", "Thanks,\nWill.\n", ["Will"]),
        ("Will", "Will, are you there?", ["Will"]),
        ("Will", "Hi Will, it will do", ["Will"]),
        ("Will", "my name is will and I will wait", ["will"]),
        ("Will", "mr will called", ["will"]),
        ("Will", "I WILL COME", []),
        ("Will", "I will", []),
        ("Will", "Will you come", []),
        ("Rosa", "me llamo rosa, quiero una rosa", ["rosa"]),
        ("Mark", "mark the box", []),
        ("May", "in may, may I", []),
        ("Wilhelm", "wilhelm", ["wilhelm"]),
    ],
)
def test_a_name_that_is_a_word_counts_where_it_is_written_as_a_name(name: str, text: str, expected: list[str]) -> None:
    assert found(text, ("name", name)) == expected


@pytest.mark.parametrize(
    ("kind", "value", "text", "expected"),
    [
        ("phone", "+65 9123 4567", "電話は91234567です", ["91234567"]),
        ("phone", "03-1234567", "ל+972 3 123 4567", ["+972 3 123 4567"]),
        ("phone", "+254 712 345678", "هاتف٠٧١٢٣٤٥٦٧٨هنا", ["٠٧١٢٣٤٥٦٧٨"]),
        ("phone", "０７１２３４５６７８", "my0712-345-678x", ["0712-345-678x"[:-1]]),
        ("phone", "00254 712 345678", "0712/345678", ["0712/345678"]),
        ("phone", "555010", "call 555-010", ["555-010"]),
        ("id", "40017M", "会員番号40017Mです", ["40017M"]),
        ("id", "400175", "member400175M", ["400175"]),
        ("id", "٤٠٠١٧٥", "400175", ["400175"]),
        ("name", "Wanjiru", "Wanjiruさん、Wanjiruです", ["Wanjiru", "Wanjiru"]),
        ("name", "أحمد", "لأحمد وأحمد ولأحمد", ["أحمد", "أحمد", "أحمد"]),
        ("name", "دانه", "hiدانه2024", ["دانه"]),
        ("name", "דנה", "לדנה ושדנה", ["דנה", "דנה"]),
        ("name", "김민수", "김민수가 민수씨는 김민수입니다", ["김민수", "김민수"]),
        ("name", "Дмитрий", "이Дмитрий는", ["Дмитрий"]),
    ],
)
def test_what_was_declared_is_found_beside_letters_of_any_script(
    kind: OwnKind, value: str, text: str, expected: list[str]
) -> None:
    assert found(text, (kind, value)) == expected


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("phone", "0712 345 678", "0712 345 679"),
        ("phone", "12345", "12345"),
        ("id", "400175", "1400175"),
        ("id", "40017", "x40017"),
        ("name", "دانه", "دانهها"),
        ("name", "أحمد", "زأحمد"),
        ("name", "김민수", "김민수학"),
        ("name", "Anna", "Аnnа Hannah"),
        ("name", "دانه", "دانهّب"),
    ],
)
def test_parts_of_longer_words_and_numbers_are_not_what_was_declared(kind: OwnKind, value: str, text: str) -> None:
    assert found(text, (kind, value)) == []


def test_a_village_is_found_as_a_whole_only() -> None:
    text = "from Green Hill, a green\u00a0hill"
    assert found(text, ("place", "Green Hill")) == ["Green Hill", "green\u00a0hill"]
    assert found("the hill is green", ("place", "Green Hill")) == []


@pytest.mark.parametrize("text", ["0712 345 678", "+254712345678", "(0712) 345-678", "254 712 345 678"])
def test_the_contributors_phone_is_found_however_it_is_grouped(text: str) -> None:
    assert found(f"call {text} please", ("phone", "+254 712 345678")) == [text]


def test_another_phone_number_is_not_the_contributors() -> None:
    assert found("call 0712 345 679", ("phone", "0712 345 678")) == []


def test_an_email_address_is_found_and_the_part_before_the_at_when_it_is_no_word() -> None:
    assert found("on chat I am ana.lopez", ("email", "Ana.Lopez@x.example")) == ["ana.lopez"]
    assert found("the kitchen is open", ("email", "kitchen@x.example")) == []


def test_common_words_are_those_of_many_contributors_in_small_letters() -> None:
    many, one = WordUsers(), WordUsers()
    for number in range(5):
        many.add(f"c{number}", "Will said grace, will he? Rose")
        one.add("c1", "Will said grace, will he? Rose")
    assert many.common() == {"said", "grace", "will"}
    assert one.common() == frozenset()


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["Wanjirũ Kamau", "José Peña", "王小明", "Дмитрий"]))
def test_a_name_is_found_between_any_words(before: str, after: str, name: str) -> None:
    text = f"{before} {name} {after}"
    start = len(before) + 1
    terms = own_terms([OwnValue("name", name)])
    assert any(span.start <= start and span.end >= start + len(name) for _, span in find_own(text, terms))
