"""How large a file may be, so that no file, however made, takes the machine down."""

import zipfile
import zlib

from commonhold.errors import MissingInputError
from commonhold.sheets.source import Source, refused

MAX_FILE_BYTES = 16 << 30
"""Of a file that is read as a stream: CSV, JSON lines, Parquet."""
MAX_BOOK_BYTES = 256 << 20
"""Of a file that is read as a whole: spreadsheets and documents."""
MAX_UNPACKED_BYTES = 512 << 20
MAX_RATIO = 200
"""Most bytes that one packed byte may become, once the whole is over `FREE_BYTES`; real sheets reach 30."""
FREE_BYTES = 32 << 20
MAX_PARTS = 10_000
"""Files inside a zip file."""
CELL_PARTS = ("content.xml", "xl/worksheets/", "xl/sharedStrings", "xl/workbook")
MAX_ROWS = 50_000_000
MAX_COLUMNS = 16_384
MAX_CELL_CHARACTERS = 1 << 20
MAX_LINE_CHARACTERS = 16 << 20

# What zipfile and zlib raise on damaged archives, found by flipping bytes.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)


def check_well_formed(source: Source) -> None:
    """Refuses a spreadsheet whose XML breaks off or does not close its elements; calamine may read it for ever.

    Raises:
        FormError: a part that holds cells is no XML.
    """
    from xml.parsers import expat

    with zipfile.ZipFile(source.path) as archive:
        for part in archive.namelist():
            if part.endswith(".xml") and part.startswith(CELL_PARTS):
                with archive.open(part) as stream:
                    try:
                        expat.ParserCreate().ParseFile(stream)
                    except expat.ExpatError as error:
                        raise refused(source, f"{part} in it is damaged", "Open it and save it again") from error


def check_file(source: Source, most_bytes: int = MAX_FILE_BYTES) -> None:
    """Refuses a file that is not there or too large.

    Raises:
        MissingInputError: there is no such file, or it may not be read.
        FormError: it has more bytes than allowed.
    """
    if not source.path.is_file():
        raise MissingInputError(f"{source.name}: there is no such file. Check its name")
    try:
        with source.path.open("rb") as stream:
            stream.read(1)
        size = source.path.stat().st_size
    except OSError as error:
        message = f"{source.name}: cannot be read ({error.strerror}). Check who may read the file"
        raise MissingInputError(message) from error
    if size > most_bytes:
        message = f"{size:,} bytes, more than {most_bytes:,}"
        listed = f" and list each in {source.settings}" if source.settings else ""
        raise refused(source, message, f"Split it into smaller files{listed}")


def check_archive(source: Source) -> None:
    """Refuses an Office or OpenDocument file that would unpack to far more than it is (a zip bomb).

    The sizes are those of the archive's directory; both calamine and zipfile stop at them.

    Raises:
        FormError: too many parts, too many bytes, too high a ratio, or XML with declarations of its own.
    """
    with zipfile.ZipFile(source.path) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MAX_PARTS:
            raise refused(source, f"{len(parts):,} files are packed in it, more than {MAX_PARTS:,}", "Save it again")
        if unpacked > MAX_UNPACKED_BYTES:
            raise refused(source, f"more than {MAX_UNPACKED_BYTES >> 20} MB when unpacked", "Save the rows as CSV")
        packed = max(source.path.stat().st_size, 1)
        if unpacked > FREE_BYTES and unpacked > MAX_RATIO * packed:
            message = f"it unpacks to {unpacked // packed:,} times its size, as no real file does"
            raise refused(source, message, "Save the rows as CSV, or remove pictures and empty rows")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    head = stream.read(4096)
                if b"<!DOCTYPE" in head:
                    message = f"{part.filename} declares entities, as no office program does"
                    raise refused(source, message, "Save it again")
