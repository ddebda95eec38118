"""Every file of a folder, read as `curate` reads it: rows and columns, or the error that a person would see.

    python tests/benchmarks/spreadsheets.py FOLDER

Exit code 1 when a file gives a traceback in place of rows or an error.
"""

import sys
import time
import traceback
from pathlib import Path

from commonhold.curate.rows.data_files import open_rows
from commonhold.curate.rows.datasheet import DataFile
from commonhold.errors import CommonholdError
from commonhold.sheets.row import BadRow, Row


def line(folder: Path, name: str) -> str:
    """What reading one file gives."""
    opened = open_rows(folder, DataFile(path=name))
    rows, bad = 0, list[BadRow]()
    first: Row | None = None
    for row in opened.rows:
        if isinstance(row, BadRow):
            bad.append(row)
        else:
            rows, first = rows + 1, first or row
    sample = {key[:18]: cell[:24] for key, cell in list(first.cells.items())[:3]} if first else {}
    told = [f"{rows} rows, {len(opened.columns)} columns, e.g. {sample}"]
    told += [f"{len(bad)} bad rows, first {bad[0].origin.row}: {bad[0].problem}"] if bad else []
    return "\n      ".join([*told, *opened.warnings])


def main(folder: Path) -> int:
    """Prints a line for each file; the number of tracebacks."""
    wrong = 0
    for path in sorted(folder.iterdir()):
        begun = time.perf_counter()
        try:
            said = line(folder, path.name)
        except CommonholdError as error:
            said = f"refused: {error}".replace(f"{folder}/", "")
        except ValueError as error:  # what the datasheet's form says of a file that it does not take
            said = f"refused by the datasheet: {str(error).splitlines()[1].strip()}"
        except Exception:
            wrong += 1
            said = f"TRACEBACK\n{traceback.format_exc()}"
        print(f"{path.name} ({time.perf_counter() - begun:.2f} s)\n      {said}")
    print(f"{wrong} tracebacks")
    return wrong


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1])), 1))
