import pytest
from pydantic import ValidationError

from commonhold.curate.rows.rating import Ratings, RatingWords

USUAL = Ratings(RatingWords())


@pytest.mark.parametrize(
    "cell", ["yes", "Yes ", "Y", "up", "thumbs up", "good", "1", "+1", "1.0", "true", "TRUE", "👍", "👍🏾", "👍\ufe0f"]
)
def test_a_thumb_up_in_the_words_of_people(cell: str) -> None:
    assert USUAL.read(cell) == "up"


@pytest.mark.parametrize("cell", ["no", " NO", "n", "down", "bad", "0", "-1", "−1", "0.0", "false", "👎", "👎🏻"])
def test_a_thumb_down_in_the_words_of_people(cell: str) -> None:
    assert USUAL.read(cell) == "down"


@pytest.mark.parametrize("cell", ["", "  ", "\n"])
def test_an_empty_cell_is_no_rating(cell: str) -> None:
    assert USUAL.read(cell) == ""


@pytest.mark.parametrize("cell", ["maybe", "10", "2", "01", "3 stars", "not good", "yes and no", "👍👎", "?", "none"])
def test_another_word_is_no_thumb(cell: str) -> None:
    assert USUAL.read(cell) is None


def test_a_community_has_words_of_its_own_beside_the_usual_ones() -> None:
    ratings = Ratings(RatingWords(up="Sirve", down=["no sirve", "nada"]))
    assert [ratings.read(cell) for cell in ("SIRVE", "no sirve", "nada", "yes")] == ["up", "down", "down", "up"]


def test_own_words_go_before_the_usual_ones() -> None:
    ratings = Ratings(RatingWords(up=["0"], down=["1"]))
    assert [ratings.read(cell) for cell in ("0", "1", "-1")] == ["up", "down", "down"]


def test_one_word_for_both_thumbs_is_refused() -> None:
    with pytest.raises(ValidationError, match="'meh' is under 'up' and under 'down'"):
        RatingWords(up=["Meh"], down=["meh "])


def test_what_cannot_be_read_is_told_with_its_column_and_a_remedy() -> None:
    check = USUAL.check("Helped?")
    assert check({"Helped?": "no"}) is None
    assert check({}) is None
    problem, remedy = check({"Helped?": "x" * 60}) or ("", "")
    assert problem == f"'{'x' * 40}…' in 'Helped?' is neither a thumb up nor a thumb down"
    assert "rating_words in datasheet.yaml" in remedy
