"""What a community might list as public, before a run."""

from datetime import date

from commonhold.curate.inspect.row_sample import sample_of_files
from commonhold.curate.privacy.public_proposals import PublicProposal, propose_public
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.stages.stage import Context

KEY = b"looked at, and kept nowhere"
"""Tells contributors apart; no id of this look is written down."""


def proposed_public(context: Context) -> list[PublicProposal]:
    """Values that many replies have, most frequent first, in a sample of the rows.

    Raises:
        RequestError: a file cannot be read.
    """
    data = context.inputs.data
    records = sample_of_files(data, RecordMaker(data.form, KEY, date.min))
    return propose_public(records, context.recipe.data.redact, (data.form.region,), data.form.public)
