"""The standalone check knows which files a record cannot name, although it cannot make them."""

from commonhold.publish.verification.views import MADE_FROM_RECORD
from commonhold.publish.views.catalogue import PATHS


def test_the_files_that_are_made_from_the_record_are_those_of_the_catalogue() -> None:
    assert MADE_FROM_RECORD == PATHS
