"""What a row's own cells say about consent, as a receipt for the person who gave it."""

from pathlib import Path
from tempfile import TemporaryDirectory

from commonhold.curate.engine.executor import Inline
from commonhold.curate.engine.shards import SHARD_ROWS, read_column, read_kept
from commonhold.curate.rights.consent_receipt import Controller, consent_receipt
from commonhold.curate.rights.purposes import Purpose
from commonhold.curate.rows.column_mapping import asked_columns
from commonhold.curate.rows.community_data import CommunityData
from commonhold.curate.rows.data_files import open_rows
from commonhold.curate.rows.datasheet import DataFile
from commonhold.curate.rows.date_columns import find_dates
from commonhold.curate.rows.reading import read_all
from commonhold.curate.rows.record import Record
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
    maker = RecordMaker(form, context.workspace.secret(), day, piece_words=context.recipe.data.max_words)
    policy = maker.reading(find_dates(data, Inline())[file.name].readers).policy
    record = _record(data, maker, row, context.inputs.snapshot.folder)
    return consent_receipt(
        policy,
        policy.facts({column: row.cells.get(column, "") for column in policy.columns}),
        purpose,
        (record.record_id, record.contributor),
        Controller(form.title, form.contact, form.withdrawal, governance.form.retention_days if governance else None),
        day,
    )


def _record(data: CommunityData, maker: RecordMaker, row: Row, beside: Path) -> Record:
    """The record as curation makes it; its id takes all files, for another row may begin with the same one."""
    name, number = row.origin
    with TemporaryDirectory(dir=beside) as work:
        for shard in read_all(data, maker, Inline(), Path(work) / "read", SHARD_ROWS).shards:
            if number in read_column(shard.path, "row"):
                for record in read_kept(shard):
                    if (record.file, record.row) == (name, number):
                        return record
    raise RequestError(f"row {name}:{number} can be read in two files and counts elsewhere. Take it out of one of them")


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
