"""Names of people found in texts by a token classifier from a folder: any language that its model was made for.

Transformers' own classes only, weights in safetensors, no foreign code, and nothing is fetched. It computes in fp32 on
the CPU, in batches that always have one shape, so that a text is judged alike whatever texts are beside it.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from commonhold.errors import MissingModelError, RequestError
from commonhold.models.load import load_tokenizer, quiet_loading

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

WINDOW_TOKENS = 256
"""Most tokens that are read together."""
OVERLAP_TOKENS = 64
"""That a window shares with the next, so that no name is read without what is around it."""
BATCH_WINDOWS = 8
LENGTH_STEP = 8
"""Windows are filled up to a multiple of this many tokens."""
PERSON_LABELS = frozenset({
    "PER", "PERS", "PERSON", "NAME", "PERSON_NAME", "FIRSTNAME", "FIRST_NAME", "GIVENNAME", "GIVENNAME1", "GIVENNAME2",
    "LASTNAME", "LAST_NAME", "LASTNAME1", "LASTNAME2", "SURNAME", "MIDDLENAME", "MIDDLE_NAME", "PRIVATE_PERSON",
})  # fmt: skip
"""What models call a person, without the `B-` and `I-` before it."""
DIGITS = 4
"""Decimals of a probability that count."""


class CharacterSpan(NamedTuple):
    """A stretch of a text, in characters."""

    start: int
    end: int


class _Window(NamedTuple):
    """Tokens of one text that are read together."""

    text: int
    ids: list[int]
    offsets: list[tuple[int, int]]
    """In the text; empty for tokens that are put around it."""


class NameTagger:
    """A token classifier that tells which words of a text are names of people."""

    def __init__(self, folder: Path, labels: Sequence[str] = (), threshold: float = 0.5) -> None:
        """`labels` of the model count as names, by default those that usually mean a person; from `threshold` on.

        Raises:
            MissingModelError: the folder holds no token classifier that can be read safely.
            RequestError: the model knows no such label.
        """
        self._threshold = round(threshold, DIGITS)
        self._persons = person_labels(folder, labels)
        self._tokenizer: PreTrainedTokenizerBase = load_tokenizer(folder)
        if not self._tokenizer.is_fast:
            raise MissingModelError(f"{folder}: the tokenizer cannot say where a token is. Add its tokenizer.json")
        self._model: PreTrainedModel = _load(folder)
        self._whole = min(WINDOW_TOKENS, _most_positions(self._model.config, self._tokenizer))
        """Tokens of a full window."""
        self._room = self._whole - int(self._tokenizer.num_special_tokens_to_add())
        if self._room < 2:
            raise MissingModelError(f"{folder}: the model reads too few tokens at once. Name another model")

    def spans(self, texts: Sequence[str]) -> list[list[CharacterSpan]]:
        """Tokens that are parts of names, from left to right, in each text; those that touch are one stretch.

        A text that comes again, such as the same reply to many, is read once.
        """
        different = list(dict.fromkeys(texts))
        scored: list[list[tuple[int, int]]] = [[] for _ in different]
        windows = sorted(self._windows(different), key=lambda window: self._width(len(window.ids)))
        for width, alike in groupby(windows, key=lambda window: self._width(len(window.ids))):
            while batch := list(islice(alike, BATCH_WINDOWS)):
                for window, scores in zip(batch, self._scores(batch, width), strict=True):
                    places = zip(window.offsets, scores, strict=True)
                    scored[window.text] += [
                        place for place, score in places if self._counts(score) and place[0] < place[1]
                    ]
        found = dict(zip(different, map(_joined, scored), strict=True))
        return [found[text] for text in texts]

    def _counts(self, score: float) -> bool:
        return round(score, DIGITS) >= self._threshold

    def _windows(self, texts: Sequence[str]) -> Iterator[_Window]:
        for number, text in enumerate(texts):
            if not text.strip():
                continue
            encoded = self._tokenizer(
                _without_halves(text),
                truncation=True,
                max_length=self._whole,
                stride=min(OVERLAP_TOKENS, self._room // 2),
                return_overflowing_tokens=True,
                return_offsets_mapping=True,
            )
            for ids, offsets in zip(encoded["input_ids"], encoded["offset_mapping"], strict=True):
                yield _Window(number, list(ids), [(start, end) for start, end in offsets])

    def _width(self, tokens: int) -> int:
        """To which so many tokens are filled up, whatever is in the batch beside them."""
        return max(tokens, min(-(-tokens // LENGTH_STEP) * LENGTH_STEP, self._whole))

    def _scores(self, batch: Sequence[_Window], width: int) -> list[list[float]]:
        """Of every token of some windows, the chance that it is a part of a name."""
        import torch

        pad = self._tokenizer.pad_token_id or 0
        ids = torch.full((BATCH_WINDOWS, width), pad)
        mask = torch.zeros((BATCH_WINDOWS, width), dtype=torch.long)
        mask[:, 0] = 1
        for row, window in enumerate(batch):
            ids[row, : len(window.ids)] = torch.tensor(window.ids)
            mask[row, : len(window.ids)] = 1
        with torch.inference_mode():
            logits: Any = self._model(input_ids=ids, attention_mask=mask).logits
        chances = logits.float().softmax(dim=-1)[..., self._persons].sum(dim=-1)
        return [chances[row, : len(window.ids)].tolist() for row, window in enumerate(batch)]


def person_labels(folder: Path, labels: Sequence[str] = ()) -> list[int]:
    """Numbers of a token classifier's labels that mean a person; read from its config, without loading it.

    Raises:
        MissingModelError: the folder holds no token classifier that can be read safely.
        RequestError: the model knows no such label.
    """
    config = folder / "config.json"
    if not config.is_file() or not any(folder.glob("*.safetensors")) or not (folder / "tokenizer.json").is_file():
        raise MissingModelError(
            f"{folder}: no token classifier is here. Put its config.json, *.safetensors and tokenizer files there "
            "(a model with pytorch_model.bin only is not read: such files can run code)"
        )
    try:
        named: dict[str, str] = json.loads(config.read_bytes())["id2label"]
        plain = {int(number): _plain(label) for number, label in named.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MissingModelError(
            f"{config}: it has no labels (id2label), so this is no token classifier. Name the folder of one"
        ) from error
    wanted = {_plain(label) for label in labels} or PERSON_LABELS
    unknown = sorted(wanted - set(plain.values())) if labels else []
    found = sorted(number for number, label in plain.items() if label in wanted)
    if unknown or not found:
        what = f"has no label {unknown[0]!r}" if unknown else "has no label that surely means a person"
        known = ", ".join(sorted(set(plain.values())))
        raise RequestError(f"{folder}: the model {what}; it has: {known}. Name those of people under labels")
    return found


def _plain(label: str) -> str:
    upper = label.upper()
    return upper[2:] if upper[:2] in ("B-", "I-", "E-", "S-", "L-", "U-", "O-") else upper


def _load(folder: Path) -> "PreTrainedModel":
    import torch
    from safetensors import SafetensorError
    from transformers import AutoModelForTokenClassification

    with quiet_loading():
        try:
            model, loading = AutoModelForTokenClassification.from_pretrained(
                folder,
                dtype=torch.float32,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                output_loading_info=True,
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise MissingModelError(
                f"{folder}: the model cannot be read ({error}). Copy its files there again, or name another model"
            ) from error
    if missing := sorted(loading["missing_keys"]):
        raise MissingModelError(
            f"{folder}: the model has no weights for {missing[0]}, so it would guess. Copy its files there again, or "
            "name another model"
        )
    loaded: PreTrainedModel = model.eval()
    return loaded


def _most_positions(config: Any, tokenizer: "PreTrainedTokenizerBase") -> int:
    positions = int(getattr(config, "max_position_embeddings", 0) or WINDOW_TOKENS)
    # RoBERTa and its kin number positions from behind the padding token, two fewer than the config says.
    if str(getattr(config, "model_type", "")) in ("roberta", "xlm-roberta", "camembert", "xlm-roberta-xl"):
        positions -= 2
    return min(positions, int(tokenizer.model_max_length))


def _without_halves(text: str) -> str:
    """Half characters, which a tokenizer refuses, as question marks: as many characters as before."""
    return text.encode("utf-16-le", "replace").decode("utf-16-le") if _has_halves(text) else text


def _has_halves(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _joined(places: Sequence[tuple[int, int]]) -> list[CharacterSpan]:
    joined: list[CharacterSpan] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1].end:
            joined[-1] = CharacterSpan(joined[-1].start, max(end, joined[-1].end))
        else:
            joined.append(CharacterSpan(start, end))
    return joined
