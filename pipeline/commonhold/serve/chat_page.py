"""GET /: a chat page from files of this package; nothing comes from elsewhere."""

from html import escape
from importlib.resources import files
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from commonhold.serve.served_model import ServedModel

_MEDIA_TYPES = {
    "chat.css": "text/css; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
_NO_CACHE = {"Cache-Control": "no-cache"}


def page_routes(model: ServedModel) -> list[Route]:
    """The page, the files it needs, and the model card as text when there is one."""
    folder = files("commonhold.serve") / "page"
    card_link = '<a href="/card">What it was made from (model card)</a>' if model.card_markdown is not None else ""
    html = Template((folder / "chat.html").read_text(encoding="utf-8")).substitute(
        name=escape(model.name),
        version=escape(model.version),
        purpose=escape(model.purpose),
        contact=escape(model.contact),
        base=escape(model.base_id),
        licence=escape(model.licence),
        digest=escape(model.bundle_digest),
        card_link=card_link,
    )
    routes = [_fixed("/", HTMLResponse(html, headers=_NO_CACHE))]
    for name, media_type in _MEDIA_TYPES.items():
        data = (folder / name).read_bytes()
        routes.append(_fixed(f"/page/{name}", Response(data, media_type=media_type, headers=_NO_CACHE)))
    if model.card_markdown is not None:
        card = Response(model.card_markdown, media_type="text/plain; charset=utf-8", headers=_NO_CACHE)
        routes.append(_fixed("/card", card))
    return routes


def _fixed(path: str, response: Response) -> Route:
    async def answer(_: Request) -> Response:
        return response

    return Route(path, answer, methods=["GET"])
