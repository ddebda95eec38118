"""Names that are fine pass, and those beside them do not."""

import pytest

from commonhold.publish.verification.names import shown, trouble_with_name, troubles_between


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "a",
        "_x/1.json",
        "merged/model-00001-of-00003.safetensors",
        "x" * 200,
        "/".join("abcdefg") + "/x.txt",
        "connect.json",
        "null.txt",
        "com10.txt",
        "a..b",
        "c-d",
    ],
)
def test_plain_names_pass(name: str) -> None:
    assert trouble_with_name(name) == ""


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("", "has a name outside"),
        ("/a", "is an absolute path"),
        ("a/../b", "leads out of the bundle"),
        ("..", "leads out of the bundle"),
        ("a//b", "has a name outside"),
        ("a/", "has a name outside"),
        ("./a", "is hidden"),
        ("a/.b", "is hidden"),
        ("-a", "has a name outside"),
        ("x" * 201, "has a name outside"),
        ("con", "device on Windows"),
        ("a/Aux.tar.md", "device on Windows"),
        ("lpt9.txt", "device on Windows"),
        ("a.", "ends with a dot"),
        ("/".join("abcdefgh") + "/x.txt", "in more than 8 folders"),
        (f"{'x' * 120}/{'y' * 120}", "of more than 240 characters"),
        ("a\tb", "control character"),
        ("a\x7fb", "control character"),
        ("ﬁle.txt", "a letter that may look like another"),
    ],
)
def test_other_names_do_not(name: str, trouble: str) -> None:
    assert trouble in trouble_with_name(name)


def test_names_that_are_one_name_elsewhere_are_told_once_each() -> None:
    names = ["A/x", "a/x", "a/y", "b", "B", "c"]
    assert list(troubles_between(names)) == [
        ("a", "differs from 'A' in capitals only"),
        ("a/x", "differs from 'A/x' in capitals only"),
        ("B", "differs from 'b' in capitals only"),
    ]


def test_a_name_is_shown_so_that_it_harms_no_screen() -> None:
    assert [shown(name) for name in ("a b", "a\x1bb", "é")] == ["a b", "'a\\x1bb'", "'\\xe9'"]
