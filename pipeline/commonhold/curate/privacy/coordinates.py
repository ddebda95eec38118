"""Where somebody is, as numbers: latitude and longitude, and plus codes."""

import re
from collections.abc import Iterator

from commonhold.curate.privacy.boundaries import CODE, NOT_BEFORE
from commonhold.curate.privacy.find import Detector, Span, Tier

GATE = (
    r"[0-9]\.[0-9]{3}[0-9]*[^0-9\n]+[0-9]+\.[0-9]{3}"
    r"|[0-9] ?[°º] ?[0-9]"
    r"|[23456789CFGHJMPQRVWX]{4}\+[23456789CFGHJMPQRVWX]{2}"
)
DECIMAL = re.compile(
    rf"""
    (?: (?<![{CODE}.,-]) | (?<=gps) | (?<=lat) | (?<=ubicación) | (?<=location) )
    (?P<lat> [+-]?\d{{1,2}}\.(?P<fine>\d{{3,15}}) ) (?: \s?[°º] )? (?: \s?(?P<ns>[NS]){NOT_BEFORE} )?
    (?P<between> \s{{0,2}}[,;/|]\s{{0,2}} | \s{{1,3}} )
    (?:(?:lon|lng|long|longitude?)[:=\s]{{1,3}})?
    (?P<lon> [+-]?\d{{1,3}}\.\d{{3,15}} ) (?: \s?[°º] )? (?: \s?[EWO]{NOT_BEFORE} )? (?![{CODE}]|\.\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SECONDS = r"(?:\d{1,2}(?:[.,]\d{1,6})?\s?(?:[\"”″]|''|’’))?"
_DEGREES = rf"\s?[°º]\s?\d{{1,2}}(?:[.,]\d{{1,6}})?\s?['’′]?\s?{_SECONDS}\s?"
SEXAGESIMAL = re.compile(
    rf"(?<![A-Za-z0-9_.])\d{{1,2}}{_DEGREES}[NS][\s,;/]{{0,4}}\d{{1,3}}{_DEGREES}[EWO](?![A-Za-z0-9_])", re.IGNORECASE
)
# Open Location Code: digits and letters that spell no words, always with a plus before the last two or three.
PLUS_CODE = re.compile(
    r"(?<![A-Za-z0-9_+])(?:[23456789CFGHJMPQRVWX]{8}|[23456789CFGHJMPQRVWX]{4})\+[23456789CFGHJMPQRVWX]{2,3}(?![A-Za-z0-9_])"
)


def find_coordinates(text: str) -> Iterator[Span]:
    """Pairs of degrees, precise to about 100 m or better: three decimals are likely, four (11 m) certain.

    Two numbers with white space alone between them (ODK writes `-1.28333 36.81667 1795.0 5.0`) need four.
    """
    for match in DECIMAL.finditer(text):
        fine = len(match["fine"])
        if (
            abs(float(match["lat"])) > 90
            or abs(float(match["lon"])) > 180
            or (fine < 4 and not match["between"].strip())
        ):
            continue
        tier: Tier = "certain" if fine >= 4 else "likely"
        yield Span(*match.span(), tier)
    for match in SEXAGESIMAL.finditer(text):
        yield Span(*match.span())
    for match in PLUS_CODE.finditer(text):
        digits = any(character.isdigit() for character in match.group().replace("+", ""))
        if digits and not match.group().replace("+", "").isdigit():
            yield Span(*match.span())


COORDINATES = Detector("coordinates", "COORDINATES", GATE, find_coordinates)
