import importlib.util

import pytest

from commonhold.curate.privacy.presidio import PresidioEntity
from commonhold.curate.privacy.redactor import RedactionSettings, Redactor
from commonhold.errors import MissingPackageError


@pytest.mark.skipif(importlib.util.find_spec("presidio_analyzer") is not None, reason="Presidio is installed")
def test_without_presidio_the_message_says_what_to_install() -> None:
    with pytest.raises(MissingPackageError, match=r"pip install 'commonhold\[presidio\]'"):
        Redactor(RedactionSettings(taggers=(PresidioEntity("PERSON", "person", "NAME"),)))
