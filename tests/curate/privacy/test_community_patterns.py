from pathlib import Path

import pytest

from commonhold.curate.privacy.community_patterns import CommunityPattern, parse_patterns, read_patterns
from commonhold.curate.privacy.redactor import RedactionSettings, Redactor
from commonhold.errors import FormError

FORM = """\
patterns: 1
kinds:
  - name: clinic_number
    placeholder: CLINIC
    tier: certain
    regex: 'RC-(?P<value>[0-9]{6})'
    matches: [my card is RC-123456]
    near_misses: [RC-12345, AC-123456]
  - name: member_number
    placeholder: MEMBER
    tier: likely
    regex: 'member (?P<value>[0-9]{11})'
    checksum: luhn
    matches: [member 79927398713]
    near_misses: [member 79927398714]
"""


def problems(text: str, taken: frozenset[str] = frozenset()) -> list[str]:
    with pytest.raises(FormError) as caught:
        parse_patterns(text, "patterns.yaml", taken)
    return [str(problem) for problem in caught.value.problems]


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "patterns.yaml"
    path.write_text(FORM, encoding="utf-8")
    patterns = read_patterns(path)
    assert patterns[0] == CommunityPattern("clinic_number", "CLINIC", "certain", "RC-(?P<value>[0-9]{6})", "")
    assert (patterns[1].tier, patterns[1].checksum) == ("likely", "luhn")


def test_only_the_named_group_is_masked() -> None:
    pattern = CommunityPattern("clinic_number", "CLINIC", "certain", "RC-(?P<value>[0-9]{6})")
    redactor = Redactor(RedactionSettings((), patterns=(pattern,)))
    assert redactor.redact("é RC-123456.").text == "é RC-[CLINIC]."


ONE = """\
patterns: 1
kinds:
  - name: clinic_number
    placeholder: CLINIC
    tier: certain
    regex: '{regex}'
    matches: [RC-123456]
    near_misses: [AC-123456]
"""


@pytest.mark.parametrize(
    ("regex", "message"),
    [
        (r"(?<=RC-)[0-9]+", "patterns.yaml:6 kinds.0.regex: RE2 cannot read this pattern"),
        (r"RC-([0-9])\1+", "patterns.yaml:6 kinds.0.regex: RE2 cannot read this pattern"),
        ("RC-[0-9", "patterns.yaml:6 kinds.0.regex: RE2 cannot read this pattern"),
        (r"(\pL{1000}){9}", "patterns.yaml:6 kinds.0.regex: RE2 cannot read this pattern"),
        ("(RC-[0-9]+)?", "patterns.yaml:6 kinds.0.regex: this pattern matches where there is nothing"),
        ("RD-[0-9]+", "patterns.yaml:7 kinds.0.matches.0: the pattern finds nothing in this example"),
        (".C-[0-9]+", "patterns.yaml:8 kinds.0.near_misses.0: the pattern finds something in this example"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_named_with_its_line(regex: str, message: str) -> None:
    (problem,) = problems(ONE.format(regex=regex))
    assert problem.startswith(message)


def test_a_word_border_alone_is_nothing() -> None:
    assert "matches where there is nothing" in problems(ONE.format(regex=r"\b"))[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("clinic_number", "Clinic", "patterns.yaml:3 kinds.0.name: "),
        ("CLINIC", "[CLINIC]", "patterns.yaml:4 kinds.0.placeholder: "),
        ("certain", "sure", "patterns.yaml:5 kinds.0.tier: "),
        ("matches: [RC-123456]", "matches: []", "patterns.yaml:7 kinds.0.matches: "),
        ("placeholder", "placeholdr", "patterns.yaml:4 kinds.0.placeholdr: unknown key"),
    ],
)
def test_a_form_with_a_mistake_is_refused(old: str, new: str, message: str) -> None:
    assert any(problem.startswith(message) for problem in problems(ONE.format(regex="RC-[0-9]+").replace(old, new, 1)))


def test_unknown_checks_and_names_that_are_taken_are_refused_together() -> None:
    text = FORM.replace("luhn", "lun").replace("member_number", "clinic_number")
    first, second = problems(text)
    assert first.startswith("patterns.yaml:9 kinds.1.name: the name 'clinic_number' is taken")
    assert second.startswith("patterns.yaml:13 kinds.1.checksum: unknown check 'lun'; known: luhn, verhoeff")
    assert any("'clinic_number' is taken" in line for line in problems(FORM, frozenset({"clinic_number"})))


def test_a_group_that_is_empty_masks_nothing() -> None:
    pattern = CommunityPattern("clinic_number", "CLINIC", "certain", "RC-(?P<value>[0-9]*)")
    assert Redactor(RedactionSettings((), patterns=(pattern,))).redact("RC- and RC-1").text == "RC- and RC-[CLINIC]"


def test_a_match_with_a_wrong_check_digit_stays() -> None:
    pattern = CommunityPattern("member", "MEMBER", "likely", "[0-9]{11}", "luhn")
    redactor = Redactor(RedactionSettings((), patterns=(pattern,)))
    assert redactor.redact("79927398713 79927398714").text == "[MEMBER] 79927398714"
