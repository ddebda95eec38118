"""A small token classifier that finds names in invented sentences, made and trained here; nothing is fetched."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

KNOWN = ("Imara Odell", "Tomas Belgrave", "Amina", "Søren Quist", "Maria Lopez")
CARRIERS = (
    "my name is {}", "please ask {} about the well", "{} said that it is closed", "me llamo {}", "llame a {} mañana",
    "write to {} or to the desk", "我叫{}", "the desk is closed , said {} .",
)  # fmt: skip
PLAIN = (
    "the well is closed", "please ask the desk about it", "la oficina cierra mañana", "write to the desk", "我想问一下",
    "the market said that it is closed tomorrow", "llame a la oficina", "water is at the school . please ask there",
)  # fmt: skip
CHINESE = ("李小龙", "王芳")
LABELS = {0: "O", 1: "B-PER", 2: "I-PER"}


def make_name_model(folder: Path, labels: dict[int, str] | None = None, positions: int = 128, steps: int = 80) -> Path:
    """Writes the model: a BERT of two layers with pieces of words, in safetensors; the same bytes every time."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    tokenizer = _tokenizer()
    sentences = [(carrier, name) for carrier in CARRIERS for name in (CHINESE if "我" in carrier else KNOWN)]
    examples = [_example(tokenizer, *pair) for pair in [*sentences, *((plain, "") for plain in PLAIN)]]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=len(tokenizer), hidden_size=48, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4,
            max_position_embeddings=positions, id2label=labels or LABELS, hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0, pad_token_id=tokenizer.pad_token_id,
        )  # fmt: skip
        model = BertForTokenClassification(config)
        longest = max(len(ids) for ids, _ in examples)
        ids = torch.tensor([ids + [tokenizer.pad_token_id] * (longest - len(ids)) for ids, _ in examples])
        marks = torch.tensor([marks + [-100] * (longest - len(marks)) for _, marks in examples])
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        for _ in range(steps):
            loss = model(input_ids=ids, attention_mask=(ids != tokenizer.pad_token_id).long(), labels=marks).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=180, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator([*CARRIERS, *PLAIN, *KNOWN, *CHINESE], trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=512,
    )  # fmt: skip


def _example(tokenizer: Any, carrier: str, name: str) -> tuple[list[int], list[int]]:
    text = carrier.format(name)
    start = text.index(name) if name else len(text)
    encoded = tokenizer(text, return_offsets_mapping=True)
    inside: Sequence[bool] = [start <= first < last <= start + len(name) for first, last in encoded["offset_mapping"]]
    marks = [int(here) + int(here and number > 0 and inside[number - 1]) for number, here in enumerate(inside)]
    return encoded["input_ids"], marks
