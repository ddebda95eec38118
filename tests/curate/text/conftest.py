"""An identifier that has learnt two invented languages and English."""

import pytest
from tests.curate.text.articles import rows

from commonhold.curate.text.training import Learnt, train


@pytest.fixture(scope="session")
def learnt() -> Learnt:
    english = [
        "Can you tell me when the water comes back in house number " + word for word in "abcdefghijklmnopqrstuvwxyz"
    ]
    return train([*rows(), *((text, "en-GB") for text in english), ("too few " * 10, "fr")])
