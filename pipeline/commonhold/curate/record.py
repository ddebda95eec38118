"""A row on its way through curation."""

from dataclasses import dataclass


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
    document: str = ""
    """The document that the row is a part of; empty for rows of a table."""
    date: str = ""
    """The date cell as written."""
    licence: str = ""
    """The licence cell as written; empty for the file's licence."""
    refusal: str = ""
    """Why the row may not be learnt from, a reason of `rights.consent`; empty when it may."""
    refusal_detail: str = ""
    purposes: str = ""
    """What the row may be used for, as `rights.purposes` names it, with commas between."""
    own: str = ""
    """JSON list of kind and value: what the row's columns say about its contributor, to be masked in the texts."""

    @property
    def content(self) -> str:
        """What it says, to draw by: the same in every workspace, unlike the record's id."""
        return f"{self.prompt}\0{self.completion}"

    @property
    def place(self) -> str:
        """Where a person finds the row."""
        return f"{self.file}:{self.row}"
