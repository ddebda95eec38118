import pytest

from commonhold.curate.rights.licences import Licence, LicenceTable, find_licence, licences, near_licence

# Data Provenance Initiative, constants/license_classes.json: name -> use, attribution, share-alike.
INITIATIVE = {
    "Apache License 2.0": ("All", 1, 0),
    "BSD-2-Clause": ("All", 1, 0),
    "BSD-3-Clause": ("All", 1, 0),
    "C-UDA-1.0": ("All", 1, 1),
    "CC BY 2.0": ("All", 1, 0),
    "CC BY 2.5": ("All", 1, 0),
    "CC BY 3.0": ("All", 1, 0),
    "CC BY 4.0": ("All", 1, 0),
    "CC BY-NC 2.0": ("NC", 1, 0),
    "CC BY-NC 3.0": ("NC", 1, 0),
    "CC BY-NC 4.0": ("NC", 1, 0),
    "CC BY-NC-ND 4.0": ("NC", 1, 0),
    "CC BY-NC-SA 3.0": ("NC", 1, 1),
    "CC BY-NC-SA 4.0": ("NC", 1, 1),
    "CC BY-SA 3.0": ("All", 1, 1),
    "CC BY-SA 4.0": ("All", 1, 1),
    "CC0 1.0": ("All", 0, 0),
    "CDLA-Permissive-2.0": ("All", 1, 0),
    "CDLA-Permissive-1.0": ("All", 1, 0),
    "CDLA-Sharing-1.0": ("All", 1, 1),
    "GPL-2.0-only": ("All", 1, 1),
    "GPL-3.0-only": ("All", 1, 1),
    "ISC": ("All", 1, 0),
    "MIT License": ("All", 1, 0),
    "Non Commercial": ("NC", 0, 0),
    "ODC BY 1.0": ("All", 1, 0),
    "OGL 3.0": ("All", 1, 0),
    "BigScience OpenRAIL-M": ("All", 1, 1),
    "Llama 2": ("All", 1, 0),
    "Public Domain": ("All", 0, 0),
}
USE = {"all": "All", "non_commercial": "NC", "academic": "Acad", "unspecified": "Unspecified"}


@pytest.mark.parametrize("name", INITIATIVE)
def test_the_classes_are_those_of_the_data_provenance_initiative(name: str) -> None:
    licence = find_licence(name)
    assert licence is not None
    assert (USE[licence.use], int(licence.attribution), int(bool(licence.share_alike))) == INITIATIVE[name]


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("cc-by-sa-4.0", "CC-BY-SA-4.0"),
        (" CC BY SA 4.0 ", "CC-BY-SA-4.0"),
        ("CC0", "CC0-1.0"),
        ("noodl", "LicenseRef-NOODL-1.0"),
        ("llama3.1", "LicenseRef-Llama"),
        ("No licence", "LicenseRef-Unspecified"),
    ],
)
def test_people_write_a_licence_in_many_ways(name: str, identifier: str) -> None:
    licence = find_licence(name)
    assert licence is not None
    assert licence.id == identifier


@pytest.mark.parametrize("name", ["CC-BY", "CC-BY-5.0", "", "free", "CC-BY-SA", "GPL"])
def test_a_licence_is_not_guessed(name: str) -> None:
    assert find_licence(name) is None


@pytest.mark.parametrize(
    ("name", "near"), [("CC-BY", "CC-BY-4.0"), ("CC-BY-NC", "CC-BY-NC-4.0"), ("Apache-2", "Apache-2.0"), ("free", None)]
)
def test_the_nearest_name_is_suggested(name: str, near: str | None) -> None:
    assert near_licence(name) == near


def test_what_a_community_wrote_for_itself_waits_for_its_stewards() -> None:
    names = ["NOODL", "Esethu", "Kaitiakitanga", "llama", "gemma"]
    assert [bool(licence and licence.approval) for licence in map(find_licence, names)] == [True] * len(names)


def test_a_licence_that_keeps_to_itself_names_itself_first() -> None:
    kept = [licence for licence in licences().values() if licence.share_alike]
    assert len(kept) > 10
    assert [licence.id for licence in kept if licence.share_alike[0] != licence.id] == []


def test_no_derivatives_stands_on_every_licence_that_says_nd() -> None:
    assert {name for name, licence in licences().items() if licence.no_derivatives} == {
        name for name in licences() if "-ND-" in name
    }


@pytest.mark.parametrize(
    ("one", "other", "problem"),
    [
        ({"id": "A-1"}, {"id": "B-1", "also": ("a 1",)}, "two licences are called a-1"),
        ({"id": "A-1", "share_alike": ("A-1", "C-1")}, {"id": "B-1"}, "not in the table: C-1"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(
    one: dict[str, object], other: dict[str, object], problem: str
) -> None:
    made = [Licence.model_validate({"use": "all", "attribution": True, **fields}) for fields in (one, other)]
    with pytest.raises(ValueError, match=problem):
        LicenceTable(licences=tuple(made))
