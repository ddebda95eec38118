"""What a file is by what is in it, whatever its name says: the first bytes of each kind, as programs write them."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

ZIP_START, COMPOUND_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""Of `.xlsx`, `.docx` and `.ods`; of old Office files and those with a password."""
HEAD_BYTES = 4096
SEARCHED_BYTES = 8 << 20
"""Of an old Office file, in which its parts are named somewhere."""


class FileKind(NamedTuple):
    """One kind of file."""

    noun: str
    """In a message: `a PDF`."""
    ending: str = ""
    """That such a file usually has; empty where it holds no text that could be read."""
    remedy: str = ""
    """Where the kind itself tells what went wrong."""


SIGN_IN = FileKind(
    "a sign-in page, which was saved in place of the file", remedy="Sign in, download the file again, and replace this"
)
WEB_PAGE = FileKind("a web page (HTML)", ".html")
PASSWORD = FileKind(
    "an Office file with a password", remedy="Save it without a password (in Excel: File, Info, Protect Workbook)"
)
LOCK = FileKind(
    "a lock file that an office program leaves beside a file while that is open",
    remedy="Close the file there, and name the file without '~$' or '.~lock.' in front",
)
WORKBOOK = FileKind("an Excel workbook", ".xlsx")
WORD = FileKind("a Word document", ".docx")
ZIP = FileKind("a ZIP archive", remedy="Unpack it, and name the file that is in it")
BREAKS_OFF = FileKind("an Office file or ZIP archive that is damaged or breaks off", remedy="Copy or download it again")
ZEROS = FileKind("nothing but zero bytes, as when copying was interrupted", remedy="Copy or download it again")
POINTER = FileKind("a pointer of Git LFS, not the file itself", remedy="Run: git lfs pull")
_DECLARED = {
    "application/vnd.oasis.opendocument.spreadsheet": FileKind("an OpenDocument spreadsheet", ".ods"),
    "application/vnd.oasis.opendocument.text": FileKind(
        "an OpenDocument text (.odt)", remedy="Open it and save it as .docx"
    ),
    "application/epub+zip": FileKind("an e-book (EPUB)", remedy="Save its text as .html, .docx or .txt"),
}
"""By what such a file declares in its part `mimetype`."""
_PACKED_PARTS = (
    ("/xl/", WORKBOOK),
    ("/word/", WORD),
    ("/ppt/", FileKind("a PowerPoint presentation", remedy="Save it as PDF, or its texts as a document")),
    (".iwa", FileKind("a file of Apple's Numbers or Pages", remedy="Export it as .xlsx or .docx")),
)
_UNPACK = "Unpack it, and name the file that is in it"
_PICTURE = "Have its text recognised (OCR), or type it"
_TEXT_OF_IT = "Save what it says as a table or text file"
_STARTS: tuple[tuple[bytes, FileKind], ...] = (
    (b"%PDF-", FileKind("a PDF", ".pdf")),
    (b"PAR1", FileKind("a Parquet file", ".parquet")),
    (b"\x1f\x8b", FileKind("a gzip archive", remedy=_UNPACK)),
    (b"BZh", FileKind("a bzip2 archive", remedy=_UNPACK)),
    (b"\xfd7zXZ\x00", FileKind("an xz archive", remedy=_UNPACK)),
    (b"\x28\xb5\x2f\xfd", FileKind("a Zstandard archive", remedy=_UNPACK)),
    (b"7z\xbc\xaf\x27\x1c", FileKind("a 7-Zip archive", remedy=_UNPACK)),
    (b"Rar!\x1a\x07", FileKind("a RAR archive", remedy=_UNPACK)),
    (b"\x89PNG\r\n", FileKind("a picture (PNG)", remedy=_PICTURE)),
    (b"\xff\xd8\xff", FileKind("a picture (JPEG)", remedy=_PICTURE)),
    (b"GIF87a", FileKind("a picture (GIF)", remedy=_PICTURE)),
    (b"GIF89a", FileKind("a picture (GIF)", remedy=_PICTURE)),
    (b"II*\x00", FileKind("a picture (TIFF)", remedy=_PICTURE)),
    (b"MM\x00*", FileKind("a picture (TIFF)", remedy=_PICTURE)),
    (b"ID3", FileKind("a sound file (MP3)", remedy=_TEXT_OF_IT)),
    (b"OggS", FileKind("a sound file (Ogg)", remedy=_TEXT_OF_IT)),
    (b"SQLite format 3\x00", FileKind("an SQLite database", remedy="Export the table as CSV")),
    (b"{\\rtf", FileKind("a rich text document (RTF)", remedy="Open it and save it as .docx")),
    (b"\x00\x05\x16\x07", FileKind("what macOS keeps beside a file ('._' in front of its name)", remedy="Delete it")),
    (b"version https://git-lfs.github.com/spec/", POINTER),
    (b"\x7fELF", FileKind("a program", remedy="Check that it is the right file")),
    (b"MZ\x90\x00", FileKind("a program", remedy="Check that it is the right file")),
    (b"GGUF", FileKind("weights of a model (GGUF)", remedy="Check that it is the right file")),
)
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_ASKS_TO_SIGN_IN = re.compile(rb"""type\s*=\s*["']?password|sign[ -]?in|log[ -]?in|single sign-on|oauth""", re.I)
_SIGN_IN_BYTES = 1 << 18
_OLD = FileKind("an old Office file", remedy="Open it and save it in a newer format")
_FILM = FileKind("a picture, sound or film", remedy=_TEXT_OF_IT)
_OLD_PARTS = (
    ("EncryptedPackage", PASSWORD),
    ("WordDocument", FileKind("an old Word document (.doc)", remedy="Open it and save it as .docx")),
    ("Workbook", FileKind("an old Excel workbook", ".xls")),
    ("Book", FileKind("an old Excel workbook", ".xls")),
)


def kind_of(path: Path, name: str = "") -> FileKind | None:
    """The kind of a file that is no plain text; absent for text, or for bytes that no kind is known by.

    `name` is what the file is called, where that is not its path.
    """
    with path.open("rb") as stream:
        return kind_of_bytes(stream, name or path.name)


def kind_of_bytes(stream: BinaryIO, name: str) -> FileKind | None:
    """The same of a file called `name` that is open, at its start."""
    if Path(name).name.startswith(("~$", ".~lock.")):
        return LOCK
    head = stream.read(HEAD_BYTES)
    if head.startswith(COMPOUND_START):
        parts = head + stream.read(SEARCHED_BYTES)
        return next((kind for part, kind in _OLD_PARTS if part.encode("utf-16-le") in parts), _OLD)
    if _PAGE.match(head):
        return SIGN_IN if _ASKS_TO_SIGN_IN.search(head + stream.read(_SIGN_IN_BYTES)) else WEB_PAGE
    if head.startswith(ZIP_START):
        return _packed(stream)
    kinds = [kind for start, kind in _STARTS if head.startswith(start)]
    kinds += [_FILM] * (head[:4] == b"RIFF" or head[4:8] == b"ftyp")
    kinds += [ZEROS] * (head != b"" and not head.strip(b"\0"))
    return kinds[0] if kinds else None


def _packed(stream: BinaryIO) -> FileKind:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()
            declared = archive.read("mimetype")[:100].decode("ascii", "replace").strip() if "mimetype" in names else ""
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        return BREAKS_OFF
    if declared in _DECLARED:
        return _DECLARED[declared]
    return next((kind for part, kind in _PACKED_PARTS if any(part in f"/{name}" for name in names)), ZIP)
