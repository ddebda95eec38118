"""The styles in which a model rewrites a message, after WRAP (Maini et al. 2024, arXiv 2401.16380).

There, paragraphs of the web are rephrased in English; here it is the short message of a pair, in its own language, and
the reply stays word for word, because the reply is what the desk answers for. Where WRAP makes questions and answers
of a paragraph, a message already has its answer, so `question_answer` asks for the question alone.
"""

from collections.abc import Mapping

from commonhold.curate.settings import Style
from commonhold.records.chat import Conversation, Message

VERSION = 1
"""Of the instructions; another wording is another version."""
INSTRUCTIONS: Mapping[Style, str] = {
    "easy": "Paraphrase the following message in very simple words and very short sentences.",
    "medium": "Paraphrase the following message in clear, high quality language, as in an encyclopedia.",
    "hard": "Paraphrase the following message in terse and scholarly language, with rare words for simple ones.",
    "question_answer": "Paraphrase the following message as one direct question.",
}
RULES = (
    "Write in the language of the message. Keep every name, every number and every word in square brackets, and add "
    "none. Do not answer the message; give the paraphrase and nothing else."
)


def style_name(style: Style) -> str:
    """A style with the version of its instruction: `easy/1`."""
    return f"{style}/{VERSION}"


def request(style: Style, message: str) -> Conversation:
    """What the model is asked."""
    return (Message("user", f"{INSTRUCTIONS[style]} {RULES}\n\nMessage: {message}"),)
