"""Files whose bytes are of another kind than their name says: each told as what it is, with what to do."""

import codecs
import re

from commonhold.errors import FormError
from commonhold.file_signatures import BREAKS_OFF, HEAD_BYTES, PASSWORD, FileKind, kind_of
from commonhold.sheets.file_kinds import DOCUMENTS, PARQUET, WORKBOOKS
from commonhold.sheets.source import Source, refused

NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
READ_ANYWAY = {
    **dict.fromkeys(WORKBOOKS, (".xlsx", ".xlsm", ".xls", ".ods")),
    **dict.fromkeys(PARQUET, (".parquet",)),
    ".docx": (".docx",),
    ".pdf": (".pdf",),
    ".html": (".html",),
    ".htm": (".html",),
}
"""By ending: what the bytes may be. Workbooks are told apart by their bytes."""
OTHERWISE = {
    **dict.fromkeys(WORKBOOKS, "not readable as a spreadsheet"),
    **dict.fromkeys(PARQUET, "not readable as Parquet"),
    ".docx": "not a Word document",
    ".pdf": "not readable as PDF",
}
"""What to say first, by ending; others should be text files."""


def check_kind(source: Source) -> None:
    """Refuses a file whose bytes are of another kind than its ending says.

    Raises:
        FormError: they are; the message says which kind it is, and what to do.
    """
    kind = kind_of(source.path, source.name)
    if kind is None:
        if source.suffix in (*WORKBOOKS, *PARQUET, ".docx", ".pdf") and (text := _text_kind(source)):
            raise _refusal(source, text)
        return
    if kind.ending and kind.ending in READ_ANYWAY.get(source.suffix, ()):
        return
    if source.suffix == ".md" and kind.ending == ".html":  # Markdown may begin with HTML
        return
    raise _refusal(source, kind)


def _text_kind(source: Source) -> FileKind | None:
    """What a text is that has the name of a spreadsheet or a document; none for bytes that are no text."""
    with source.path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        return FileKind("an empty file", remedy="Save it again, or remove it")
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.replace(b"\0", b"")
    if NO_TEXT.search(head):
        return None
    if head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] in (b"{", b"["):
        return FileKind("JSON", ".json")
    if source.suffix in (".docx", ".pdf"):
        return FileKind("plain text", ".txt")
    return FileKind("text, such as CSV", ".csv")


def _refusal(source: Source, kind: FileKind) -> FormError:
    otherwise = OTHERWISE.get(source.suffix)
    where = f", and write the new name in {source.settings}" if source.settings else ""
    if kind.ending == ".html" and source.suffix not in DOCUMENTS:
        remedy = "Open it in a spreadsheet program and save it as .xlsx, or download the file again"
    elif kind is BREAKS_OFF and otherwise is None:
        remedy = f"Give it its right ending: .xlsx, .ods or .docx{where}"
    else:
        remedy = kind.remedy or f"Give it its right ending: {kind.ending}{where}"
    if kind is PASSWORD:
        return refused(source, "it is protected by a password", remedy)
    if otherwise is None:
        other = "a web page" if source.suffix in (".html", ".htm") else "a text file"
        return refused(source, f"this is {kind.noun}, not {other}", remedy)
    return refused(source, f"{otherwise}: this is {kind.noun}", remedy)
