"""What a row's own cells say about consent, as a receipt for the person who gave it."""

from collections.abc import Mapping
from typing import Any

from commonhold.curate.data_files import expand, open_rows
from commonhold.curate.datasheet import DataFile, DatasheetFile, read_datasheet
from commonhold.curate.mapping import asked_columns
from commonhold.curate.rights.consent import ConsentPolicy
from commonhold.curate.rights.consent_receipt import Controller, consent_receipt
from commonhold.curate.rights.governance import read_governance
from commonhold.curate.rights.purposes import Purpose
from commonhold.curate.row_record import RecordMaker
from commonhold.errors import RequestError
from commonhold.sheets.row import Row
from commonhold.stages.rights import as_of
from commonhold.stages.stage import Context


def receipt_for(context: Context, place: str, purpose: Purpose) -> Mapping[str, Any]:
    """The receipt for a row, named by its file and row as they stand in the data folder now, and one purpose.

    Raises:
        RequestError: there is no such row, or its file cannot be read.
    """
    folder = context.path(context.recipe.data.folder)
    datasheet, governance = read_datasheet(folder), read_governance(folder)
    file, row = _row(context, datasheet, place)
    form, day = datasheet.form, as_of(context)
    policy = ConsentPolicy(form.consent)
    record = RecordMaker(form, context.workspace.secret(), day).record(row, file)
    return consent_receipt(
        policy,
        policy.facts({column: row.cells.get(column, "") for column in policy.columns}),
        purpose,
        (record.record_id, record.contributor),
        Controller(form.title, form.contact, form.withdrawal, governance.form.retention_days if governance else None),
        day,
    )


def _row(context: Context, datasheet: DatasheetFile, place: str) -> tuple[DataFile, Row]:
    folder = context.path(context.recipe.data.folder)
    name, _, number = place.rpartition(":")
    wanted = tuple(asked_columns(datasheet.form).values())
    for listed in datasheet.form.files:
        for file in expand(folder, listed):
            for row in open_rows(folder, file, wanted).rows if file.name == name else ():
                if isinstance(row, Row) and str(row.origin.row) == number:
                    return file, row
    raise RequestError(
        f"there is no row {place!r} in {folder}. Name it by its file and first line, such as rows.csv:12"
    )
