import pytest

from commonhold.curate.privacy.redactor import RedactionSettings, Redactor

REDACTOR = Redactor(RedactionSettings(kinds=("id_number",), regions=("JP",)))


def found(text: str) -> list[str]:
    """Through the gate as well, which has patterns of its own."""
    return [text[find.start : find.end] for find in REDACTOR.redact(text).finds]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("passport no. AB1234567", "AB1234567"),
        ("Passnr. C01X00T47", "C01X00T47"),
        ("driving licence MORGA657054SM9IJ", "MORGA657054SM9IJ"),
        ("my driver's license number is LH329609T", "LH329609T"),
        ("護照A12345678です", "A12345678"),
        ("NHC 4821", "4821"),
        ("NHC123456", "123456"),
        ("n.º h.c. 12345", "12345"),
        ("MRN: 00-12345", "00-12345"),
        ("patient no. 48213", "48213"),
        ("NHS number 943 476 5870", "943 476 5870"),
        ("historia clínica: 123456/2", "123456/2"),
        ("患者番号は12345です", "12345"),
        ("病历号：12345", "12345"),
        ("رقم المريض 12345", "12345"),
        ("환자번호12345입니다", "12345"),
        ("NDC 123456", "123456"),
        ("account number: 12345678", "12345678"),
        ("policy no. AB-123456", "AB-123456"),
        ("Kontonummer 1234567", "1234567"),
        ("mi DNI es 12345678Z", "12345678Z"),
        ("DNI12345678Z", "12345678Z"),
        ("CPF: 390.533.447-05", "390.533.447-05"),
        ("رقم الهوية 1012345678", "1012345678"),
        ("رقمي القومي ٢٩٨٠١٠١١٢٣٤٥٦٧ وأريد", "٢٩٨٠١٠١١٢٣٤٥٦٧"),
        ("جواز سفري A12345678", "A12345678"),
        ("מספר הזהות 123456782", "123456782"),
        ("口座番号は普通1234567です", "1234567"),
        ("口座番号：当座預金 7654321", "7654321"),
    ],
)
def test_a_number_is_told_by_what_it_is_called(text: str, number: str) -> None:
    assert found(f"({text})") == [number]
    assert {find.tier for find in REDACTOR.redact(text).finds} == {"likely"}


@pytest.mark.parametrize(
    "text",
    [
        "part no. AB1234567",
        "the passport costs 5000",
        "passport AB12 and PASSPORTS",
        "passport 2031-02-14",
        "NHC 2024",
        "NHC 482",
        "the patient walked 25000 steps",
        "patient 1234567",
        "account for 12345678 people",
        "my policy since 2019",
        "NDC 0002-8215-01",
        "NDC 50242-040-62",
        "ndc 00028215012",
        "ndcs 123456",
        "the snhc 123456",
        "order number 12345678",
        "tax 1.250.000",
        "section 4 of the policy, 12345678",
    ],
)
def test_other_numbers_and_days_stay(text: str) -> None:
    assert found(text) == []
