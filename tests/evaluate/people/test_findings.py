"""From judgements to figures and sentences, by hand."""

from typing import Any

import pytest
from tests.evaluate.people.makers import draw, judged, make_scores

from commonhold.evaluate.people.findings import RatingFindings, find, preference
from commonhold.evaluate.people.pack import SealedTask
from commonhold.evaluate.people.rating import Rating
from commonhold.evaluate.people.sentences import headline, verdict
from commonhold.evaluate.people.unblind import Choice, UnblindedRating, labelled, unblind

DRAWN = draw(make_scores(6), asks_right=True)


def findings(judgements: list[UnblindedRating], **task: Any) -> RatingFindings:
    sealed = SealedTask(**{"name": "desk", "title": "Desk", "scorer": "include/1", "items": 100, "clusters": 100,
                           "base_right": 10, "tuned_right": 60, **task})  # fmt: skip
    key = DRAWN.key.__class__(DRAWN.key.secret, "", (), (sealed,))
    return find(DRAWN.pack, key, judgements)


def panel(items: int, raters: int, choice: Choice = "tuned", **changed: Any) -> list[UnblindedRating]:
    return [judged(item, f"r{rater}", choice, **changed) for item in range(items) for rater in range(raters)]


def rating(question: str, said: Any, a_right: bool | None = None, b_right: bool | None = None) -> Rating:
    return Rating("r", question, said, a_right, b_right, "", "a.json", "", 0)


def test_a_verdict_for_a_letter_is_one_for_the_model_behind_it() -> None:
    for sealed in DRAWN.key.questions:
        a, b = unblind([rating(sealed.id, "A", a_right=True), rating(sealed.id, "B", b_right=True)], DRAWN.key)
        assert (a.choice, b.choice) == (("tuned", "base") if sealed.tuned == "A" else ("base", "tuned"))
        assert (a.tuned_right, a.base_right) == ((True, None) if sealed.tuned == "A" else (None, True))
        assert (b.tuned_right, b.base_right) == ((None, True) if sealed.tuned == "A" else (True, None))
    assert {sealed.tuned for sealed in DRAWN.key.questions} == {"A", "B"}


def test_ties_count_half_and_who_cannot_judge_is_left_out() -> None:
    choices: tuple[Choice, ...] = ("tuned", "tuned", "base", "both_good", "both_bad", "cannot_judge")
    part = preference("all", [judged(number, "r", choice) for number, choice in enumerate(choices)])
    assert part.win_rate == pytest.approx((1 + 1 + 0 + 0.5 + 0.5) / 5)
    assert (part.tuned, part.base, part.both_good, part.both_bad, part.cannot_judge) == (2, 1, 1, 1, 1)
    assert part.items == 5


def test_what_a_person_answered_twice_counts_once() -> None:
    part = preference("all", [judged(1, "r", "tuned"), judged(1, "r", "base", repeats="q01"), judged(2, "r", "tuned")])
    assert part.win_rate == pytest.approx((0.5 + 1) / 2)
    assert part.items == 2


def test_where_nobody_could_judge_there_is_no_rate() -> None:
    part = preference("all", [judged(1, "r", "cannot_judge")])
    assert part.win_rate is None
    assert verdict(part) == "too few to judge"


@pytest.mark.parametrize(
    ("items", "raters", "said"),
    [(20, 3, "tuned preferred"), (19, 3, "too few to judge"), (20, 2, "too few to judge")],
)
def test_twenty_items_and_three_people_are_needed(items: int, raters: int, said: str) -> None:
    # One base preference, lest all be alike; the rest for the tuned model.
    judgements = [*panel(items, raters)[:-1], judged(items - 1, f"r{raters - 1}", "base")]
    assert verdict(preference("all", judgements)) == said


def test_a_half_shows_nothing_and_less_speaks_for_the_base() -> None:
    split = [judged(item, f"r{rater}", "tuned" if item % 2 else "base") for item in range(20) for rater in range(3)]
    assert verdict(preference("all", split)) == "no clear preference"
    lost = [judged(item, f"r{rater}", "tuned" if item == rater else "base") for item in range(20) for rater in range(3)]
    assert verdict(preference("all", lost)) == "base preferred"


def test_slices_are_made_by_task_language_and_group_where_there_are_several() -> None:
    judgements = [
        judged(1, "r", "tuned", language="en"),
        judged(2, "r", "tuned", language=""),
        judged(3, "r", "base", group="gas"),
    ]
    assert [part.name for part in findings(judgements).slices] == [
        "language=not given", "language=en", "group=gas", "group=lamps",
    ]  # fmt: skip


def test_the_least_preferred_slice_is_named_and_small_ones_are_not_hidden() -> None:
    judgements = [
        *panel(20, 3, "tuned", language="en"),
        *[judged(50 + item, f"r{rater}", "base", language="es") for item in range(20) for rater in range(3)],
        *[judged(90, f"r{rater}", "base", language="ar") for rater in range(3)],
    ]
    sentences = headline(findings(judgements))
    assert sentences[1].startswith("Least preferred: language es, 0 %")
    assert sentences[2] == "Too few to judge by themselves: language ar."


def test_how_often_a_was_chosen_is_said_with_its_interval() -> None:
    left = panel(20, 3, "tuned")  # the tuned reply stands on A throughout
    found = findings(left)
    assert (found.position.chosen_a, found.position.chosen_b) == (60, 0)
    assert any("the side mattered" in sentence for sentence in headline(found))
    balanced = [judged(item, f"r{rater}", "tuned", tuned="AB"[item % 2]) for item in range(20) for rater in range(3)]
    assert (findings(balanced).position.chosen_a, findings(balanced).position.chosen_b) == (30, 30)
    assert any("no sign that the side mattered" in sentence for sentence in headline(findings(balanced)))


def test_repeats_tell_who_holds_to_the_reply_and_who_to_the_side() -> None:
    judgements = [
        judged(1, "r", "tuned", question="q01"),
        judged(1, "r", "tuned", question="q11", repeats="q01", tuned="B"),  # the same reply
        judged(2, "r", "tuned", question="q02"),
        judged(2, "r", "base", question="q12", repeats="q02", tuned="B"),  # the same letter: A both times
        judged(3, "r", "both_bad", question="q03"),
        judged(3, "r", "both_good", question="q13", repeats="q03", tuned="B"),
        judged(4, "s", "tuned", question="q14", repeats="q04", tuned="B"),  # the first time is missing
    ]
    found = findings(judgements).consistency
    assert (found.same.hits, found.same.trials, found.same_letter) == (1, 3, 1)


def test_agreement_leaves_out_repeats_and_who_cannot_judge() -> None:
    judgements = [
        *[judged(1, rater, "tuned") for rater in "rs"],
        *[judged(2, rater, "base") for rater in "rs"],
        judged(3, "r", "tuned"), judged(3, "s", "cannot_judge"),
        judged(1, "r", "base", repeats="q01", question="q09"),
    ]  # fmt: skip
    found = findings(judgements)
    assert (found.agreement.value, found.agreement.units) == (1.0, 2)
    assert found.ordered_agreement.value == 1.0


def test_a_reply_is_right_when_most_say_so_and_a_draw_says_nothing() -> None:
    judgements = [
        judged(1, "r", "tuned", tuned_right=True, base_right=False),
        judged(1, "s", "tuned", tuned_right=True, base_right=True),
        judged(1, "t", "tuned", tuned_right=False),
        judged(2, "r", "tuned", task="other", tuned_right=True),
    ]
    (label,) = labelled(judgements, "desk")
    assert (label.right, label.scored_right) == (True, True)


@pytest.mark.parametrize(("score", "right"), [(0.5, True), (0.49, False)])
def test_a_graded_score_is_right_from_a_half_up(score: float, right: bool) -> None:
    (label,) = labelled([judged(1, "r", "tuned", tuned_right=True, tuned_score=score)], "desk")
    assert label.scored_right is right


def test_scorers_are_held_against_people_and_their_rates_corrected() -> None:
    # 20 right replies of which the scorer finds 18, 20 wrong ones of which it finds 20: Se 0.9, Sp 1.
    judgements = [
        judged(item, "r", "tuned", tuned_right=True, base_right=False, tuned_score=float(item < 18))
        for item in range(20)
    ]
    (account,) = findings(judgements).scorers
    assert (account.sensitivity.hits, account.sensitivity.trials) == (18, 20)
    assert (account.specificity.hits, account.specificity.trials) == (20, 20)
    base, tuned = account.corrected
    assert (base.said, tuned.said) == (0.1, 0.6)
    assert base.rate == pytest.approx(0.1 / 0.9)
    assert tuned.rate == pytest.approx(0.6 / 0.9)
    assert "tuned 60 % becomes 66.7 %" in headline(findings(judgements))[-1]


def test_a_scorer_with_too_few_labels_keeps_its_rates() -> None:
    judgements = [judged(item, "r", "tuned", tuned_right=True, base_right=False) for item in range(19)]
    (account,) = findings(judgements).scorers
    assert [each.rate for each in account.corrected] == [None, None]
    assert "Its rates are not corrected: too few labels" in headline(findings(judgements))[-1]


def test_without_labels_asked_for_scorers_are_not_judged() -> None:
    pack = draw(make_scores(6)).pack
    assert find(pack, DRAWN.key, panel(3, 2)).scorers == ()


def test_the_first_sentence_says_who_is_preferred_how_surely_and_by_whom() -> None:
    judgements = [*panel(20, 3)[:-1], judged(19, "r2", "base")]
    # Variances (3/2)^2 * 2/3 and (20/19)^2 * 0.95, over 3600: 59/60 on 23.1 judgements; t = 4.303: 53.7 % to 99.97 %.
    assert headline(findings(judgements))[0] == (
        "The tuned model is preferred in 98.3 % (95 % interval 53.7 % to over 99.9 %) of the comparisons by 3 people "
        "on 20 items, ties counted half: people like these find it better on messages like these."
    )


def test_few_answers_are_said_to_be_few() -> None:
    said = headline(findings(panel(2, 2)))
    assert said[0].endswith("ties counted half. Too few to judge: it takes 20 items and 3 people.")
    assert not any(sentence.startswith(("Least", "Too few to judge by themselves")) for sentence in said)
