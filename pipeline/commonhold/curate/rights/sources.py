"""Which licence covers which records: the datasheet's, a file's own, or a row's own."""

from collections.abc import Iterator, Mapping

from commonhold.curate.rights.compatible import LicensedSource
from commonhold.curate.rows.datasheet import DataFile, DatasheetFile
from commonhold.number_format import count

RowLicences = Mapping[str, Mapping[str, int]]
"""By file, how many kept rows have which cell in the licence column."""


def sources(datasheet: DatasheetFile, row_licences: RowLicences) -> list[LicensedSource]:
    """The records by licence, with the line of the datasheet that says so.

    `row_licences` has, for each entry of `files` (by `DataFile.name`) with a licence column, how many rows have which
    cell there; a blank cell takes the file's licence. Count only rows that are kept: one that is left out binds nobody.
    """
    licensed: list[LicensedSource] = []
    for index, file in enumerate(datasheet.form.files):
        licensed.extend(_of_file(datasheet, index, file, row_licences.get(file.name)))
    return licensed


def _of_file(
    datasheet: DatasheetFile, index: int, file: DataFile, rows: Mapping[str, int] | None
) -> Iterator[LicensedSource]:
    form = datasheet.form
    own = ("files", index, "licence") if file.licence else ("licence",)
    licences = {"": 0} if rows is None else {cell.strip(): 0 for cell in rows}
    for cell, number in (rows or {}).items():
        licences[cell.strip()] += number
    for cell, number in licences.items():
        key: tuple[str | int, ...] = ("columns", "licence") if cell else own
        yield LicensedSource(
            name=file.name if rows is None else f"{count(number, 'row')} of {file.name}",
            licence=cell or file.licence or form.licence,
            file=str(datasheet.path),
            line=datasheet.lines.get(key, 0),
            place=".".join(map(str, key)),
        )
