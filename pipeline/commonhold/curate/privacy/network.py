"""Traces of a person on the network: IP addresses, and web addresses that open somebody's account."""

import ipaddress
import re
from collections.abc import Iterator

from commonhold.curate.privacy.boundaries import CODE, touching_before, touching_behind
from commonhold.curate.privacy.find import Detector, Span

IP_GATE = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]:[0-9A-Fa-f]*:[0-9A-Fa-f]"
IPV4 = re.compile(r"(?<![\d.-])(?:\d{1,3}\.){3}\d{1,3}(?![\d-]|\.\d)", re.ASCII)
IPV6 = re.compile(
    rf"(?<![{CODE}:.])(?=[0-9a-f:]{{0,40}}\d)[0-9a-f:]{{3,39}}(?:\d{{1,3}}(?:\.\d{{1,3}}){{3}})?(?![{CODE}:])",
    re.I | re.ASCII,
)
IP_WORDS = frozenset({"ip", "ipv4", "addr", "lan", "wan", "dns"})
"""May touch an address, in capitals too."""
VERSION = re.compile(r"(?:\bv|\bversi[oó]n|\bversão|\brelease|\bfirmware|§|\bsection)[ .:#]{0,2}$", re.IGNORECASE)

URL_GATE = r"(?i)://[^\s/@]+@|[?&#;][a-z0-9_.-]*(?:{names})=[^\s&#]{6}|/[A-Za-z0-9_-]{32}|eyJ[A-Za-z0-9_-]{8}"
SECRET_NAMES = (
    "access", "apikey", "auth", "authorization", "code", "credential", "hash", "invite", "jwt", "key", "nonce", "otp",
    "passcode", "passwd", "password", "pin", "pwd", "secret", "session", "sessionid", "sid", "sig", "signature",
    "ticket", "token",
)  # fmt: skip
"""Last word of a parameter's name, as in `access_token`, whose value is a key to something."""
USERINFO = re.compile(r"(?<![A-Za-z0-9_+.-])[a-z][a-z0-9+.-]{1,15}://(?P<value>[^\s/@?#]{1,200})@", re.IGNORECASE)
PARAMETER = re.compile(
    rf"[?&#;](?:[a-z0-9_.-]{{0,40}}[_.-])?(?:{'|'.join(SECRET_NAMES)})=(?P<value>[^\s&#<>\"')\]]{{6,2000}})",
    re.IGNORECASE,
)
# A path segment that nobody types: 32 characters or more with digits and letters, as in links that reset a password.
SEGMENT = re.compile(
    r"(?<=/)(?P<value>(?=[A-Za-z_-]{0,64}\d)(?=[\d_-]{0,64}[A-Za-z])[A-Za-z0-9_-]{32,512})(?![A-Za-z0-9_%.-])"
)
WEB = re.compile(r"(?<![A-Za-z0-9_+.-])(?:https?://|www\.)[^\s<>\"]{1,2000}", re.IGNORECASE)
# RFC 7519: header and claims are base64url of JSON, which starts with {" and so with eyJ.
JWT = re.compile(r"(?<![A-Za-z0-9_.-])eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{0,2000}", re.ASCII)


def find_ips(text: str) -> Iterator[Span]:
    """Addresses of one machine (RFC 791, RFC 4291); loopback, masks and multicast are nobody's and stay.

    Four numbers below ten may be the number of a section or a version: likely only, and not at all behind such a word.
    """
    for match in IPV4.finditer(text):
        behind = touching_behind(text, match.start())
        if behind.contact == "code" and behind.word.lower() not in IP_WORDS:
            continue
        if touching_before(text, match.end()).contact == "code":
            continue
        if _is_somebodys(match.group()) and not VERSION.search(text[max(0, match.start() - 12) : match.start()]):
            yield Span(*match.span(), "certain" if re.search(r"\d\d", match.group()) else "likely")
    for match in IPV6.finditer(text):
        address = match.group().rstrip(":") if match.group().count(":") > 2 else match.group()
        if _is_somebodys(address) and len([part for part in address.split(":") if part]) > 1:
            yield Span(match.start(), match.start() + len(address))


def _is_somebodys(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    nobodys = address.is_loopback or address.is_unspecified or address.is_multicast
    return not nobodys and not text.startswith(("255.", "0."))


def find_url_secrets(text: str) -> Iterator[Span]:
    """What opens the door in a web address: name and password before the host, keys among the parameters, tokens.

    The rest of the address stays, so that the text keeps saying where it leads.
    """
    for pattern in (USERINFO, PARAMETER):
        for match in pattern.finditer(text):
            yield Span(*match.span("value"))
    for match in JWT.finditer(text):
        yield Span(*match.span())
    for address in WEB.finditer(text):
        for match in SEGMENT.finditer(text, *address.span()):
            yield Span(*match.span("value"), "likely")


IP_ADDRESS = Detector("ip_address", "IP", IP_GATE, find_ips)
URL_SECRET = Detector("url_secret", "SECRET", URL_GATE.replace("{names}", "|".join(SECRET_NAMES)), find_url_secrets)
