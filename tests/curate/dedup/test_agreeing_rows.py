"""near_duplicate/4: short messages, replies that differ, and small words that change everything."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.curate.compared import SETTINGS, Compared, compare

from commonhold.curate.rows.record import Record

Row = Callable[..., Record]
Pairs = Sequence[tuple[str, str]]
THRESHOLDS = st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.64, 0.8, 0.95, 1.0])
NEGATED = [
    ("May I park my car on the market square on a Sunday", "May I not park my car on the market square on a Sunday"),
    ("You can pay the fee at the desk", "You can't pay the fee at the desk"),
    ("Is it possible to renew the permit here", "Is it impossible to renew the permit here"),
    ("Puis-je garer ma voiture sur la place", "Ne puis-je pas garer ma voiture sur la place"),
    ("Darf ich mein Auto auf dem Markt parken", "Darf ich mein Auto nicht auf dem Markt parken"),
    ("Ich habe heute eine Rechnung von Ihnen bekommen", "Ich habe heute keine Rechnung von Ihnen bekommen"),
    ("¿Puedo aparcar el coche en la plaza?", "¿No puedo aparcar el coche en la plaza?"),
    ("Posso estacionar o carro na praça central", "Não posso estacionar o carro na praça central"),
    ("Можно ли мне парковать машину на площади", "Можно ли мне не парковать машину на площади"),
    ("Mohu zde zaparkovat své auto přes noc", "Nemohu zde zaparkovat své auto přes noc"),
    ("Ninaweza kuegesha gari langu sokoni leo jioni", "Siwezi kuegesha gari langu sokoni leo jioni"),
    ("Nimewahi kulipa bili ya maji ya mwezi", "Sijawahi kulipa bili ya maji ya mwezi"),
    ("Bu formu belediye binasında teslim edebilirim", "Bu formu belediye binasında teslim etmez"),
    ("هل يمكنني ركن سيارتي في ساحة السوق", "هل لا يمكنني ركن سيارتي في ساحة السوق"),
    ("क्या मैं अपनी गाड़ी बाजार में खड़ी कर सकता हूँ", "क्या मैं अपनी गाड़ी बाजार में खड़ी नहीं कर सकता हूँ"),
    ("市場の広場に車を停めることができます", "市場の広場に車を停めることができません"),
    ("我今天可以把车停在市场广场上吗", "我今天不可以把车停在市场广场上吗"),
    ("ฉันจอดรถที่ลานตลาดในวันนี้ได้", "ฉันจอดรถที่ลานตลาดในวันนี้ไม่ได้"),
]
OTHER_IN_A_WORD = [
    ("Where do I find desk 1 in the town hall", "Where do I find desk 2 in the town hall"),
    ("Where do I find desk A in the town hall", "Where do I find desk B in the town hall"),
    ("Is the pool by the mill open on Monday", "Is the pool by the mill open on Thursday"),
    ("Does the pool by the mill open at 9:30", "Does the pool by the mill open at 9:45"),
    ("Is the form due in the month of May", "Is the form due in the month of March"),
    ("Is the pool by the mill open today", "Is the pool by the mill closed today"),
    ("How do I appeal before the first hearing", "How do I appeal after the first hearing"),
    ("The library is open for all of us on holidays", "The library is open only for all of us on holidays"),
    ("Le musée est ouvert le lundi en été", "Le musée est ouvert le mardi en été"),
    ("متى تفتح المكتبة في يوم الأحد القادم", "متى تفتح المكتبة في يوم الخميس القادم"),
    ("我可以在星期一到市政厅办理吗", "我可以在星期三到市政厅办理吗"),
    ("पुस्तकालय में ३ किताबें ले सकते हैं क्या", "पुस्तकालय में ५ किताबें ले सकते हैं क्या"),
]


def rows(pairs: Pairs) -> list[Record]:
    return [Record(f"r{n}", message, reply, "rows.csv", n) for n, (message, reply) in enumerate(pairs, 1)]


def near(pairs: Pairs, threshold: float = 0.5) -> Compared:
    return compare(rows(pairs), replace(SETTINGS, near_duplicate=threshold))


@settings(deadline=None, max_examples=25)
@given(st.sampled_from(NEGATED + OTHER_IN_A_WORD), THRESHOLDS, st.booleans())
def test_a_negation_or_another_number_is_never_merged(pair: tuple[str, str], threshold: float, turned: bool) -> None:
    messages = pair[::-1] if turned else pair
    assert near([(message, "Ask at the desk.") for message in messages], threshold).told == {}


@pytest.mark.parametrize("pair", NEGATED + OTHER_IN_A_WORD)
def test_each_of_them_is_kept_where_the_replies_are_the_same(pair: tuple[str, str]) -> None:
    assert near([(message, "Ask at the desk.") for message in pair], 0.05).told == {}


@pytest.mark.parametrize("pair", NEGATED + OTHER_IN_A_WORD)
def test_each_of_them_is_kept_where_it_is_the_reply_that_differs(pair: tuple[str, str]) -> None:
    outcome = near([("What does the notice by the door say", reply) for reply in pair], 0.05)
    assert outcome.ids == ["r1", "r2"]
    assert set(outcome.reasons.values()) == {"other_reply"}


SPACED = {
    "en": "the my our house street permit library card water bill garden fence dog school bus ticket form desk office "
    "letter parking market phone tree light noise road bridge meeting please where how do get renew report ask bring",
    "de": "wo wie der die das haus strasse karte wasser garten zaun hund schule fahrkarte formular amt brief markt "
    "baum licht brücke treffen bitte finde melde frage bringe erneuere hole",
    "es": "dónde cómo la el casa calle tarjeta agua jardín valla perro escuela billete formulario oficina carta "
    "mercado árbol luz ruido puente reunión pido llevo renuevo aviso",
    "ru": "где как дом улица карта вода сад забор собака школа билет форма письмо рынок дерево свет шум мост встреча",
    "sw": "wapi vipi nyumba barabara kadi maji bustani uzio mbwa shule tiketi fomu ofisi barua soko mti taa kelele",
    "hi": "कहाँ कैसे घर सड़क कार्ड पानी बगीचा बाड़ कुत्ता स्कूल टिकट फॉर्म दफ्तर चिट्ठी पेड़ रोशनी शोर पुल बैठक",
}
LETTERS = "我要去哪里办理图书证水费花园学校车票表格市场电话树灯桥会议请问怎样报告带来办公室信件街道房子"


def edited(words: Sequence[str], vocabulary: Sequence[str], drawn: random.Random) -> list[str]:
    """One word put in, left out or exchanged; five are left at least."""
    changed, place = [*words], drawn.randrange(len(words))
    match drawn.choice(["put in", "left out", "exchanged"]):
        case "put in":
            changed.insert(place, drawn.choice(vocabulary))
        case "left out" if len(words) > 5:
            del changed[place]
        case _:
            changed[place] = drawn.choice([word for word in vocabulary if word != words[place]])
    return changed


@pytest.mark.parametrize("language", [*SPACED, "zh"])
def test_of_one_word_edits_of_short_messages_19_of_20_are_found(language: str) -> None:
    drawn = random.Random(f"edits {language}")
    vocabulary = SPACED[language].split() if language in SPACED else [*LETTERS]
    between, fewest, most = (" ", 5, 14) if language in SPACED else ("", 8, 24)
    pairs = []
    for number in range(100):
        words = [drawn.choice(vocabulary) for _ in range(drawn.randint(fewest, most))]
        pairs += [(between.join(each), f"Reply {number}.") for each in (words, edited(words, vocabulary, drawn))]
    outcome = near(pairs)
    merged = [one for one in outcome.reasons.values() if one in ("near_duplicate", "exact_duplicate")]
    assert len(merged) >= 95
    assert len(merged) + len(outcome.ids) == len(pairs)


def test_four_of_five_words_are_near_and_three_of_four_are_not() -> None:
    assert near([("a1x b c d e", "so"), ("a2x b c d e", "so")]).ids == ["r1", "r2"]
    assert near([("ask b c d e", "so"), ("tell b c d e", "so")]).ids == ["r1"]
    assert near([("ask b c d", "so"), ("tell b c d", "so")]).ids == ["r1", "r2"]


def test_a_form_with_other_answers_stays_whole() -> None:
    things = ["water", "street", "light", "bus", "school", "garden", "permit", "noise", "tree", "bin"]
    message = "Hello, I would like to report that the {} on our street is broken and needs to be repaired"
    pairs = [(message.format(each), f"Desk for {each}: ext. {number}.") for number, each in enumerate(things, 100)]
    assert near(pairs, 0.5).told == {}
    answered_alike = near([(text, "Thank you, we look at it.") for text, _ in pairs], 0.5)
    assert answered_alike.ids == ["r1"]


HALF = "please bring the form with a photo and the fee to the desk in the hall beside the market where they look at it "
WHOLE = HALF + "and if all of this is in order you get your card by letter from that same office which sends a receipt "
"""46 words."""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bring your passport.", "bring your passport", True),
        ("Bring your passport to the desk", "Bring your pasport to the desk", True),
        ("Bring your passport to the desk", "Please bring your passport to the desk", True),
        ("Bring your passport to the desk", "Bring your licence to the desk", False),
        ("Bring your passport to the desk", "Bring only your passport to the desk", False),
        ("The desk opens on Tuesday morning", "The desk opens on Thursday morning", False),
        (WHOLE + "soon", WHOLE + "then", True),
        (WHOLE + "3", WHOLE + "4", False),
        (WHOLE + "open", WHOLE + "closed", False),
        (HALF + "soon", HALF + "then", False),
    ],
)
def test_replies_agree_but_for_slips_and_words_besides(one: str, other: str, same: bool) -> None:
    outcome = near([("how do I get a card", one), ("how do I get a card here", other)])
    assert outcome.ids == (["r1"] if same else ["r1", "r2"])


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        (("soon", "then"), (WHOLE + "soon", WHOLE + "then")),
        (("soon", "then"), (WHOLE + "early", WHOLE + "late")),
        (("badges", "badgets"), ("ask for badges at the desk", "ask for badgets at the desk")),
        (("northmill", "nortmill"), ("the hall by the southmill is open", "the hall by the soutmill is open")),
        (("", "water"), ("go to the desk in the hall now", "go to the water desk in the hall now")),
    ],
)
def test_what_fills_a_gap_in_message_and_reply_is_no_slip(asked: tuple[str, str], answered: tuple[str, str]) -> None:
    outcome = near([(f"how do I get a {each} card here", reply) for each, reply in zip(asked, answered, strict=True)])
    assert outcome.told == {}


@pytest.mark.parametrize("reply", [WHOLE + "from {}", "Ask {} in the hall of the town"])
def test_names_that_differ_are_other_replies(reply: str) -> None:
    outcome = near([("who gives me a card", reply.format(name)) for name in ("Marten", "Martin")])
    assert set(outcome.reasons.values()) == {"other_reply"}


def test_replies_that_differ_are_listed_for_people_whatever_their_order() -> None:
    pairs = [
        ("May I park here?", "Yes."),
        ("may I park here", "No."),
        ("Where is it?", "There."),
        ("May I park here", "Yes!"),
    ]
    for order in (pairs, pairs[::-1]):
        outcome = near(order)
        assert len(outcome.ids) == 3
        told = [detail for reason, detail in outcome.told.values() if reason == "other_reply"]
        assert len(told) == 2
        assert {detail.partition(" have")[0] for detail in told} == {"2 rows"}
        assert {one.action for one in outcome.result.decisions["near_duplicate/4"]} == {"flag", "merge"}


def test_a_contradiction_to_a_message_with_a_word_besides_is_listed() -> None:
    outcome = near([("May I park my car here", "Yes, you may."), ("May I park my car here please", "No, you may not.")])
    assert outcome.reasons == {"r1": "other_reply", "r2": "other_reply"}


LABELS = ["noise", "water", "trees", "roads"]


def labelled(more: Pairs = (), between: str = ", ") -> Compared:
    pairs = [
        (f"x{n} y{n} z{n} please look at it", between.join(dict.fromkeys([LABELS[n % 4], LABELS[n // 7 % 4]])))
        for n in range(60)
    ]
    return near([*more, *pairs], 0.6)


@pytest.mark.parametrize("between", [", ", "; ", " | "])
def test_two_labels_for_one_message_are_a_conflict_of_labels(between: str) -> None:
    outcome = labelled([("The lamp is out", "roads"), ("the lamp is out!", "water")], between)
    assert outcome.reasons == {"r1": "label_conflict", "r2": "label_conflict"}
    assert outcome.told["r1"][1] == "2 rows have the message of r1 and 2 different labels"


def test_labels_of_which_one_has_more_are_not_nearly_the_same() -> None:
    outcome = labelled(
        [("The lamp is out", "noise, water, trees, roads"), ("the lamp is out!", "noise, water, trees, roads, dogs")]
    )
    assert outcome.reasons == {"r1": "label_conflict", "r2": "label_conflict"}


@pytest.mark.parametrize(("other", "same"), [("lamps", True), ("not", False)])
def test_plain_texts_are_compared_by_themselves(other: str, same: bool) -> None:
    texts = ["we all look after the old lights here", f"we all look after the old {other} here"]
    records = [Record(f"r{n}", "", text, "rows.csv", n) for n, text in enumerate(texts)]
    outcome = compare(records, replace(SETTINGS, near_duplicate=0.5, method="continued_pretraining"))
    assert outcome.ids == (["r0"] if same else ["r0", "r1"])


def test_two_replies_that_people_compared_are_neither_copies_nor_listed() -> None:
    records = [
        Record(f"r{n}", "Where is it", reply, "rows.csv", n, rejected="no") for n, reply in enumerate(["a", "b"])
    ]
    assert compare(records, replace(SETTINGS, near_duplicate=0.5, method="dpo")).told == {}


def test_the_same_label_is_no_evidence_that_short_messages_are_copies() -> None:
    assert labelled([("great new lamp out there", "roads"), ("great new pipe out there", "roads")]).told == {}
    answers = [("great new lamp out there", "It is."), ("great new pipe out there", "It is.")]
    assert near(answers, 0.6).reasons == {"r2": "near_duplicate"}
