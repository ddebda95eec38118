import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonhold.curate.text.boilerplate import strip_boilerplate

OWN = "The street light on Mill Lane is out again."
HEAD = "On Mon, 3 Mar 2025 at 10:12, Ana Ruiz <ana@desk.example> wrote:"


@pytest.mark.parametrize(
    ("tail", "kind"),
    [
        (f"\n\n{HEAD}\n> Which light do you mean?\n>> hello\n> ok", "quoted_mail"),
        ("\n\nOn Mon, 3 Mar 2025 at 10:12, Ana Ruiz\n<ana@desk.example> wrote:\nWhich light?", "quoted_mail"),
        ("\n\nEl lun, 3 mar 2025 a las 10:12, Ana (<ana@desk.example>) escribió:\n> ¿Cuál?", "quoted_mail"),
        ("\n\nLe lun. 3 mars 2025 à 10:12, Ana <ana@desk.example> a écrit :\n> Laquelle ?", "quoted_mail"),
        ("\n\nAm Mo., 3. März 2025 um 10:12 Uhr schrieb Ana <ana@desk.example>:\n> Welche?", "quoted_mail"),
        ("\n\nEm seg., 3 de mar. de 2025 10:12, Ana <ana@desk.example> escreveu:\n> Qual?", "quoted_mail"),
        ("\n\n-----Original Message-----\nFrom: Ana\nWhich one?", "quoted_mail"),
        ("\n\n---------- Forwarded message ---------\nanything", "quoted_mail"),
        ("\n\nFrom: Ana\nSent: Monday\nTo: Desk\nSubject: light\nWhich one?", "quoted_mail"),
        ("\n\n________________________________\nFrom: Ana\nSent: Monday\nSubject: light\nWhich?", "quoted_mail"),
        ("\n> Which light\n> do you mean?", "quoted_mail"),
        ("\n--\nAna Ruiz\nRiverbend Water\nTel. 555 0100", "signature"),
        ("\n\nKind regards,\nAna Ruiz", "signature"),
        ("\n\nUn cordial saludo,\nAna", "signature"),
        ("\n\nMit freundlichen Grüßen\nAna", "signature"),
        ("\n\nCordialement\nAna", "signature"),
        ("\n\nSent from my iPhone", "device_footer"),
        ("\nGet Outlook for iOS", "device_footer"),
        ("\nEnviado desde mi iPhone", "device_footer"),
        ("\nVon meinem iPhone gesendet", "device_footer"),
        ("\nThis form was created inside of City of Riverbend.\nGoogle Forms", "form_footer"),
        ("\nNever submit passwords through Google Forms.", "form_footer"),
        ("\nPlease do not reply to this email", "form_footer"),
        ("\n\nThis email and any files with it are confidential and meant for one.\nDelete it.", "legal_notice"),
    ],
)  # fmt: skip
def test_what_the_writer_did_not_write_goes(tail: str, kind: str) -> None:
    assert strip_boilerplate(OWN + tail) == (OWN, (kind,))


@pytest.mark.parametrize(
    "text",
    [
        OWN,
        "On Monday my landlord wrote:\nyou must leave by Friday",
        "On 3 March at 10:12 my landlord wrote:\nyou must leave by Friday",
        "I am afraid.\nOn 3 March at 10:12 my landlord wrote:\nyou must leave by Friday",
        "The by-law says:\n> no parking\n> after ten",
        "> 30 degrees in the flat",
        "> 30 degrees\nin the flat since May",
        "My letter was\nFrom: the court\nSubject: rent\nWhat now?",
        "It is > 30 degrees in the flat.\n> 40 on the roof",
        "The 14 bus\nFrom: Oak Street\nTo: Elm Street\nDate: Monday\nwas late again",
        "Cheers to the crew who fixed it.\nGreat work.",
        "Thank you!\n\nRegards,\nAna\nPS the light in the yard is out too, please send somebody.",
        "I was sent from my doctor to you.",
        "My question is confidential. Who reads this message?",
        "Please forward the original form, signed, to the office.",
        "We regret the delay. --\nThe office",
        "Best regards to the whole team, you saved my day",
    ],
)
def test_what_somebody_wants_to_say_stays(text: str) -> None:
    assert strip_boilerplate(text) == (text, ())


@pytest.mark.parametrize(
    "text",
    [
        "Sent from my iPhone",
        "Regards,\nAna",
        "> yes\n> no",
        "Google Forms",
        f"{HEAD}\n> ok",
        "--\nAna",
        "?\nGoogle Forms",
    ],
)
def test_the_whole_of_a_text_is_never_taken(text: str) -> None:
    assert strip_boilerplate(text) == (text, ())


def test_a_one_word_answer_loses_its_footer_and_stays() -> None:
    assert strip_boilerplate("Yes\n\nSent from my iPhone").text == "Yes"


def test_answers_under_parts_of_a_quotation_stay() -> None:
    text = f"{HEAD}\n> Which light?\nThe one at the corner.\n> Since when?\nSince Monday."
    assert strip_boilerplate(text).text == "The one at the corner.\n> Since when?\nSince Monday."


def test_kinds_come_in_the_order_of_the_text() -> None:
    stripped = strip_boilerplate(f"{OWN}\nSent from my iPhone\n{HEAD}\n> Which one?")
    assert stripped == (OWN, ("device_footer", "quoted_mail"))


MARKS = [
    "--",
    "Ana",
    "Kind regards,",
    "Sent from my iPhone",
    "From: a",
    "Subject: b",
    "To: c",
    "Google Forms",
    "_" * 24,
]
LINES = st.sampled_from([OWN, "Yes", "", "> quoted", HEAD, 24 * "_", *MARKS])


@given(st.lists(LINES, max_size=10))
def test_stripping_only_leaves_out_lines_and_never_all_words(lines: list[str]) -> None:
    text = "\n".join(lines).strip()
    stripped = strip_boilerplate(text)
    rest = iter(text.split("\n"))
    assert all(line in rest for line in stripped.text.split("\n") if line)
    assert any(map(str.isalnum, stripped.text)) == any(map(str.isalnum, text))
    assert bool(stripped.kinds) == (stripped.text != text)
