"""Masks personal data in texts, one text at a time: a gate over all patterns first, exact finders on its hits only."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from commonhold.curate.privacy.birth_date import BIRTH_DATE
from commonhold.curate.privacy.boundaries import UNUSUAL_GATE, plain
from commonhold.curate.privacy.community_patterns import CommunityPattern, detector_of
from commonhold.curate.privacy.coordinates import COORDINATES
from commonhold.curate.privacy.email import EMAIL
from commonhold.curate.privacy.find import Candidate, Detector, Find, Span, settle
from commonhold.curate.privacy.folding import Folded
from commonhold.curate.privacy.identity import id_detector
from commonhold.curate.privacy.names import NAME, NamesModel, names_finder
from commonhold.curate.privacy.network import IP_ADDRESS, URL_SECRET
from commonhold.curate.privacy.online import ONLINE_PROFILE, WEB_ADDRESS
from commonhold.curate.privacy.own_data import OWN_LABELS, OwnTerm, find_own
from commonhold.curate.privacy.payment import CARD, IBAN
from commonhold.curate.privacy.phone import phone_detector
from commonhold.curate.privacy.presidio import PresidioEntity, presidio_detector
from commonhold.curate.privacy.pseudonyms import Pseudonyms
from commonhold.curate.privacy.public_values import PublicValues
from commonhold.curate.privacy.sealed_map import MapEntry
from commonhold.curate.privacy.street_address import STREET_ADDRESS
from commonhold.errors import RequestError

KINDS = (
    "payment_card", "iban", "email", "url_secret", "online_profile", "id_number", "ip_address", "coordinates",
    "date_of_birth", "street_address", "phone", "web_address",
)  # fmt: skip
"""Kinds found by their form, in order of precedence: what looks most like something else comes first."""
PERSONAL_KINDS = tuple(kind for kind in KINDS if kind != "web_address")
"""Those that say something about a person; most web addresses are of no person."""
GATE_BYTES = 64 << 20
"""Memory for the automaton of all gates; it fills as texts are read and is emptied when full."""


@dataclass(frozen=True, slots=True)
class RedactionSettings:
    """What is masked, and how."""

    kinds: tuple[str, ...] = PERSONAL_KINDS
    """Of `KINDS`."""
    regions: tuple[str, ...] = ()
    """Countries (ISO 3166-1 alpha-2) whose phone and identity numbers are expected."""
    patterns: tuple[CommunityPattern, ...] = ()
    """What a community looks for besides."""
    taggers: tuple[PresidioEntity, ...] = ()
    """What Presidio looks for besides; needs the extra."""
    names: NamesModel | None = None
    """Finds names in running text; absent where none is looked for."""
    public: tuple[str, ...] = ()
    """What stays, because the community says that it is public."""
    pseudonyms: Pseudonyms | None = None
    """Numbers the placeholders; absent for `[PHONE]` without a number."""


class Redacted(NamedTuple):
    """A text with its personal data masked, and what was masked where."""

    text: str
    finds: tuple[Find, ...]
    """From left to right, without overlaps; positions are those of the text as it came."""
    public: tuple[int, ...] = ()
    """For each place that stays because it is public, the number of the value in the list."""


class Redactor:
    """Masks texts, always in the same way under the same settings; built again in every process that it travels to.

    Raises:
        RequestError: there is no such kind; `MissingPackageError` and `MissingModelError` for taggers.
    """

    def __init__(self, settings: RedactionSettings) -> None:
        self.settings = settings
        self._detectors = tuple(_detectors(settings))
        self._built_in = sum(kind in settings.kinds for kind in KINDS)
        self._gate = _gate(self._detectors)
        self._names = names_finder(settings.names) if settings.names else None
        self.public = PublicValues(settings.public, settings.regions)
        labels = sorted({*(detector.label for detector in self._detectors), *OWN_LABELS.values()})
        self._placeholder = re.compile(rf"\[(?:{'|'.join(labels)})(?:-\d{{1,9}})?\]")

    def __reduce__(self) -> tuple[Any, ...]:
        return Redactor, (self.settings,)

    def redact(self, text: str, own: Sequence[OwnTerm] = (), names: Sequence[Span] | None = None) -> Redacted:
        """The text with every find replaced by its placeholder; all other characters stay as they are.

        `own` is what the text's contributor wrote about themselves elsewhere in the submission, `names` what `names`
        found in the text, where that was asked before. The masked text is looked at again, though not for names, until
        nothing more is found, so that masking it once more changes nothing; a find that would cut into a placeholder is
        none.
        """
        finds: list[Find] = []
        masked, public = text, None
        spans = self.names([text])[0] if names is None else names
        while True:
            candidates, listed = self.public.spare(masked, self._candidates(masked, own, spans))
            public, spans = (listed if public is None else public), ()
            new = [self._named(masked, each) for each in settle(candidates)]
            if not new:
                return Redacted(masked, tuple(finds), public)
            finds = _added(finds, new)
            masked = _replaced(text, finds)

    def names(self, texts: Sequence[str]) -> Sequence[Sequence[Span]]:
        """Names in running text, of many texts at once; none where no model looks for them."""
        return self._names(texts) if self._names else [()] * len(texts)

    def suspects(self, texts: Iterable[str]) -> list[int]:
        """Indexes of the texts in which something may be that is not their contributor's own; of most, nothing."""
        if self._gate is None:
            return []
        match = self._gate.Match
        return [index for index, text in enumerate(texts) if match(text.encode("utf-8", "surrogatepass"))]

    def map_entries(self, record_id: str, text: str, redacted: Redacted) -> list[MapEntry]:
        """What stewards need to undo a masking; to be sealed in the process that made it, and never written in plain.

        Raises:
            ValueError: these settings have no key for pseudonyms.
        """
        names = self.settings.pseudonyms
        if names is None:
            raise ValueError("a map needs pseudonyms")
        entries = []
        for find in redacted.finds:
            value = text[find.start : find.end]
            pseudonym = names.pseudonym(_label(find.placeholder), value)
            entries.append(MapEntry(record_id, find.placeholder, find.kind, pseudonym, value))
        return entries

    def _candidates(self, text: str, own: Sequence[OwnTerm], names: Sequence[Span]) -> list[Candidate]:
        candidates = list(self._by_form(text))
        candidates += [
            Candidate(span.start, span.end, 0, len(self._detectors), f"own_{kind}", OWN_LABELS[kind])
            for kind, span in find_own(text, own)
        ]
        candidates += [Candidate(span.start, span.end, 1, len(self._detectors) + 1, *NAME) for span in names]
        if candidates and "[" in text:
            whole = [match.span() for match in self._placeholder.finditer(text)]
            candidates = [
                each for each in candidates if not any(each.start < end and start < each.end for start, end in whole)
            ]
        return candidates

    def _by_form(self, text: str) -> Iterator[Candidate]:
        if self._gate is None or not (hits := self._hits(text)):
            return
        if len(self._detectors) in hits:
            seen = plain(text)
            hits = sorted({*hits, *self._hits(seen.text)} - {len(self._detectors)})
        else:
            seen = Folded(text, range(len(text) + 1))
        for rank in sorted(hits):
            detector = self._detectors[rank]
            for start, end, tier in detector.find(seen.text):
                yield Candidate(*seen.span(start, end), int(tier == "likely"), rank, detector.kind, detector.label)
            if rank >= self._built_in and seen.text != text:
                # What a community or a model looks for may be in the signs that were replaced.
                for start, end, tier in detector.find(text):
                    yield Candidate(start, end, int(tier == "likely"), rank, detector.kind, detector.label)

    def _hits(self, text: str) -> Sequence[int]:
        # Half characters, which UTF-8 does not know, pass as bytes that no pattern matches.
        hits: Sequence[int] | None = self._gate.Match(text.encode("utf-8", "surrogatepass"))
        return hits or ()

    def _named(self, text: str, each: Candidate) -> Find:
        names = self.settings.pseudonyms
        number = f"-{names.number(each.label, text[each.start : each.end])}" if names else ""
        return Find(each.kind, "likely" if each.doubt else "certain", each.start, each.end, f"[{each.label}{number}]")


def _detectors(settings: RedactionSettings) -> Iterator[Detector]:
    built_in = {
        detector.kind: detector
        for detector in (
            CARD, IBAN, EMAIL, URL_SECRET, ONLINE_PROFILE, id_detector(settings.regions), IP_ADDRESS, COORDINATES,
            BIRTH_DATE, STREET_ADDRESS, phone_detector(settings.regions), WEB_ADDRESS,
        )
    }  # fmt: skip
    if unknown := [kind for kind in settings.kinds if kind not in built_in]:
        raise RequestError(f"unknown kind of personal data {unknown[0]!r}; known: {', '.join(KINDS)}")
    yield from (built_in[kind] for kind in KINDS if kind in settings.kinds)
    yield from map(detector_of, settings.patterns)
    yield from map(presidio_detector, settings.taggers)


def _gate(detectors: Sequence[Detector]) -> Any:
    import re2

    if not detectors:
        return None
    options = re2.Options()
    options.max_mem = GATE_BYTES
    gate = re2.Set.SearchSet(options)
    for pattern in (*(detector.gate for detector in detectors), UNUSUAL_GATE):
        gate.Add(pattern)
    gate.Compile()
    return gate


def _added(finds: Sequence[Find], new: Iterable[Find]) -> list[Find]:
    """Finds in a text that was masked already, brought back to the places of the text as it came."""
    placed = []
    for find in new:
        shift = 0
        for earlier in finds:
            if earlier.start + shift >= find.start:
                break
            shift += len(earlier.placeholder) - (earlier.end - earlier.start)
        placed.append(find._replace(start=find.start - shift, end=find.end - shift))
    return sorted([*finds, *placed], key=lambda find: find.start)


def _replaced(text: str, finds: Sequence[Find]) -> str:
    pieces, last = [], 0
    for find in finds:
        pieces += [text[last : find.start], find.placeholder]
        last = find.end
    return "".join([*pieces, text[last:]])


def _label(placeholder: str) -> str:
    return placeholder[1:-1].rpartition("-")[0] or placeholder[1:-1]
