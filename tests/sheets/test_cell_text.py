import datetime as dt

import pytest

from commonhold.sheets.cell_text import text_of


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.2, "0.3"),
        (5.0, "5"),
        (-0.0, "0"),
        (612345678.0, "612345678"),
        (1e21, "1e+21"),
        (float("nan"), ""),
        (True, "true"),
        (1, "1"),
        (None, ""),
        (dt.date(2026, 3, 4), "2026-03-04"),
        (dt.datetime(2026, 3, 4), "2026-03-04"),  # noqa: DTZ001
        (dt.datetime(2026, 3, 4, 5, 6), "2026-03-04T05:06:00"),  # noqa: DTZ001
        (dt.time(5, 6), "05:06:00"),
        (dt.timedelta(hours=1), "1:00:00"),
    ],
)
def test_a_value_is_the_text_a_person_would_type(value: object, text: str) -> None:
    assert text_of(value) == text
