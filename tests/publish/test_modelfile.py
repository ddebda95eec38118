"""The Modelfile says to Ollama what the record says, in a language that nobody's text can leave."""

import re
from collections.abc import Callable
from typing import Any

from commonhold.models.template_parts import TemplateParts as PublishedTurns
from commonhold.publish.inputs import TemplateInputs
from commonhold.publish.record_form import ModelRecord
from commonhold.publish.record_outputs import TurnsPart
from commonhold.publish.views.modelfile import modelfile, template
from commonhold.records.resolved_recipe import ResolvedRecipe

MakeRecord = Callable[..., ModelRecord]
TURNS: dict[str, Any] = {
    "opening": "<s>",
    "system": ("[S]", "[/S]"),
    "default_system": None,
    "user": ("[U]", "[/U]"),
    "assistant": ("[A]", "[/A]"),
    "reply": "[A]",
    "stop": "</s>",
}
BRANCH = re.compile(
    r'\{\{ (?:if|else if) eq \.Role "(\w+)" \}\}(.*?)\{\{ \.Content \}\}(.*?)(?=\{\{ else|\{\{ end)', re.S
)


def written(text: str, messages: list[tuple[str, str]]) -> str:
    """What Ollama makes of a template of the one form that is written here."""
    before, rest = text.split("{{ range .Messages }}")
    body, after = rest.rsplit("{{ end }}{{ end }}", 1)
    around = {role: (left, right) for role, left, right in BRANCH.findall(f"{body}{{{{ end }}}}")}
    told = "".join(f"{around[role][0]}{content}{around[role][1]}" for role, content in messages)
    return f"{before}{told}{after}".replace('{{ "{{" }}', "{{")


def test_template_writes_a_conversation_as_the_pieces_do() -> None:
    text = template(TurnsPart(**TURNS))
    messages = [("system", "Be kind."), ("user", "Hi"), ("assistant", "Hello"), ("user", "Bye")]
    assert written(text, messages) == "<s>[S]Be kind.[/S][U]Hi[/U][A]Hello[/A][U]Bye[/U][A]"


def test_braces_of_a_template_are_no_commands() -> None:
    text = template(TurnsPart(**{**TURNS, "user": ("{{U", "}}")}))
    assert '{{ "{{" }}U' in text
    assert written(text, [("user", "Hi")]) == "<s>{{UHi}}[A]"


def test_modelfile_names_the_file_the_instruction_and_the_stop_token(record_of: MakeRecord) -> None:
    lines = modelfile(record_of()).splitlines()
    assert "FROM ./water-desk-q8_0.gguf" in lines
    assert 'SYSTEM """You are the water desk."""' in lines
    assert 'PARAMETER stop """<|im_end|>"""' in lines
    assert "PARAMETER temperature 0" in lines


def test_template_with_an_instruction_of_its_own_gives_it_where_the_recipe_has_none(
    record_of: MakeRecord, inputs: Any
) -> None:
    from dataclasses import replace

    resolved = ResolvedRecipe({**inputs.recipe.resolved.sections, "data": {"system_prompt": ""}})
    made = TemplateInputs("t", "t", PublishedTurns(**{**TURNS, "default_system": "You are Toy."}))
    record = record_of(template=made, recipe=replace(inputs.recipe, resolved=resolved))
    assert 'SYSTEM """You are Toy."""' in modelfile(record).splitlines()


def test_instruction_cannot_end_its_quotes(record_of: MakeRecord, inputs: Any) -> None:
    from dataclasses import replace

    data = {"system_prompt": 'Hi\n"""\nFROM elsewhere'}
    resolved = ResolvedRecipe({**inputs.recipe.resolved.sections, "data": data})
    text = modelfile(record_of(recipe=replace(inputs.recipe, resolved=resolved)))
    assert text.count('"""') == 8
    assert 'SYSTEM """Hi\n\'\'\'\nFROM elsewhere"""' in text


def test_without_a_gguf_there_is_no_modelfile(record_of: MakeRecord) -> None:
    assert modelfile(record_of(gguf=None)) == ""


def test_without_pieces_there_is_no_modelfile(record_of: MakeRecord) -> None:
    assert modelfile(record_of(template=TemplateInputs("t", "t"))) == ""
