"""The Modelfile that Ollama makes a model of: the GGUF, what stands around messages, the instruction, parameters."""

from commonhold.publish.record_form import ModelRecord
from commonhold.publish.record_outputs import TurnsPart

CONTEXT_TOKENS = 2048
QUOTES = '"""'


def modelfile(record: ModelRecord) -> str:
    """The file's text; empty where there is no GGUF, or its template cannot be taken apart."""
    outputs = record.outputs
    turns = outputs.chat_template.turns if outputs.chat_template else None
    if outputs.gguf is None or turns is None:
        return ""
    system = record.recipe.system_prompt or turns.default_system or ""
    licence = f"This adapter: {record.identity.licence}. Its base, {record.base.title}: {record.base.licence}."
    (file,) = outputs.gguf.files
    lines = [
        f"# {' '.join(record.identity.name.split())}, made from record.json. In this folder:",
        f"#   ollama create {record.identity.name} -f Modelfile",
        f"FROM ./{file.path.rpartition('/')[2]}",
        f"TEMPLATE {_quoted(template(turns))}",
        *([f"SYSTEM {_quoted(system)}"] if system else []),
        f"PARAMETER stop {_quoted(turns.stop)}",
        "# As it was evaluated: always the likeliest word.",
        "PARAMETER temperature 0",
        f"PARAMETER num_ctx {CONTEXT_TOKENS}",
        f"LICENSE {_quoted(licence)}",
    ]
    return "\n".join(lines) + "\n"


def template(turns: TurnsPart) -> str:
    """The chat template in the language of Go, which Ollama reads."""
    roles = {"system": turns.system, "user": turns.user, "assistant": turns.assistant}
    branches = [
        f'{{{{ {word} eq .Role "{role}" }}}}{_literal(before)}{{{{ .Content }}}}{_literal(after)}'
        for word, (role, (before, after)) in zip(("if", "else if", "else if"), roles.items(), strict=True)
    ]
    each = f"{{{{ range .Messages }}}}{''.join(branches)}{{{{ end }}}}{{{{ end }}}}"
    return f"{_literal(turns.opening)}{each}{_literal(turns.reply)}"


def _literal(text: str) -> str:
    """Text that Go's template language leaves as it is."""
    return text.replace("{{", '{{ "{{" }}')


def _quoted(text: str) -> str:
    """Text between three quotes, which a Modelfile has no way to write inside them."""
    return f"{QUOTES}{text.replace(QUOTES, chr(39) * 3)}{QUOTES}"
