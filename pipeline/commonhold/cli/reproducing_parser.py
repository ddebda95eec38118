"""What can be typed by those who make a published model again: reproduce, vouch."""

import argparse
from collections.abc import Callable
from pathlib import Path

Add = Callable[[str, str, str], argparse.ArgumentParser]


def add_reproducing(command: Add, workspace: Callable[[argparse.ArgumentParser], None]) -> None:
    """Adds both commands; `workspace` adds the option of that name."""
    reproduce = command("reproduce", "reproducing.reproduce", "make a published model again and say how near it comes")
    reproduce.add_argument("bundle", type=Path, help="the folder of a bundle")
    reproduce.add_argument("--data", type=Path, metavar="FOLDER", help="the community's rows, with their datasheet")
    reproduce.add_argument(
        "--tasks", type=Path, action="append", default=[], metavar="FOLDER",
        help="a task, or a folder of them; may be given several times",
    )  # fmt: skip
    reproduce.add_argument(
        "--recipes", type=Path, default=Path("recipes"), metavar="FOLDER",
        help="where the recipe stood, when data and tasks lie as it says (default: recipes)",
    )  # fmt: skip
    reproduce.add_argument(
        "--steps", type=first_steps, default=0, metavar="N", help="only the first steps of the training"
    )
    reproduce.add_argument(
        "--precision", choices=("bfloat16", "float32"),
        help="compute in this (default: as the publisher)",
    )  # fmt: skip
    reproduce.add_argument("--json", action="store_true", help="print what was compared as JSON")
    reproduce.add_argument("--statement", type=Path, metavar="FILE", help="write what came of it, to be sent")
    reproduce.add_argument("--key", type=Path, metavar="FILE", help="the private key that signs the statement, as PEM")
    vouch = command("vouch", "reproducing.vouch", "sign that you made a model again, or take such a statement")
    vouch.add_argument("target", help="a statement to sign, or the name of the model that one is about")
    vouch.add_argument("--key", type=Path, metavar="FILE", help="the private key that signs the statement, as PEM")
    vouch.add_argument("--add", type=Path, metavar="FILE", help="take a statement that somebody sent")
    vouch.add_argument("--by", default="", metavar="KEY", help="its sender's public key, which you have from elsewhere")
    vouch.add_argument("--version", type=int, default=0, metavar="N", help="another version than the newest")
    for sub in (reproduce, vouch):
        sub.add_argument(
            "--passphrase-file", type=Path, metavar="FILE", help="the key's passphrase, where nobody can type it"
        )
        workspace(sub)


def first_steps(text: str) -> int:
    """A number of steps, from the command line."""
    number = int(text) if text.isdecimal() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"a number of steps from 1 on, not {text!r}")
    return number
