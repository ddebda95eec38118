"""A model as judge counts only once it agrees with people; here it mostly does not."""

from collections.abc import Sequence
from typing import Any

import pytest
from tests.evaluate.people.makers import judged

from commonhold.errors import RequestError
from commonhold.evaluate.people.judge import MIN_ALPHA, JudgedPair, LikelihoodJudge, Preferred, admit
from commonhold.evaluate.people.sentences import judge_sentence
from commonhold.evaluate.people.unblind import Choice, UnblindedRating
from commonhold.evaluate.scorers import SCORERS
from commonhold.records.answer import ChoiceScore
from commonhold.records.chat import Conversation

COMPARISONS = [JudgedPair(f"desk/i{item:02}", f"lamp {item}?", f"base {item}", f"tuned {item}") for item in range(4)]


class Letters:
    """An answerer that likes one letter, or the letter before which a word stands."""

    def __init__(self, letter: str = "", word: str = "") -> None:
        self.letter, self.word = letter, word
        self.asked: list[str] = []

    def generate(self, conversations: Sequence[Conversation], max_new_tokens: int) -> list[str]:  # noqa: ARG002
        raise AssertionError("a judge compares likelihoods")

    def choice_log_likelihoods(
        self, conversations: Sequence[Conversation], choices: Sequence[Sequence[str]]
    ) -> list[list[ChoiceScore]]:
        found = []
        for conversation, letters in zip(conversations, choices, strict=True):
            text = conversation[-1].content
            self.asked.append(text)
            liked = self.letter or ("A" if self.word in text.split("Reply B:")[0].split("Reply A:")[1] else "B")
            found.append([ChoiceScore(-1.0 if letter == liked else -2.0, 1, 1) for letter in letters])
        return found


def test_a_judge_is_asked_in_both_orders() -> None:
    answerer = Letters(letter="A")
    LikelihoodJudge("toy", answerer).prefer(COMPARISONS[:1])
    assert len(answerer.asked) == 2
    one, other = answerer.asked
    assert one.index("tuned 0") < one.index("base 0")
    assert other.index("base 0") < other.index("tuned 0")


@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_judge_that_always_says_the_same_letter_prefers_nobody(letter: str) -> None:
    assert LikelihoodJudge("toy", Letters(letter=letter)).prefer(COMPARISONS) == ["tie"] * 4


@pytest.mark.parametrize("word", ["tuned", "base"])
def test_a_judge_that_holds_to_a_reply_prefers_it(word: Preferred) -> None:
    judge = LikelihoodJudge("toy", Letters(word=word))
    assert judge.prefer(COMPARISONS) == [word] * 4


def people(items: int, raters: int = 3) -> list[UnblindedRating]:
    """By turns for the tuned model, for the base, and for neither."""
    choices: tuple[Choice, ...] = ("tuned", "base", "both_bad")
    return [judged(item, f"r{rater}", choices[item % 3]) for item in range(items) for rater in range(raters)]


def says(items: int, mistakes: int = 0) -> dict[str, Preferred]:
    right: tuple[Preferred, ...] = ("tuned", "base", "tie")
    return {f"desk/i{item:02}": right[(item + (item < mistakes)) % 3] for item in range(items)}


def test_a_judge_that_agrees_on_fifty_items_counts() -> None:
    admission = admit("toy", says(51), people(51))
    assert (admission.counts, admission.reason) == (True, "")
    assert admission.win_rate == pytest.approx(0.5)
    assert "as judge agrees with people" in judge_sentence(admission)


@pytest.mark.parametrize(
    ("items", "raters", "mistakes", "counts", "reason"),
    [
        (50, 3, 0, True, ""),
        (49, 3, 0, False, "only 49 items, and 50 are needed"),
        (50, 2, 0, False, "only 2 people answered, and 3 are needed"),
        (60, 3, 4, True, ""),
        (60, 3, 12, False, "agrees too little with people: Krippendorff's alpha is 0.70 and may be as low as"),
    ],
)
def test_few_items_few_people_or_little_agreement_do_not_do(
    items: int, raters: int, mistakes: int, counts: bool, reason: str
) -> None:
    admission = admit("toy", says(items, mistakes), people(items, raters))
    assert admission.counts is counts
    assert reason in admission.reason
    assert ("is not counted, because" in judge_sentence(admission)) is not counts


def test_a_judge_that_always_ties_is_refused_for_want_of_agreement() -> None:
    always: dict[str, Preferred] = {f"desk/i{item:02}": "tie" for item in range(60)}
    admission = admit("toy", always, people(60))
    assert not admission.counts
    assert admission.agreement.value is not None
    assert admission.agreement.value < 0.1


def test_where_people_and_judge_say_nothing_but_ties_there_is_nothing_to_measure() -> None:
    always: dict[str, Preferred] = {f"desk/i{item:02}": "tie" for item in range(60)}
    ties = [judged(item, f"r{rater}", "both_good") for item in range(60) for rater in range(3)]
    assert "too few different answers" in admit("toy", always, ties).reason


def test_only_items_that_people_judged_count() -> None:
    unsure = [judged(item, "r0", "cannot_judge") for item in range(60)]
    admission = admit("toy", says(60), unsure)
    assert (admission.items, admission.win_rate) == (0, None)


def test_no_task_can_name_a_judge_so_that_no_gate_can() -> None:
    assert [name for name in SCORERS if "judge" in name] == []
    with pytest.raises(RequestError):
        SCORERS.get("judge/1")


@pytest.mark.slow
def test_the_shipped_base_model_is_no_judge(tmp_path: Any) -> None:
    from commonhold.stages.llm_judge import local_judge
    from commonhold.stages.workspace import Workspace

    judge = local_judge("smollm2-135m-instruct", Workspace(tmp_path), lambda _: None)
    clear = [
        JudgedPair(f"desk/i{item:02}", f"What is {item} plus one?", f"It is {item + 1}.", "Bananas are yellow.")
        if item % 2
        else JudgedPair(f"desk/i{item:02}", f"What is {item} plus one?", "Bananas are yellow.", f"It is {item + 1}.")
        for item in range(16)
    ]
    verdicts = dict(zip((each.item for each in clear), judge.prefer(clear), strict=True))
    judgements = [
        judged(item, f"r{rater}", "base" if item % 2 else "tuned") for item in range(16) for rater in range(3)
    ]
    admission = admit(judge.name, verdicts, judgements)
    assert not admission.counts
    assert admission.agreement.value is not None
    assert admission.agreement.value < MIN_ALPHA
