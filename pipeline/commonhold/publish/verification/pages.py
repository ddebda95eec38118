"""HTML pages of a bundle: text and drawings only, since people open them from their disk, where nothing is fenced."""

from html.parser import HTMLParser

ACTIVE_TAGS = frozenset(
    {"script", "iframe", "frame", "object", "embed", "applet", "base", "link", "form", "portal", "foreignobject"}
)
ADDRESSES = frozenset({"href", "src", "srcset", "xlink:href", "action", "formaction", "data", "poster", "background"})
INNER_ADDRESSES = ("#", "data:image/png;", "data:image/svg+xml;", "http://", "https://", "mailto:")
"""Where a link may lead; what a page loads by itself may only be `data:`."""


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.trouble = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE_TAGS:
            self.trouble = self.trouble or f"is a page with <{tag}>, which does something when it is opened"
        for name, value in attrs:
            self._look_at(tag, name, "".join((value or "").split()).casefold())

    def _look_at(self, tag: str, name: str, value: str) -> None:
        if name.startswith("on"):
            self.trouble = self.trouble or f"is a page with the attribute {name[:40]!a}, which runs a script"
        if name == "http-equiv" and value == "refresh":
            self.trouble = self.trouble or "is a page that leads to another page by itself"
        if name not in ADDRESSES or not value:
            return
        links = tag in ("a", "area")
        if not value.startswith(INNER_ADDRESSES) or (not links and value.startswith(("http", "mailto"))):
            self.trouble = self.trouble or f"is a page that loads or leads to {value[:60]!a}"


def trouble_with_page(text: str) -> str:
    """What an HTML page does that a report need not; empty for nothing."""
    page = _Page()
    page.feed(text)
    page.close()
    return page.trouble
