"""A GGUF unpacked into bf16 safetensors: `python -m commonhold.models.unpack_gguf FILE FOLDER`, as `fetch` calls it.

A GGUF loaded packed cannot be saved again, and newer libraries keep it packed.
"""

import contextlib
import functools
import sys
from collections.abc import Iterator
from pathlib import Path

from commonhold import environment
from commonhold.errors import NoSpaceError
from commonhold.files import space_needed


def unpack(source: Path, folder: Path) -> None:
    """Model and tokenizer in a GGUF as the files of a base.

    Raises:
        NoSpaceError: the disk is full.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    from commonhold.models.load import quiet_loading

    with space_needed(folder), quiet_loading(), gguf_read_once():
        tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name)
        model = AutoModelForCausalLM.from_pretrained(
            source.parent,
            gguf_file=source.name,
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.bfloat16,
        )
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)


@contextlib.contextmanager
def gguf_read_once() -> Iterator[None]:
    """For configuration, tokenizer and weights transformers reads the whole file again and names its tensors 397 times.

    With both remembered, unpacking takes half the time.
    """
    import gguf

    reader, names = gguf.GGUFReader, gguf.get_tensor_name_map
    try:
        gguf.GGUFReader, gguf.get_tensor_name_map = functools.cache(reader), functools.cache(names)
        yield
    finally:
        gguf.GGUFReader, gguf.get_tensor_name_map = reader, names


def main(source: Path, folder: Path) -> int:
    """Unpacks; says on standard output that the disk is full, and gives the exit code of that."""
    environment.prepare()
    try:
        unpack(source, folder)
    except NoSpaceError as error:
        sys.stdout.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
