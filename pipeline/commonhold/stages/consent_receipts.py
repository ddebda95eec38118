"""What a row's own cells say about consent, as a receipt for the person who gave it."""

from commonhold.curate.engine.executor import Inline
from commonhold.curate.rights.consent_receipt import Controller, consent_receipt
from commonhold.curate.rights.purposes import Purpose
from commonhold.curate.rows.column_mapping import asked_columns
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.data_files import open_rows
from commonhold.curate.rows.datasheet import DataFile
from commonhold.curate.rows.date_columns import find_dates
from commonhold.curate.rows.record_maker import RecordMaker
from commonhold.errors import RequestError
from commonhold.sheets.row import Row
from commonhold.stages.rights import as_of
from commonhold.stages.stage import Context
from commonhold.strict_json import JsonObject


def receipt_for(context: Context, row_name: str, purpose: Purpose) -> JsonObject:
    """The receipt for a row, named by its file and row as they are in the data folder now, and one purpose.

    Raises:
        RequestError: there is no such row, or its file cannot be read.
    """
    data = context.inputs.data
    file, row = _row(data, row_name)
    form, governance, day = data.form, data.governance, as_of(context)
    maker = RecordMaker(form, context.workspace.secret(), day, dates=find_dates(data, Inline())[file.name].readers)
    record, policy = maker.record(row, file), maker.policy
    return consent_receipt(
        policy,
        policy.facts({column: row.cells.get(column, "") for column in policy.columns}),
        purpose,
        (record.record_id, record.contributor),
        Controller(form.title, form.contact, form.withdrawal, governance.form.retention_days if governance else None),
        day,
    )


def _row(data: CommunityData, row_name: str) -> tuple[DataFile, Row]:
    name, _, number = row_name.rpartition(":")
    columns, languages = tuple(asked_columns(data.form).values()), data.form.languages
    for _, file in data.files:
        rows = open_rows(data.folder, file, columns, languages=languages).rows if file.name == name else ()
        for row in rows:
            if isinstance(row, Row) and str(row.origin.row) == number:
                return file, row
    raise RequestError(
        f"there is no row {row_name!r} in {data.folder.shown}. Name it by its file and first line, such as rows.csv:12"
    )
