from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commonhold.curate.rights.compatible import LicensedSource, Publication, Published, compatible, suitable
from commonhold.curate.rights.licences import licences
from commonhold.curate.rights.sources import sources
from commonhold.curate.rows.datasheet import read_datasheet

KNOWN = st.sampled_from(sorted(licences()))


def source(licence: str, name: str = "rows.csv", line: int = 5) -> LicensedSource:
    return LicensedSource(name, licence, "datasheet.yaml", line, "licence")


def under(licence: str, published: Published = "model") -> Publication:
    return Publication(licence, "recipe.yaml", 9, published=published)


def told(
    data: list[str], publication: str, published: Published = "model", approved: tuple[str, ...] = ()
) -> list[str]:
    found = [source(licence, f"{index}.csv") for index, licence in enumerate(data)]
    return [str(problem) for problem in compatible(found, under(publication, published), approved)]


@pytest.mark.parametrize(
    ("data", "publication"),
    [
        (["CC0-1.0", "PDDL-1.0"], "CC0-1.0"),
        (["CC-BY-4.0", "MIT", "ODC-By-1.0"], "Apache-2.0"),
        (["CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-BY-4.0"], "CC-BY-SA-4.0"),
        (["CC-BY-SA-4.0", "GPL-3.0-or-later"], "GPL-3.0-only"),
        (["CC-BY-NC-4.0", "CC0-1.0"], "CC-BY-NC-4.0"),
        (["CC-BY-NC-4.0", "CC-BY-NC-SA-3.0"], "CC-BY-NC-SA-4.0"),
        (["CDLA-Sharing-1.0", "C-UDA-1.0"], "MIT"),
        (["LicenseRef-OpenRAIL-M"], "openrail"),
        (["CC0-1.0"], "CC-BY-SA-4.0"),
        (["CC0-1.0"], "CC-BY-NC-4.0"),
        ([], "MIT"),
    ],
)
def test_what_goes_together_has_no_problem(data: list[str], publication: str) -> None:
    assert told(data, publication) == []


@pytest.mark.parametrize(
    ("data", "publication", "problem"),
    [
        (
            "CC-BY-SA-4.0",
            "Apache-2.0",
            "datasheet.yaml:5 licence: 0.csv is under CC-BY-SA-4.0, which has to be kept (share-alike); Apache-2.0 "
            "does not keep it. Publish under CC-BY-SA-4.0 or LAL-1.3 or GPL-3.0-only, or leave 0.csv out",
        ),
        (
            "CC-BY-NC-4.0",
            "CC-BY-4.0",
            "datasheet.yaml:5 licence: 0.csv is under CC-BY-NC-4.0, which allows non-commercial use only; CC-BY-4.0 "
            "would allow more. Publish under CC-BY-NC-4.0 or CC-BY-NC-SA-4.0 or CC-BY-NC-3.0, or leave 0.csv out",
        ),
        (
            "CC-BY-4.0",
            "CC0-1.0",
            "datasheet.yaml:5 licence: 0.csv is under CC-BY-4.0, which asks that its source is named; CC0-1.0 lets "
            "others drop the name. Publish under CC-BY-4.0 or Apache-2.0 or MIT, or leave 0.csv out",
        ),
        (
            "CC-BY-ND-4.0",
            "CC-BY-ND-4.0",
            "datasheet.yaml:5 licence: 0.csv is under CC-BY-ND-4.0, which allows nothing made from it to be passed on; "
            "a model trained on it is. Ask for permission, or leave 0.csv out",
        ),
        (
            "CC-BY",
            "CC-BY-4.0",
            "datasheet.yaml:5 licence: the licence 'CC-BY' is not in the table; did you mean CC-BY-4.0? Write its SPDX "
            "identifier, or leave 0.csv out",
        ),
        (
            "none",
            "MIT",
            "datasheet.yaml:5 licence: 0.csv is under LicenseRef-Unspecified, which allows nothing that one could rely "
            "on. Ask whoever gave it for a licence, or leave 0.csv out",
        ),
        (
            "academic",
            "CC-BY-NC-4.0",
            "datasheet.yaml:5 licence: 0.csv is under LicenseRef-Academic, which allows academic research only; "
            "CC-BY-NC-4.0 would allow more. Publish under LicenseRef-Academic, or leave 0.csv out",
        ),
    ],
)
def test_a_problem_says_where_what_is_demanded_and_what_would_do(data: str, publication: str, problem: str) -> None:
    assert told([data], publication) == [problem]


def test_share_alike_is_one_way() -> None:
    assert told(["CC-BY-SA-3.0"], "CC-BY-SA-4.0") == []
    assert len(told(["CC-BY-SA-4.0"], "CC-BY-SA-3.0")) == 1


def test_licences_that_can_never_meet_are_each_told() -> None:
    problems = told(["CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0"], "CC-BY-SA-4.0")
    assert len(problems) == 1
    assert "1.csv is under CC-BY-NC-4.0" in problems[0]
    assert "No licence in the table suits all the files at once" in problems[0]
    assert suitable([source("CC-BY-SA-4.0"), source("ODbL-1.0")]) == []


def test_a_remedy_looks_past_files_that_no_licence_can_save() -> None:
    problems = told(["CC-BY-ND-4.0", "CC-BY-4.0"], "CC0-1.0")
    assert "Publish under CC-BY-4.0" in problems[1]


def test_data_licences_that_leave_results_free_bind_the_text_alone() -> None:
    assert told(["CDLA-Sharing-1.0"], "MIT", "model") == []
    assert "has to be kept" in told(["CDLA-Sharing-1.0"], "MIT", "text")[0]
    assert "cleaned text is" in told(["CC-BY-ND-4.0"], "MIT", "text")[0]


@pytest.mark.parametrize("name", ["NOODL", "Esethu", "Kaitiakitanga", "llama3", "gemma", "all rights reserved"])
def test_a_licence_of_its_own_kind_waits_for_approval(name: str) -> None:
    problems = told([name], "CC-BY-4.0")
    assert len(problems) == 1
    assert "needs the stewards' approval" in problems[0]
    identifier = problems[0].split("Ask them, and list ")[1].split(" as approved")[0]
    assert told([name], "CC-BY-4.0", approved=(identifier,)) == []


def test_publication_under_a_licence_that_is_not_ours_to_give_is_asked_about() -> None:
    (problem,) = told(["CC0-1.0"], "llama3")
    assert problem.startswith("recipe.yaml:9 publish.licence: LicenseRef-Llama may be given only by")
    assert told(["CC0-1.0"], "llama3", approved=("LicenseRef-Llama",)) == []


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Apache", "recipe.yaml:9 publish.licence: the licence 'Apache' is not in the table; did you mean Apache-2.0?"),
        ("none", "recipe.yaml:9 publish.licence: 'none' is no licence. Publish under CC-BY-4.0"),
    ],
)
def test_publication_under_no_known_licence_is_refused(name: str, problem: str) -> None:
    (found,) = told(["CC-BY-4.0"], name)
    assert found.startswith(problem)


@settings(max_examples=20)
@given(st.lists(KNOWN, max_size=4))
def test_every_suggestion_holds_and_nothing_else_does(data: list[str]) -> None:
    found = [source(licence) for licence in data]
    fits = suitable(found)
    assert fits == [target for target in licences() if not compatible(found, under(target))]


@given(st.lists(KNOWN, max_size=3), KNOWN)
def test_another_file_never_makes_more_licences_fit(data: list[str], more: str) -> None:
    found = [source(licence) for licence in data]
    assert set(suitable([*found, source(more)])) <= set(suitable(found))


DATA = "date,Message,Reply,Who,Language,OK?,Terms\n"


def write(community: Callable[..., Path], datasheet: str, **changed: str) -> Path:
    for old, new in changed.items():
        datasheet = datasheet.replace({"files": "  - path: rows.csv\n", "columns": "columns:\n"}[old], new)
    return community(DATA, datasheet)


FILES = "  - path: rows.csv\n  - path: more.csv\n    licence: CC-BY-SA-4.0\n"


def test_a_file_may_have_a_licence_of_its_own(community: Callable[..., Path], datasheet: str) -> None:
    folder = write(community, datasheet, files=FILES)
    first, second = sources(read_datasheet(folder), {})
    assert (first.name, first.licence, first.place, first.line) == ("rows.csv", "CC0-1.0", "licence", 4)
    assert (second.name, second.licence, second.place, second.line) == (
        "more.csv",
        "CC-BY-SA-4.0",
        "files.1.licence",
        16,
    )
    assert second.file == str(folder / "datasheet.yaml")


def test_rows_may_have_licences_of_their_own(community: Callable[..., Path], datasheet: str) -> None:
    folder = write(community, datasheet, files=FILES, columns="columns:\n  licence: Terms\n")
    rows: Mapping[str, Mapping[str, int]] = {"more.csv": {"": 3, "CC-BY-4.0": 1, " CC-BY-4.0 ": 11}}
    found = sources(read_datasheet(folder), rows)
    assert [(source.name, source.licence, source.place) for source in found] == [
        ("rows.csv", "CC0-1.0", "licence"),
        ("3 rows of more.csv", "CC-BY-SA-4.0", "files.1.licence"),
        ("12 rows of more.csv", "CC-BY-4.0", "columns.licence"),
    ]


def test_a_file_without_kept_rows_binds_nobody(community: Callable[..., Path], datasheet: str) -> None:
    folder = write(community, datasheet, files=FILES)
    assert [source.name for source in sources(read_datasheet(folder), {"more.csv": {}})] == ["rows.csv"]
