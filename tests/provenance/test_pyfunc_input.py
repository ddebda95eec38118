"""Texts, chats and tables are read as the conversations that a person meant, or refused by the question's number."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.errors import RequestError
from commonhold.provenance.pyfunc_input import conversations_of
from commonhold.records.chat import Message

WELL, OPEN = (Message("user", "Where is the well?"),), (Message("user", "When do you open?"),)
CHAT = [{"role": "system", "content": "Rhyme."}, {"role": "user", "content": "Where is the well?"}]
TURNS = (Message("system", "Rhyme."), Message("user", "Where is the well?"))


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("Where is the well?", [WELL]),
        (["Where is the well?", "When do you open?"], [WELL, OPEN]),
        (("Where is the well?", "When do you open?"), [WELL, OPEN]),
        (np.array(["Where is the well?", "When do you open?"]), [WELL, OPEN]),
        (pd.Series(["Where is the well?"]), [WELL]),
        (CHAT, [TURNS]),
        ({"messages": CHAT}, [TURNS]),
        ([CHAT, "When do you open?"], [TURNS, OPEN]),
        ([{"messages": CHAT}, {"messages": CHAT}], [TURNS, TURNS]),
        ([], []),
        (pd.DataFrame({"prompt": ["Where is the well?"], "id": [7]}), [WELL]),
        (pd.DataFrame({"question": ["Where is the well?"]}), [WELL]),
        (pd.DataFrame({"messages": [CHAT], "prompt": ["When do you open?"]}), [TURNS]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_form_is_read_as_conversations(asked: object, read: object) -> None:
    assert conversations_of(asked) == read


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (7, "what is asked is a int"),
        (None, "what is asked is a NoneType"),
        (["a", 7], "question 2 is a int without messages"),
        (["a", []], "question 2 is a list without messages"),
        ({"prompt": "a"}, "question 1 is a dict without messages"),
        ([{"role": "bot", "content": "a"}], "question 1, message 1 role: input should be 'system', 'user' or"),
        ([CHAT, [{"role": "user"}]], "question 2, message 1 content: field required"),
        ([CHAT, [{"role": "user", "content": "a"}, "b"]], "question 2, message 2"),
        (pd.DataFrame({"prompt": ["a", float("nan")]}), "question 2 is a float without messages"),
        (pd.DataFrame({"a": ["b"], "c": ["d"]}), "the table has the columns a, c. Call the one"),
        (pd.DataFrame(), r"the table has the columns \(none\)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_question_is_refused_by_its_place(asked: object, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        conversations_of(asked)


SHAPES = st.recursive(
    st.none() | st.text() | st.integers() | st.sampled_from(["user", "role", "content"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["role", "content", "messages", "x"]), inner),
)


@given(SHAPES)
def test_any_shape_is_read_or_refused(asked: Any) -> None:
    try:
        read = conversations_of(asked)
    except RequestError:
        return
    assert len(read) == (len(asked) if isinstance(asked, list) and not _is_chat(asked) else 1)
    assert all(isinstance(message, Message) for conversation in read for message in conversation)


def _is_chat(asked: list[Any]) -> bool:
    return bool(asked) and all(isinstance(each, Mapping) and "role" in each for each in asked)
