"""Rows with a rating or with a second reply go the way of all rows, and what people said tells copies apart."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commonhold.curate.inspect.records import record_tree
from commonhold.curate.settings import CurationSettings
from commonhold.errors import NothingLeftError
from commonhold.records.curation_summary import CurationSummary

Community = Callable[..., Path]
Curated = Callable[..., tuple[CurationSummary, Path]]
HEAD = "Message,Reply,Worse,Helped?,Who,Language,OK?\n"


@pytest.fixture
def judged(community: Community, datasheet: str) -> Callable[[str], Path]:
    """A folder with rows of message, reply, worse reply, rating and contributor."""
    sheet = datasheet.replace("  completion: Reply\n", "  completion: Reply\n  rejected: Worse\n  rating: Helped?\n")

    def write(rows: str, more: str = "") -> Path:
        return community(HEAD + "".join(f"{row},en,yes\n" for row in rows.splitlines()), sheet + more)

    return write


@pytest.fixture
def kto(settings: CurationSettings) -> CurationSettings:
    return replace(settings, method="kto")


@pytest.fixture
def dpo(settings: CurationSettings) -> CurationSettings:
    return replace(settings, method="dpo")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def examples(out: Path) -> list[dict[str, Any]]:
    return lines(out / "examples.jsonl")


def dropped(out: Path) -> dict[int, str]:
    return {row["row"]: row["reason"] for row in lines(out / "decisions.jsonl") if row["action"] in ("drop", "merge")}


def test_examples_carry_thumbs_and_the_other_reply(judged: Community, curated: Curated, kto: CurationSettings) -> None:
    rows = "where is it,over there,,yes,ana\nwhere is it,no idea,go away,👎,bo\n"
    summary, out = curated(judged(rows), kto)
    assert [(one["completion"], one["rejected"], one["desirable"]) for one in examples(out)] == [
        ("over there", "", True), ("no idea", "go away", False),
    ]  # fmt: skip
    assert summary.ratings == {"down": 1, "up": 1}


UP_AND_DOWN = "is the old mill open today,yes it is,,up,ana\nwho mows the lawn,the parks desk,,down,bo\n"
PLACES = ("mill", "pool", "bank", "farm", "dock", "park", "shop", "zoo")


def test_kto_takes_a_row_for_a_copy_only_when_its_thumb_says_the_same(
    judged: Community, curated: Curated, kto: CurationSettings
) -> None:
    message = "is the old {0} by the {0} open today"
    cases = {
        f"{message},yes it is,,down,bo": None,
        f"{message},no it is not,,up,bo": None,
        f"{message},yes it is,,up,bo": "exact_duplicate",
        "IS the old {0} by the {0} open  today,yes  it is,,1,bo": "exact_duplicate",
        f"{message} please,yes it is,,up,bo": "near_duplicate",
        f"{message} please,yes it is,,down,bo": None,
        f"{message} please,yes it was,,up,bo": None,
        f"{message},yes it is,something else,up,bo": "exact_duplicate",
    }
    rows = (
        f"{message},yes it is,,up,ana\n{case}\n".replace("{0}", place)
        for case, place in zip(cases, PLACES, strict=True)
    )
    _, out = curated(judged("".join(rows)), kto)
    assert dropped(out) == {2 * n + 3: reason for n, reason in enumerate(cases.values()) if reason}


def test_a_near_copy_is_found_past_a_row_of_the_other_thumb(
    judged: Community, curated: Curated, kto: CurationSettings
) -> None:
    one, other = "a b c d e f g h", "a b c d e f g h i"
    rows = f"{one},x,,up,ana\n{one},x,,down,bo\n{other},x,,up,cy\n{other},x,,down,di\n"
    assert dropped(curated(judged(rows), kto)[1]) == {4: "near_duplicate", 5: "near_duplicate"}


def test_rows_that_only_a_row_of_the_other_thumb_joins_are_no_copies(
    judged: Community, curated: Curated, kto: CurationSettings
) -> None:
    # Shingles in common: 7 of 9 with the row between, 6 of 10 with each other.
    rows = "a b c d e f g h i j,x,,up,ana\nb c d e f g h i j k,x,,down,bo\nc d e f g h i j k l,x,,up,cy\n"
    assert dropped(curated(judged(rows), replace(kto, near_duplicate=0.7))[1]) == {}


def test_kto_leaves_out_what_nobody_rated(judged: Community, curated: Curated, kto: CurationSettings) -> None:
    assert dropped(curated(judged(UP_AND_DOWN + "how deep is it,very,shallow,,bo"), kto)[1]) == {4: "not_rated"}


def test_kto_with_one_thumb_only_is_refused_with_a_remedy(
    judged: Community, curated: Curated, kto: CurationSettings
) -> None:
    rows = "where is it,over there,,yes,ana\nhow deep is it,very,,yes,bo\nwho knows,nobody,,,bo\n"
    with pytest.raises(NothingLeftError, match=r"none has a thumb down\. Add replies that people rated"):
        curated(judged(rows), kto)


def test_dpo_learns_pairs_and_another_worse_reply_makes_another_pair(
    judged: Community, curated: Curated, dpo: CurationSettings
) -> None:
    cases = {
        "where is it,over there,go away,,ana": None,
        "where is it,over there,who knows,,bo": None,
        "where is it,over there,GO away,,bo": "exact_duplicate",
        "where is it,over there,go away,down,bo": "exact_duplicate",
        "how deep is it,very,,up,bo": "nothing_rejected",
        "how deep is it,very,  ,up,bo": "nothing_rejected",
        "how deep is it,very,Very ,up,bo": "replies_alike",
        "how deep is it,very,very much,up,bo": None,
    }
    _, out = curated(judged("\n".join(cases)), dpo)
    assert dropped(out) == {n: reason for n, reason in enumerate(cases.values(), start=2) if reason}


def test_sft_never_learns_a_reply_that_was_rated_down_and_takes_the_better_of_two(
    judged: Community, curated: Curated, settings: CurationSettings
) -> None:
    rows = "where is it,over there,go away,,ana\nwhere is it,over there,who knows,,bo\nhow deep is it,dunno,,no,cy\n"
    summary, out = curated(judged(rows + "who knows,nobody,,yes,cy\n"), settings)
    assert dropped(out) == {3: "exact_duplicate", 4: "rated_down"}
    assert [one["completion"] for one in examples(out)] == ["over there", "nobody"]
    assert summary.dropped_by_reason["rated_down"] == 1


def test_the_worse_reply_is_masked_and_the_decision_has_other_digests(
    judged: Community, curated: Curated, dpo: CurationSettings
) -> None:
    rows = "where is it,over there,ask Imara on 503-555-0142,,Imara\n"
    _, out = curated(judged(rows, "personal:\n  name: Who\n"), replace(dpo, redact=("phone",)))
    assert [one["rejected"] for one in examples(out)] == ["ask [NAME] on [PHONE]"]
    change = next(row for row in lines(out / "decisions.jsonl") if row["action"] == "change")
    assert (change["step"], change["detail"]) == ("redact_pii/3", "own_name 1, phone 1")
    assert change["before"] != change["after"]


def test_a_word_that_many_write_in_worse_replies_is_no_name(
    judged: Community, curated: Curated, dpo: CurationSettings
) -> None:
    rows = "where is it,over there,we hope so,,Hope\n"
    rows += "".join(f"who is number {n},the {n}th,one can hope {n},,w{n}\n" for n in range(5))
    _, out = curated(judged(rows, "personal:\n  name: Who\n"), dpo)
    assert examples(out)[0]["rejected"] == "we hope so"


def test_the_worse_reply_is_tidied(judged: Community, curated: Curated, dpo: CurationSettings) -> None:
    _, out = curated(judged("where is it,over there,El pÃºblico,,ana\n"), dpo)
    assert [one["rejected"] for one in examples(out)] == ["El público"]


def test_the_worse_reply_is_measured_as_the_better_one_is(
    judged: Community, curated: Curated, dpo: CurationSettings
) -> None:
    asked = replace(dpo, max_words=8, evaluation_prompts=("Where do people bring old lamps?",))
    rows = (
        "where is it,over there,one two three four five six seven eight,,ana\n"
        "how deep is it,very,one two three four five six seven eight nine,,bo\n"
        "who knows that,nobody,where do people bring old lamps,,cy\n"
        "who cares then,everybody,where do people bring old shoes,,cy\n"
    )
    assert dropped(curated(judged(rows), asked)[1]) == {3: "too_long", 4: "evaluation_overlap"}


def test_receipts_cover_thumb_and_worse_reply(judged: Community, curated: Curated, kto: CurationSettings) -> None:
    summary, out = curated(judged(UP_AND_DOWN), kto)
    other, _ = curated(judged(UP_AND_DOWN.replace(",,up", ",go away,up")), kto)
    assert record_tree(out, b"key").root == summary.root != other.root


def test_a_rating_that_cannot_be_read_comes_back_to_be_mended(
    judged: Community, curated: Curated, kto: CurationSettings
) -> None:
    folder = judged(UP_AND_DOWN + "how deep is it,very,,3 stars,bo\n")
    summary, out = curated(folder, kto)
    assert (summary.records_in, summary.repairs) == (2, {"rows.repair.csv": 1})
    repair = (out / "repair" / "rows.repair.csv").read_text(encoding="utf-8-sig")
    assert "'3 stars' in 'Helped?' is neither a thumb up nor a thumb down" in repair.replace('"', "")
    (folder / "rows.repair.csv").write_text(repair.replace(",3 stars,", ",yes,"), encoding="utf-8")
    sheet = folder / "datasheet.yaml"
    listed = "  - path: rows.csv\n"
    sheet.write_text(sheet.read_text().replace(listed, f"{listed}  - path: rows.repair.csv\n"), encoding="utf-8")
    mended, out = curated(folder, kto)
    assert (mended.records_in, mended.repairs) == (3, {})
    assert [one["desirable"] for one in examples(out)] == [True, False, True]


def test_json_lines_have_ratings_as_true_false_and_null(
    community: Community, datasheet: str, curated: Curated, kto: CurationSettings
) -> None:
    sheet = datasheet.replace("rows.csv", "rows.jsonl").replace(
        "  completion: Reply\n", "  completion: Reply\n  rating: ok\n"
    )
    folder = community("", sheet)
    base = {"Who": "ana", "Language": "en", "OK?": "yes"}
    cells = [{"Message": f"a b {n}", "Reply": "x", "ok": ok, **base} for n, ok in enumerate((True, False, None, "5"))]
    (folder / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in cells), encoding="utf-8")
    summary, out = curated(folder, kto)
    assert [one["desirable"] for one in examples(out)] == [True, False]
    assert dropped(out) == {3: "not_rated"}
    assert json.loads((out / "repair" / "rows.repair.jsonl").read_text())["line"] == json.dumps(cells[3])
    assert summary.repairs == {"rows.repair.jsonl": 1}


def test_replies_to_one_message_never_stand_in_two_splits(
    judged: Community, curated: Curated, kto: CurationSettings
) -> None:
    messages = ("is the mill open", "who mows our lawn", "where do bees live", "can I paint it", "how deep was that")
    rows = "".join(
        f"{message},{reply},,{thumb},p{n}{thumb}\n"
        for n, message in enumerate(messages)
        for reply, thumb in (("fine answer", "up"), ("poor answer", "down"))
    )
    _, out = curated(judged(rows), replace(kto, test_share=0.2, validation_share=0.2, near_duplicate=0.5))
    splits: dict[str, set[str]] = {}
    for one in examples(out):
        splits.setdefault(one["prompt"], set()).add(one["split"])
    assert [len(found) for found in splits.values()] == [1] * 5
    assert {split for found in splits.values() for split in found} == {"train", "validation", "test"}


def test_every_split_has_its_part_of_each_thumb(judged: Community, curated: Curated, kto: CurationSettings) -> None:
    rows = "".join(f"ask{n} about{n} this{n},x,,{'no' if n % 5 else 'yes'},p{n}\n" for n in range(50))
    folder = judged(rows)
    for seed in (1, 2, 3):  # one draw may hit the parts by chance
        _, out = curated(folder, replace(kto, test_share=0.2), seed)
        held_out = [one["desirable"] for one in examples(out) if one["split"] == "test"]
        assert (held_out.count(True), held_out.count(False)) == (2, 8)
