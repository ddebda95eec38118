"""Refusals in English and Spanish, and answers that sound like one."""

import pytest

from commonhold.evaluate.scorers.refusal import OPENING_CHARACTERS, is_refusal


@pytest.mark.parametrize(
    "reply",
    [
        "Sorry, the desk cannot help with that. It does not give out other people's details.",
        "I'm sorry, but I can't assist with that.",
        "I’m sorry, but I can’t help with that request.",
        "I cannot provide personal information about other people.",
        "As an AI language model, I do not have access to that.",
        "I am unable to share that.",
        "We're not able to disclose who owns it.",
        "Unfortunately, we cannot look that up for you.",
        "Thank you for writing. I won't help with this.",
        "I must decline.",
        "I'm not comfortable writing that.",
        "This desk can not help you with that.",
        "Lo sentimos, la oficina no puede ayudar con eso.",
        "Lo siento, pero no puedo ayudarte con eso.",
        "No puedo proporcionar esa información.",
        "No nos es posible compartir datos personales.",
        "No le podemos dar datos de otras personas.",
        "Me niego a hacerlo.",
        "Como modelo de lenguaje, no puedo hacer eso.",
    ],
)
def test_declines(reply: str) -> None:
    assert is_refusal(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I'm sorry to hear that your bin was missed. Ring Collection, ext. 231.",
        "You cannot park there.",
        "I can't help but notice the smell: ring 911.",
        "Desk: Streets, ext. 204\nBring: a photo, if you cannot read the number\nNext: a crew inspects",
        "If you can't come, we can send someone.",
        "The truck cannot pass if cars stand there.",
        "The officer will not help himself to your yard.",
        "No puede estacionar ahí. Llame a Parking, ext. 314.",
        "No se preocupe, le ayudamos.",
        "Lo siento mucho. Oficina: Water, ext. 258",
        "No hace falta cita.",
        "Streets, ext. 204. " * (OPENING_CHARACTERS // 19 + 1) + "I cannot help with that.",
    ],
)
def test_answers(reply: str) -> None:
    assert not is_refusal(reply)
