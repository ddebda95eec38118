"""A row on its way through curation."""

from dataclasses import dataclass

from commonhold.records.example import Split


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a community's files: what it says, who gave it and where it stands."""

    record_id: str
    """Keyed id of file, row and raw text."""
    prompt: str
    completion: str
    file: str
    """As the datasheet names it; `book.xlsx#Sheet2` when it names a sheet."""
    row: int
    """Line of `file` on which the row begins, 1-based."""
    contributor: str = ""
    """Keyed id; empty when the row names nobody."""
    language: str = ""
    """One of the datasheet's languages; empty when the row declares none of them."""
    source: str = ""
    consent: str = ""
    """The consent cell as written, white space at the ends aside."""
    date: str = ""
    """The date cell as written."""
    split: Split = "train"
    cluster: str = ""
    """Id shared by the records that must stay in one split; empty until they are split."""

    @property
    def content(self) -> str:
        """What it says, to draw by: the same in every workspace, unlike the record's id."""
        return f"{self.prompt}\0{self.completion}"

    @property
    def place(self) -> str:
        """Where a person finds the row."""
        return f"{self.file}:{self.row}"
