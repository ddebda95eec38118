"""Questions laid end to end: every token where it would stand alone, and nothing sees a neighbour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.models.shared_prefix import (
    Scored,
    ScoredQuestion,
    SharedPrefixRow,
    in_rows,
    lay_out,
    row_tokens,
    shared_beginning,
)

ids = st.lists(st.integers(0, 9), min_size=1, max_size=5).map(tuple)
questions = st.lists(
    st.builds(ScoredQuestion, ids, st.lists(ids, min_size=1, max_size=3).map(tuple)), min_size=1, max_size=4
)


def test_one_question_by_hand() -> None:
    # The last tokens of the choices, 8 and 9, are scored and not read.
    assert lay_out([ScoredQuestion((5, 6), ((7, 8), (9,)))]) == SharedPrefixRow(
        ids=[5, 6, 7],
        positions=[0, 1, 2],
        block=[0, 0, 1],
        parent=[0, 0, 0],
        scored=[Scored(1, 7, 0), Scored(2, 8, 0), Scored(1, 9, 1)],
    )


def test_two_questions_that_share_their_first_token_by_hand() -> None:
    row = lay_out([ScoredQuestion((5, 6), ((7, 8, 1),)), ScoredQuestion((5, 2, 3), ((4,),))], shared=1)
    assert row == SharedPrefixRow(
        ids=[6, 7, 8, 2, 3],
        positions=[1, 2, 3, 1, 2],
        block=[0, 1, 1, 2, 2],
        parent=[0, 0, 0, 2, 2],
        scored=[Scored(0, 7, 0), Scored(1, 8, 0), Scored(2, 1, 0), Scored(4, 4, 1)],
    )


@given(questions)
def test_every_token_is_predicted_by_the_one_before_it_in_its_own_reading(asked: list[ScoredQuestion]) -> None:
    row = lay_out(asked)
    choices = [(question.context, choice) for question in asked for choice in question.choices]
    readings: dict[int, list[int]] = {}
    for predictor, target, choice in row.scored:
        visible = [
            row.ids[place]
            for place in range(predictor + 1)
            if row.block[place] in (row.block[predictor], row.parent[predictor])
        ]
        context, text = choices[choice]
        reading = readings.setdefault(choice, list(context))
        assert visible == reading
        assert row.positions[predictor] == len(reading) - 1
        reading.append(target)
        assert tuple(reading[len(context) :]) == text[: len(reading) - len(context)]
    assert readings == {number: [*context, *text] for number, (context, text) in enumerate(choices)}


@given(questions)
def test_a_row_is_as_long_as_was_counted(asked: list[ScoredQuestion]) -> None:
    assert len(lay_out(asked).ids) == sum(row_tokens(question) for question in asked)


@pytest.mark.parametrize(
    "question",
    [
        ScoredQuestion((), ((1,),)),
        ScoredQuestion((1,), ((),)),
        ScoredQuestion((1,), ((2,), (), (3,))),
        ScoredQuestion((1,), ()),
    ],
)
def test_question_without_tokens_is_refused(question: ScoredQuestion) -> None:
    with pytest.raises(ValueError, match="at least one token"):
        lay_out([question])


def test_a_beginning_that_is_a_whole_question_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        lay_out([ScoredQuestion((1, 2), ((3,),))], shared=2)


@pytest.mark.parametrize(
    ("contexts", "shared"),
    [
        ([(1, 2, 3), (1, 2, 4)], 2),
        ([(1, 2, 3), (1, 2, 3)], 2),  # each keeps a token of its own
        ([(1, 2), (1, 2, 3)], 1),
        ([(1, 2, 3), (2, 2, 3)], 0),
        ([(1, 2, 3), (1, 2, 9), (1, 3, 1)], 1),
        ([(1, 2, 3)], 0),  # nobody to share with
        ([], 0),
    ],
)
def test_shared_beginning_by_hand(contexts: list[tuple[int, ...]], shared: int) -> None:
    assert shared_beginning(contexts) == shared


def test_rows_by_hand() -> None:
    # 6 and 4 fill a row of 10; 5, 3 and 2 the next; 11 is larger than a row and goes alone.
    assert in_rows([3, 6, 5, 11, 4, 2], budget=10) == [[3], [1, 4], [2, 0, 5]]


@given(st.lists(st.integers(1, 20), max_size=30), st.integers(1, 25))
def test_rows_hold_everything_once_within_the_budget(sizes: list[int], budget: int) -> None:
    rows = in_rows(sizes, budget)
    assert sorted(number for row in rows for number in row) == list(range(len(sizes)))
    assert all(len(row) == 1 or sum(sizes[number] for number in row) <= budget for row in rows)
