from collections.abc import Callable
from pathlib import Path

import pytest

from commonhold.curate.rows.community_data import read_community
from commonhold.curate.rows.method_needs import refuse_if_empty
from commonhold.curate.settings import Method
from commonhold.errors import FormError

Community = Callable[..., Path]
HEAD = "Message,Reply,Worse,Helped?,Who,Language,OK?\n"
PAIR = "  completion: Reply\n"


def refuse(folder: Path, method: Method) -> None:
    refuse_if_empty(read_community(folder), method)


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ("kto", "columns.rating: kto learns from replies that people rated. Map the column as rating, or set "),
        ("dpo", "columns.rejected: dpo learns from messages with two replies, of which people liked one less. Map "),
        ("continued_pretraining", "columns.text: continued_pretraining learns from texts to read. Map the column as "),
    ],
)
def test_a_datasheet_without_the_column_is_told_with_its_line(
    community: Community, datasheet: str, method: Method, told: str
) -> None:
    line = datasheet.splitlines().index("columns:") + 1
    with pytest.raises(FormError) as raised:
        refuse(community("Message,Reply\n", datasheet), method)
    assert f"datasheet.yaml:{line} {told}" in str(raised.value)
    assert "train.objective.method to sft in the recipe" in str(raised.value)


def test_texts_do_not_serve_replies_and_the_remedy_names_the_method_that_fits(
    community: Community, datasheet: str
) -> None:
    sheet = datasheet.replace("  prompt: Message\n  completion: Reply\n", "  text: Text\n")
    with pytest.raises(FormError, match=r"columns\.completion: sft learns from .* to continued_pretraining"):
        refuse(community("Text\n", sheet), "sft")


@pytest.mark.parametrize(
    ("method", "rows", "told"),
    [
        ("kto", "a,b,,yes,,,\n", "kto needs a thumb down, and no row has it"),
        ("kto", "a,b,,no,,,\n,,,,,,\n", "kto needs a thumb up, and"),
        ("kto", "a,b,,,,,\na,b,,3 stars,,,\n", "kto needs a thumb up and a thumb down, and"),
        ("kto", "a,b,,no,,,\na,b,,yes,,,\n", ""),
        ("dpo", "a,b,  ,yes,,,\n", "dpo needs messages with two replies"),
        ("dpo", "a,b,,,,,\na,b,c,,,,\n", ""),
        ("sft", "a,b,,no,,,\na,,,yes,,,\n", "sft needs messages with the replies to learn, and no row has it"),
        ("sft", "a,b,,no,,,\na,b,,,,,\n", ""),
    ],
)
def test_rows_that_do_not_hold_what_a_method_learns_from_are_told(
    community: Community, datasheet: str, method: Method, rows: str, told: str
) -> None:
    folder = community(HEAD + rows, datasheet.replace(PAIR, f"{PAIR}  rejected: Worse\n  rating: Helped?\n"))
    if not told:
        refuse(folder, method)
        return
    with pytest.raises(FormError, match=told):
        refuse(folder, method)


def test_rows_behind_those_that_are_enough_are_not_read(community: Community, datasheet: str) -> None:
    folder = community("", datasheet.replace(PAIR, f"{PAIR}  rating: Helped?\n"))
    rows = HEAD + "a,b,,no,,,\na,b,,yes,,,\n"
    (folder / "rows.csv").write_text(rows + "a,b,,yes,,,\n" * 200 + f'"{"x" * (17 << 20)}', encoding="utf-8")
    refuse(folder, "kto")
