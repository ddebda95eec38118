"""People on the web: the names they have on networks, their profiles and own pages; and web addresses of any sort."""

import re
from collections.abc import Iterator
from itertools import chain

from commonhold.curate.privacy.boundaries import CODE
from commonhold.curate.privacy.find import Detector, Span

HOSTS = (
    r"(?:t|telegram)\.me|wa\.me|api\.whatsapp\.com/send/?\?phone=|instagram\.com|(?:facebook|fb)\.com|(?:fb|m)\.me|"
    r"(?:twitter|x)\.com|threads\.(?:net|com)|tiktok\.com|youtube\.com/(?:@|c/|user/)|snapchat\.com/add|"
    r"linkedin\.com/in|"
    r"vk\.com|ok\.ru/profile|weibo\.com|line\.me/(?:ti/p|R/ti/p)|signal\.me|reddit\.com/u(?:ser)?|medium\.com/@|"
    r"bsky\.app/profile|pinterest\.com|discord\.com/users|join\.skype\.com/invite|zalo\.me|open\.kakao\.com/me"
)
NO_PERSON = (
    r"about|ads|business|c|dialog|docs|download|events|explore|gaming|groups|hashtag|help|home|i|intent|invite|"
    r"joinchat|"
    r"legal|login|marketplace|messages|news|p|pages|photo|photos|policies|privacy|reel|reels|s|search|settings|share|"
    r"sharer|sharer\.php|signup|stories|story\.php|terms|tr|tv|video|videos|watch"
)
"""Pages of a network that belong to none of its members."""
NETWORKS = (
    r"insta(?:gram)?|ig|twitter|telegram|tg|tik ?tok|snap(?:chat)?|discord|skype|we ?chat|line id|"
    r"kakao(?:talk)?|facebook|fb|viber|qq|zalo|mastodon|bluesky|user ?name|user id|login name|usuario|usuário|"
    r"nick(?:name)?|"
    r"benutzername|nom d'utilisateur|nome utente|gebruikersnaam|kullanıcı adı"
)
OTHER_NETWORKS = (
    r"微信号?|微信號|抖音号?|微博|ユーザー名|アカウント名?|ライン|インスタ|用户名|카카오톡|카톡|인스타(?:그램)?|"
    r"аккаунт|телеграм|инстаграм|ник"
)
DECORATORS = (
    r"abstractmethod|all|author|autowired|bean|cached_property|channel|charset|classmethod|component|container|"
    r"dataclass|deprecated|everyone|example|fixture|font-face|functools|grid|group|here|import|include|init|"
    r"injectable|input|keyframes|layer|media|mixin|namespace|nullable|output|overload|override|page|param|property|pytest|"
    r"return|returns|see|since|staticmethod|supports|tailwind|team|test|throws|typing|use|version|viewport"
)
"""Words behind an `@` in programs and style sheets, and those that call everybody."""
PAGE_WORDS = (
    r"(?:my|our|his|her) (?:own |new |personal )?(?:web ?)?(?:site|page|blog|home ?page|portfolio|shop|store|"
    r"channel|profile)|"
    r"(?:mi|nuestra|nuestro) (?:página(?: web)?|web|sitio(?: web)?|blog|tienda|perfil)|(?:mon|"
    r"notre) (?:site(?: web)?|blog|profil)|"
    r"mein[e]? (?:web)?(?:seite|site|blog|homepage|profil)|(?:meu|minha) (?:site|blog|página|perfil|loja)|"
    r"il mio (?:sito|blog|profilo)|mijn (?:web)?(?:site|blog|pagina)"
)
HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}(?:[a-z]{2,24})"
REST = r"(?:[/?#][^\s<>\"'）)」】\]]{0,2000})?"

NAMED_GATE = rf"(?:{NETWORKS})(?:[ -]?(?:id|name|user(?:name)?|handle|account|nick))?\s?\s?[:=#：]|(?:{OTHER_NETWORKS})"
PROFILE_GATE = (
    rf"(?i)@[a-z_]|(?:{HOSTS})|/?\bu/[a-z0-9_-]{{3}}|{NAMED_GATE}|"
    rf"(?:{PAGE_WORDS})(?: address)?(?:\s?(?:is|at|on|es|est|ist|é|è|:|=))*[\s\"']*(?:https?://)?[a-z0-9-]+\."
)
HANDLE = re.compile(
    rf"(?<![{CODE}.@/+-])@(?!(?:{DECORATORS})(?![A-Za-z0-9_]))[A-Za-z_](?:[A-Za-z0-9_]|"
    rf"[.-](?=[A-Za-z0-9_])){{2,38}}(?:@{HOST})?"
    rf"(?![{CODE}@(/]|\.[A-Za-z]|\s*\n\s*(?:def|class|async|public|private|protected|static|func|@)\b)",
    re.IGNORECASE,
)
REDDIT = re.compile(rf"(?<![{CODE}/.])/?u/[A-Za-z0-9_-]{{3,20}}(?![{CODE}/])")
PROFILE = re.compile(
    rf"(?<![{CODE}.@/-])(?:https?://)?(?:(?:www|m|mobile|web|"
    rf"[a-z]{{2}}(?:-[a-z]{{2}})?)\.)?(?:{HOSTS})(?:(?<=[/@=])|/@?)"
    rf"(?!(?:{NO_PERSON})(?![A-Za-z0-9_.-]))[A-Za-z0-9_%+~.-]{{2,80}}(?<![.]){REST}",
    re.IGNORECASE,
)
NAMED = re.compile(
    rf"(?:(?<![{CODE}])(?:{NETWORKS})(?:[ -]?(?:id|name|user(?:name)?|handle|account|nick))?\s{{0,2}}[:=#：]"
    rf"|(?:{OTHER_NETWORKS})\s?(?:id|は|是|[:=：])?\s{{0,2}}[:：]?)\s{{0,2}}"
    rf"(?P<value>@?(?=[0-9_.-]*[A-Za-z])(?=[A-Za-z0-9.-]{{0,30}}[0-9_.#-][A-Za-z0-9_])[A-Za-z0-9_](?:[A-Za-z0-9_]|[.-](?=[A-Za-z0-9_])){{2,38}}(?:\#\d{{4}})?)",
    re.IGNORECASE,
)
OWN_PAGE = re.compile(
    rf"(?<![{CODE}])(?:{PAGE_WORDS})(?: address)?(?:\s?(?:is|at|on|es|est|ist|é|è|:|=)){{0,2}}\s{{0,2}}(?:\"|')?"
    rf"(?P<value>(?:https?://)?{HOST}(?::\d{{2,5}})?{REST})",
    re.IGNORECASE,
)

ADDRESS_GATE = r"(?i)https?://|www\.|[a-z0-9-]\.[a-z]{2}"
FILES = frozenset(["py", "md", "sh", "pl", "ps", "cs", "rs", "mm", "cc"])
"""Countries' domains that are endings of files too."""
GENERIC = (
    "agency", "app", "biz", "blog", "care", "clinic", "cloud", "club", "com", "community", "coop", "dev", "edu",
    "foundation", "gov", "health", "info", "int", "io", "live", "mil", "museum", "name", "net", "network", "news",
    "ngo", "ong", "online", "org", "page", "pro", "shop", "site", "social", "store", "tech", "tv", "wiki", "world",
    "xyz",
)  # fmt: skip
ADDRESS = re.compile(
    rf"(?<![{CODE}.@/-])(?:https?://[^\s<>\"]{{3,2000}}|www\.{HOST}{REST}|(?P<bare>{HOST}){REST})", re.IGNORECASE
)


def find_profiles(text: str) -> Iterator[Span]:
    """Likely, whoever it is: the page of a clinic looks like that of a person."""
    for match in chain(HANDLE.finditer(text), REDDIT.finditer(text), PROFILE.finditer(text)):
        yield Span(match.start(), _without_stop(text, *match.span()), "likely")
    for match in chain(NAMED.finditer(text), OWN_PAGE.finditer(text)):
        yield Span(match.start("value"), _without_stop(text, *match.span("value")), "likely")


def find_addresses(text: str) -> Iterator[Span]:
    """Every address with `http` or `www`, and what ends like a domain."""
    for match in ADDRESS.finditer(text):
        if not match["bare"] or _is_domain(match["bare"]):
            yield Span(match.start(), _without_stop(text, *match.span()), "likely")


def _is_domain(host: str) -> bool:
    import phonenumbers

    top = host.rpartition(".")[2]
    country = top.islower() and top.upper() in phonenumbers.SUPPORTED_REGIONS and top not in FILES
    return top.lower() in GENERIC or country or top == "uk"


def _without_stop(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip(".,;:!?)'\"。，、！？"))


ONLINE_PROFILE = Detector("online_profile", "PROFILE", PROFILE_GATE, find_profiles)
WEB_ADDRESS = Detector("web_address", "URL", ADDRESS_GATE, find_addresses)
