"""What people's answers say, in sentences for the people themselves; what is not sure is stated with them."""

from collections.abc import Iterator

from commonhold.evaluate.interval_text import MIN_ITEMS, percent_range, slice_label
from commonhold.evaluate.people.accountability import Accountability, Share
from commonhold.evaluate.people.agreement import Alpha
from commonhold.evaluate.people.findings import MIN_RATERS, Preference, RatingFindings
from commonhold.evaluate.people.judge import Admission
from commonhold.number_format import count, listed, percent

RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff's rule of thumb for alpha."""


def headline(findings: RatingFindings) -> tuple[str, ...]:
    """The findings, most important first."""
    return (
        _overall(findings.overall),
        *_worst(findings),
        _position(findings),
        *_consistency(findings),
        *_agreement(findings),
        *(account_sentence(each) for each in findings.scorers),
    )


def verdict(part: Preference) -> str:
    """`tuned preferred`, `base preferred`, `no clear preference` or `too few to judge`."""
    if part.win_rate is None or part.too_few:
        return "too few to judge"
    if part.interval.low > 0.5:
        return "tuned preferred"
    return "base preferred" if part.interval.high < 0.5 else "no clear preference"


def rate_text(part: Preference) -> str:
    """`68 % (95 % interval 51 % to 82 %)`."""
    if part.win_rate is None:
        return "nobody could judge"
    return f"{percent(part.win_rate)} (95 % interval {percent_range(part.interval)})"


def share_text(share: Share) -> str:
    """`18 of 20 (69.9 % to 97.2 %)`."""
    interval = f" ({percent_range(share.interval)})" if share.interval else ""
    return f"{share.hits} of {share.trials}{interval}"


def alpha_text(alpha: Alpha) -> str:
    """`0.41 (0.22 to 0.60)`, or why there is none."""
    if alpha.value is None:
        return "not to be measured"
    interval = f" ({alpha.interval.low:.2f} to {alpha.interval.high:.2f})" if alpha.interval else ""
    return f"{alpha.value:.2f}{interval}".replace("-0.00", "0.00").replace("-", "−")


def _overall(part: Preference) -> str:
    if part.win_rate is None:
        return "Nobody compared the replies, or nobody could judge."
    who = f"{count(part.raters, 'person', 'people')} on {count(part.items, 'item')}"
    sentence = f"The tuned model is preferred in {rate_text(part)} of the comparisons by {who}, ties counted half"
    match verdict(part):
        case "too few to judge":
            return f"{sentence}. Too few to judge: it takes {MIN_ITEMS} items and {MIN_RATERS} people."
        case "tuned preferred":
            return f"{sentence}: people like these find it better on messages like these."
        case "base preferred":
            return f"{sentence}: people like these find the base better on messages like these."
        case _:
            return f"{sentence}. This does not show that either is better."


def _worst(findings: RatingFindings) -> Iterator[str]:
    if findings.overall.too_few:
        return  # then so is every part of it
    parts = [part for part in findings.slices if part.win_rate is not None]
    large = [part for part in parts if not part.too_few]
    lowest = min(large, key=lambda part: part.win_rate or 0.0, default=None)
    if lowest:
        yield f"Least preferred: {slice_label(lowest.name)}, {rate_text(lowest)}."
    small = [slice_label(part.name) for part in parts if part.too_few]
    if small:
        yield f"Too few to judge by themselves: {listed(small)}."


def _position(findings: RatingFindings) -> str:
    position = findings.position
    decided = position.chosen_a + position.chosen_b
    if not decided:
        return "Nobody preferred a side."
    interval = position.interval
    sentence = (
        f"Reply A was chosen in {position.chosen_a} of {decided} decisions (95 % interval {percent_range(interval)})"
    )
    if interval.low <= 0.5 <= interval.high:
        return f"{sentence}: no sign that the side mattered."
    return f"{sentence}: the side mattered. Sides are balanced, so this blurs the result without turning it."


def _consistency(findings: RatingFindings) -> Iterator[str]:
    same = findings.consistency.same
    if same.trials:
        yield (
            f"Asked again with sides exchanged, people said the same in {share_text(same)}; in "
            f"{findings.consistency.same_letter} they chose the same side instead of the same reply."
        )


def _agreement(findings: RatingFindings) -> Iterator[str]:
    alpha = findings.agreement
    if alpha.value is None:
        yield "How far people agree cannot be measured: too few questions were answered differently by two people."
    else:
        low = alpha.interval.low if alpha.interval else alpha.value
        strength = "agree well" if low >= RELIABLE else "agree tentatively" if low >= TENTATIVE else "differ"
        yield (
            f"People {strength}: Krippendorff's alpha is {alpha_text(alpha)} on the four answers and "
            f"{alpha_text(findings.ordered_agreement)} on better, tie and worse."
        )
    if findings.right_agreement.value is not None:
        yield f"On whether a reply is right, alpha is {alpha_text(findings.right_agreement)}."


def account_sentence(account: Accountability) -> str:
    """One scorer's worth, by people's labels."""
    sentence = (
        f"{account.scorer} in “{account.title}” finds {share_text(account.sensitivity)} of the replies that "
        f"people call right, and {share_text(account.specificity)} of those they call wrong"
    )
    if account.reason:
        return f"{sentence}. Its rates are not corrected: {account.reason}."
    rates = [
        f"{each.side} {percent(each.said)} becomes {percent(each.rate)} ({percent_range(each.interval)})"
        for each in account.corrected
        if each.rate is not None and each.interval is not None
    ]
    return f"{sentence}. Corrected by that: {listed(rates)}."


def judge_sentence(admission: Admission) -> str:
    """What a model's judgement is worth."""
    if not admission.counts:
        return f"{admission.judge} as judge is not counted, because {admission.reason}."
    rate = percent(admission.win_rate or 0.0)
    return (
        f"{admission.judge} as judge agrees with people (alpha {alpha_text(admission.agreement)}, "
        f"{count(admission.items, 'item')}) and prefers the tuned model in {rate}."
    )
