"""A toy double for the base model: a random two-layer Llama of 0.1 million weights, its tokenizer and a toy community.

It is loaded, quantised, trained, merged and asked by the same code as a real model, in milliseconds. Its numbers mean
nothing; that they are the same numbers by another way is what the tests are about.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from commonhold.digests import digest_of, digests_below
from commonhold.models.device import DeviceProfile
from commonhold.records.example import Example, Split
from commonhold.records.weights import BaseWeights
from commonhold.train.settings import LoraSettings, TrainingSettings

CPU = DeviceProfile("cpu", "toy", "float32", 1, "", 0)
"""fp32 on one thread, so that no test depends on what this machine's processor can do."""
BF16 = replace(CPU, precision="bfloat16")
"""What a processor with bf16 units computes in; every other one can, slowly."""

CHATML = """\
{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system
You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
' }}{% endif %}{{'<|im_start|>' + message['role'] + '
' + message['content'] + '<|im_end|>' + '
'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}"""
"""The template of SmolLM2, letter for letter."""

SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<file_sep>")
"""The tokenizer's special tokens; the last is neither beginning, end nor padding."""
VOCABULARY = 384

SETTINGS = TrainingSettings(
    system_prompt="",
    quantisation="nf4",
    epochs=2,
    learning_rate=0.01,
    warmup_ratio=0.1,
    lr_scheduler="cosine",
    max_tokens=100,
    packing=True,
    batch_size=1,
    gradient_accumulation_steps=1,
    max_overlong_ratio=0.0,
    checkpoints_per_epoch=1,
    neftune_noise_alpha=5.0,
    gradient_checkpointing=False,
    lora=LoraSettings(rank=4, alpha=8, dropout=0.1, target_modules="all-linear"),
)

_QUESTIONS = ("Where is the well?", "Is there water today?", "The pump is broken.", "When does the desk open?")
_REPLIES = ("By the school.", "Yes, until six.", "We send somebody.", "At eight.")


def make_example(number: int, split: Split = "train", prompt: str = "", completion: str = "") -> Example:
    """One question to the water desk; other numbers are other questions."""
    return Example(
        record_id=f"r{number}",
        prompt=prompt or f"{_QUESTIONS[number % 4]} ({number})",
        completion=completion or _REPLIES[number % 4],
        split=split,
        language="en",
        contributor=f"c{number}",
        cluster=f"k{number}",
        file="rows.csv",
        row=number + 2,
    )


def make_examples(train: int = 8, validation: int = 2) -> list[Example]:
    """A toy data set: eight examples to learn and two to check by, unless told otherwise."""
    learnt = [make_example(number) for number in range(train)]
    return learnt + [make_example(train + number, "validation") for number in range(validation)]


def make_tokenizer() -> Any:
    """A byte-level BPE tokenizer with a few merges, as SmolLM2 has it in large: pad = eos = `<|im_end|>`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(MARKS),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([f"system\n{SYSTEM}\n", "user\nassistant\n", *_QUESTIONS, *_REPLIES], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        unk_token="<|endoftext|>",
        chat_template=CHATML,
    )


def make_base(folder: Path) -> BaseWeights:
    """Writes the toy model as a base: safetensors in bf16, tokenizer and template; the same bytes every time."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = make_tokenizer()
    config = LlamaConfig(
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        vocab_size=len(tokenizer),
        tie_word_embeddings=True,
        max_position_embeddings=2048,
        initializer_range=0.2,  # sharp enough that the likeliest token is rarely a tie
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    files = digests_below(folder)
    return BaseWeights("toy", "0" * 40, "CC0-1.0", folder, files, digest_of(files))


def make_adapter(base: BaseWeights, folder: Path, scale: float = 0.1) -> Path:
    """Writes a LoRA whose two matrices are both random, so that it changes every answer."""
    import torch
    from peft import LoraConfig, get_peft_model

    from commonhold.models.adapter import canonical_config
    from commonhold.models.load import load_model, quiet_loading

    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    with torch.random.fork_rng(), quiet_loading():
        torch.manual_seed(1)
        model = get_peft_model(load_model(base.path, "nf4", CPU), config)
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                torch.nn.init.normal_(parameter, std=scale)
        model.save_pretrained(folder)
    canonical_config(folder, base.id, base.revision)
    return folder
