"""What people read when something goes wrong, and what the shell sees."""

import pytest

from commonhold import errors
from commonhold.errors import CommonholdError, FormError, Problem


def test_problem_reads_where_what_remedy() -> None:
    problem = Problem(
        "x.yaml", 14, "train.lora.rnak", "unknown key; did you mean 'rank'?", "Run: commonhold explain train"
    )
    expected = "x.yaml:14 train.lora.rnak: unknown key; did you mean 'rank'? Run: commonhold explain train"
    assert str(problem) == expected


def test_a_remedy_begins_a_new_sentence() -> None:
    assert (
        str(Problem("x.yaml", 2, "seed", "this key is missing", "Add it"))
        == "x.yaml:2 seed: this key is missing. Add it"
    )


def test_a_problem_of_no_line_names_only_the_file() -> None:
    assert str(Problem("x.csv", 0, "", "the file is empty")) == "x.csv: the file is empty"


def test_form_error_lists_every_problem_on_a_line_of_its_own() -> None:
    error = FormError([Problem("a", 1, "", "first"), Problem("a", 2, "", "second")])
    assert str(error) == "a:1: first\na:2: second"


def test_form_error_without_a_problem_is_a_bug() -> None:
    with pytest.raises(ValueError, match="at least one problem"):
        FormError([])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("CommonholdError", 1),
        ("RequestError", 2),
        ("FormError", 2),
        ("MissingInputError", 2),
        ("MissingModelError", 2),
        ("MissingPackageError", 2),
        ("NothingLeftError", 2),
        ("BusyError", 2),
        ("NoSpaceError", 2),
        ("GateError", 3),
        ("DigestError", 4),
    ],
)
def test_exit_code_follows_the_remedy(name: str, code: int) -> None:
    assert getattr(errors, name).exit_code == code


def test_the_tree_in_the_docstring_shows_every_class_with_its_code() -> None:
    drawn = {}
    for line in (errors.__doc__ or "").splitlines():
        words = line.strip("│├└─ ").split()
        if words and words[0].endswith("Error"):
            drawn[words[0]] = int(words[1])
    real = {
        name: kind.exit_code
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, CommonholdError)
    }
    assert drawn == real
