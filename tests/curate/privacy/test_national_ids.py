import pytest

from commonhold.curate.privacy.identity import id_detector
from commonhold.curate.privacy.national_ids import NATIONAL_IDS

# Numbers from python-stdnum's documentation and the issuers' own samples: nobody's.
SAMPLES = (
    ("AR", "20-05536168-2", "20-05536168-3"),
    ("AR", "DNI 20.123.456", "expediente 20.123.456"),
    ("AT", "1237 010180", "2237 010180"),
    ("AU", "123 456 782", "123 456 783"),
    ("BE", "85.07.30-033.28", "85.07.30-033.29"),
    ("BE", "85073003328", "85073003329"),
    ("BG", "7523169263", "7523169264"),
    ("BR", "390.533.447-05", "390.533.447-06"),
    ("BR", "39053344705", "39053344706"),
    ("CA", "123-456-782", "123-456-783"),
    ("CH", "756.9217.0769.85", "756.9217.0769.86"),
    ("CL", "76.086.428-5", "76.086.428-6"),
    ("CN", "360426199101010071", "360426199101010072"),
    ("CO", "213.123.432-1", "213.123.432-2"),
    ("CU", "91021027775", "91023027775"),
    ("CZ", "710319/2745", "710319/2746"),
    ("DE", "36 574 261 809", "36 574 261 808"),
    ("DK", "211062-5629", "321062-5629"),
    ("DO", "224-0002211-1", "224-0002211-2"),
    ("EC", "171430710-3", "171430710-4"),
    ("EE", "36805280109", "36805280108"),
    ("ES", "54362315-K", "54362315-A"),
    ("ES", "X-2482300W", "X-2482300A"),
    ("FI", "131052-308T", "131052-308U"),
    ("FR", "2 95 10 99 126 111 93", "2 95 10 99 126 111 94"),
    ("GB", "943-476-5870", "943-476-5871"),
    ("GB", "9434765870", "9434765871"),
    ("GB", "AB 12 34 56 C", "DB 12 34 56 C"),
    ("GR", "01013099997", "01013099998"),
    ("HR", "33392005961", "33392005962"),
    ("ID", "3171011708450001", "9971011708450001"),
    ("IE", "6433435F", "6433435E"),
    ("IL", "039337423", "039337424"),
    ("IN", "2341 2341 2346", "2341 2341 2347"),
    ("IN", "234123412346", "234123412347"),
    ("IN", "ACUPA7085R", "JavaScript"),
    ("IN", "WKH1186253", "WKH1186254"),
    ("IS", "450401-3150", "450401-3151"),
    ("IT", "RCCMNL83S18D969H", "RCCMNL83S18D969I"),
    ("JP", "6214 9832 0257", "6214 9832 0258"),
    ("JP", "621498320257", "621498320258"),
    ("KE", "A004416331M", "B004416331M"),
    ("KR", "971013-9019902", "971013-9019903"),
    ("LT", "33309240064", "33309240065"),
    ("LV", "161175-19997", "161375-19997"),
    ("MX", "BOXW310820HNERXN09", "BOXW310820HNERXN08"),
    ("MX", "GODE561231GR8", "GODE561331GR8"),
    ("MY", "770305-02-1234", "771305-02-1234"),
    ("NG", "NIN: 12345678901", "parcel 12345678901"),
    ("NL", "111222333", "111222334"),
    ("NO", "151086 95088", "151086 95089"),
    ("NZ", "49-098-576", "49-098-577"),
    ("PE", "10117410-2", "10117410-4"),
    ("PH", "1234-5678-9012", "1234-5678-901"),
    ("PK", "34201-0891231-8", "94201-0891231-8"),
    ("PL", "44051401359", "44051401358"),
    ("PT", "00000000 0 ZZ4", "00000000 0 ZZ5"),
    ("PT", "123456789", "123456788"),
    ("PY", "80028061-0", "80028061-1"),
    ("RO", "1630615123457", "1630615123458"),
    ("SE", "880320-0016", "880320-0017"),
    ("SG", "S1234567D", "A1234567D"),
    ("SK", "710319/2745", "710319/2746"),
    ("TH", "1-2345-45678-78-1", "1-2345-45678-78-2"),
    ("TH", "1234545678781", "1234545678782"),
    ("TR", "17291716060", "17291716061"),
    ("TW", "A123456789", "A323456789"),
    ("UA", "1759013776", "1759013777"),
    ("US", "987-65-4320", "987-65 4320"),
    ("US", "mi seguro social es 900123456", "mi casa es 900123456"),
    ("UY", "1.234.567-8", "1.234.5678"),
    ("VE", "V-11470283-4", "V-11470283-5"),
    ("ZA", "7503305044089", "7503305044088"),
)


def found(text: str, region: str) -> list[str]:
    return [text[start:end] for start, end, _ in id_detector((region,)).find(text)]


@pytest.mark.parametrize(("region", "right", "wrong"), SAMPLES)
def test_a_number_is_found_by_its_form_and_check_and_not_with_one_of_them_wrong(
    region: str, right: str, wrong: str
) -> None:
    assert any(right.endswith(value) for value in found(f"it is {right}, thanks", region))
    assert found(f"it is {wrong}, thanks", region) == []


def test_every_country_of_the_table_has_a_sample() -> None:
    assert {region for region, _, _ in SAMPLES} == {row.region for row in NATIONAL_IDS}
    assert len(SAMPLES) == len(NATIONAL_IDS)


def test_numbers_of_a_country_that_was_not_declared_stay() -> None:
    assert found("it is 390.533.447-05", "ES") == []


@pytest.mark.parametrize("text", ["x390.533.447-05", "390.533.447-051", "A-390.533.447-05", "390.533.447-05-B"])
def test_a_number_inside_a_longer_one_is_none(text: str) -> None:
    assert found(text, "BR") == []


def test_a_short_check_without_grouping_makes_a_find_likely_only() -> None:
    detector = id_detector(("BR",))
    assert [span.tier for span in detector.find("390.533.447-05 and 39053344705")] == ["certain", "likely"]
