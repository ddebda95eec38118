"""A table of texts with their names, read with every mistake at once, and what is counted with it."""

from pathlib import Path

import pytest

from commonhold.curate.privacy.find import Span
from commonhold.curate.privacy.labelled_names import LabelledText, count_found, read_labelled_names
from commonhold.errors import FormError, MissingInputError


def read(folder: Path, table: str) -> tuple[LabelledText, ...]:
    path = folder / "names.csv"
    path.write_text(table, encoding="utf-8")
    return read_labelled_names(path, "names.csv")


def test_names_are_found_wherever_they_stand_as_whole_words(tmp_path: Path) -> None:
    table = (
        "Text,Names,Language\nAna asked Ana Odell about Anatolia,Ana; Ana Odell,en\n我叫李小龙,李小龙,zh\nnobody,,en\n"
    )
    assert read(tmp_path, table) == (
        LabelledText("Ana asked Ana Odell about Anatolia", ((0, 3), (10, 19)), "en"),
        LabelledText("我叫李小龙", ((2, 5),), "zh"),
        LabelledText("nobody", (), "en"),
    )


def test_no_language_is_needed(tmp_path: Path) -> None:
    assert read(tmp_path, "text,names\nask Ana,Ana\n") == (LabelledText("ask Ana", ((4, 7),), ""),)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            "text,names\nask Ana,Anna\nask Bo,Bo\nask Cy,Cyd\n",
            "row 2, column names: the text does not have the name 'Anna'",
        ),
        (
            "text,names\nask Ana,Anna\nask Bo,Bo\nask Cy,Cyd\n",
            "row 4, column names: the text does not have the name 'Cyd'",
        ),
        ("text,who\nask Ana,Ana\n", "column names"),
        ("text,names\nask her,\n", "no row names anybody"),
        ("", "names.csv"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(FormError) as caught:
        read(tmp_path, table)
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"names\.csv"):
        read_labelled_names(tmp_path / "names.csv", "names.csv")


def test_a_name_counts_where_the_whole_of_it_was_found() -> None:
    texts = [LabelledText("ask Ana Odell now", ((4, 13),), "en"), LabelledText("pide Ana", ((5, 8),), "es")]
    part, whole, more, other = Span(4, 7), Span(4, 13), Span(0, 17), Span(14, 17)
    for spans, found, others in (
        ((part,), 0, 0),
        ((whole,), 1, 0),
        ((more,), 1, 0),
        ((whole, other), 1, 1),
        ((), 0, 0),
    ):
        counted = count_found(texts, [spans, ()])
        assert (counted.named, counted.others) == ({"en": 1, "es": 1}, others)
        assert counted.found.total() == found
