import pytest

from commonhold.curate.privacy.birth_date import find_birth_dates


def found(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in find_birth_dates(text)]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("DOB: 3/14/1985", "3/14/1985"),
        ("date of birth is 1985-03-14.", "1985-03-14"),
        ("I was born on March 14, 1985 in", "March 14, 1985"),
        ("born on the 14th of March 1985", "14th of March 1985"),
        ("nací el 14 de marzo de 1985", "14 de marzo de 1985"),
        ("née le 14 mars 1985", "14 mars 1985"),
        ("geboren am 14.03.1985", "14.03.1985"),
        ("data de nascimento: 14/03/1985", "14/03/1985"),
        ("生年月日：1985年3月14日", "1985年3月14日"),
        ("私の生年月日は昭和60年3月14日です", "昭和60年3月14日"),
        ("生日1985-03-14", "1985-03-14"),
        ("생년월일은 1985년 3월 14일", "1985년 3월 14일"),
        ("تاريخ الميلاد 14/03/1985م", "14/03/1985"),
        ("ngày sinh 14/03/1985", "14/03/1985"),
    ],
)
def test_a_date_that_is_called_one_of_birth_is_found(text: str, date: str) -> None:
    assert found(text) == [date]


@pytest.mark.parametrize(
    "text",
    [
        "the meeting is on 3/14/1985",
        "born in 1985",
        "newborn 3/14/1985",
        "a native 3/14/1985",
        "DOB:\n3/14/1985",
        "born: 3/14",
        "生年月日は昭和60年",
        "誕生日会は1985年3月14日",
    ],
)
def test_other_dates_and_years_stay(text: str) -> None:
    assert found(text) == []
