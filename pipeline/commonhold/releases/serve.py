"""The published model behind an HTTP server."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from commonhold.digests import short
from commonhold.publish.manifest import stated_digest
from commonhold.publish.verify import verify
from commonhold.releases.attestations import attestations_of
from commonhold.releases.versions import candidate, served
from commonhold.serve.app import build_app
from commonhold.serve.limits import Limits
from commonhold.serve.served_model import ServedModel
from commonhold.serve.server import serve
from commonhold.stages.stage import Context

if TYPE_CHECKING:
    from commonhold.models.streaming import StreamingGenerator


def serve_published(
    context: Context, say: Callable[[str], None], port: int | None = None, *, as_candidate: bool = False
) -> None:
    """Checks the champion's digests, loads it and answers on 127.0.0.1 until interrupted.

    Where nothing was ever promoted, and where `as_candidate` asks for it, that is the bundle that was published last.

    Raises:
        MissingInputError: nothing is published.
        DigestError: the bundle was changed since.
        RequestError: the bundle was withdrawn, or the port is taken.
    """
    recipe = context.recipe
    name = recipe.publish.model
    release, bundle = (candidate if as_candidate else served)(context.workspace, name)
    beside = attestations_of(context.workspace, name, stated_digest(bundle))
    verified = verify(bundle, beside=beside)
    say(f"{name}, version {release.version}: {verified.files} files match their digests")
    engine = load_engine(context, bundle)
    model = ServedModel(
        name=name,
        version=str(release.version),
        bundle_digest=verified.digest,
        base_id=recipe.base.id,
        licence=recipe.publish.licence,
        created=release.published,
        system_prompt=recipe.data.system_prompt,
        purpose=recipe.governance.purpose,
        contact=recipe.governance.contact,
        card_markdown=_card(bundle, beside.reproductions_page),
    )
    limits = Limits(**{**recipe.serve.model_dump(), **({"port": port} if port is not None else {})})
    say(f"bundle {short(verified.digest)} is loaded")
    serve(build_app(engine, model, limits), limits, say)


def _card(bundle: Path, page: bytes | None) -> str:
    """The signed card, and below it what came later: who has made the model again."""
    card = (bundle / "README.md").read_text(encoding="utf-8")
    return f"{card}\n{page.decode()}" if page else card


def load_engine(context: Context, bundle: Path) -> "StreamingGenerator":
    """The bundle's model: the merged weights if they are there, else base and adapter."""
    from commonhold.models.device import choose_device
    from commonhold.models.load import load_model, load_tokenizer
    from commonhold.models.merge import load_tuned
    from commonhold.models.streaming import StreamingGenerator

    device = choose_device(context.recipe.base.precision)
    if (bundle / "merged").is_dir():
        return StreamingGenerator(load_model(bundle / "merged", "none", device), load_tokenizer(bundle / "merged"))
    base = context.base()
    model = load_tuned(base, bundle / "adapter", context.recipe.base.quantisation, device)
    return StreamingGenerator(model, load_tokenizer(base.path))
