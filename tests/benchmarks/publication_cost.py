"""What each part of publication costs, on a bundle that was published here, in seconds of processor time.

    python -m tests.benchmarks.publication_cost BUNDLE PROBES

The merged model of the bundle stands in for the tuned one; the probes are made-up messages, about as long as the
help desk's.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commonhold.environment import prepare
from commonhold.models.chat_template import conversation, token_pair
from commonhold.models.device import choose_device
from commonhold.models.equivalence import Reference, likeness_of
from commonhold.models.gguf_reader import load_gguf
from commonhold.models.gguf_writer import write_gguf
from commonhold.models.load import load_model, load_tokenizer
from commonhold.provenance.code_patch import dirty_patch
from commonhold.provenance.installed import installed
from commonhold.publish.record import read_record
from commonhold.publish.verify import verify
from commonhold.publish.views.catalogue import views_of


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Prints what a block took of the processor, and by the clock."""
    begun, clock = time.process_time(), time.monotonic()
    yield
    print(f"{what:<44} {time.process_time() - begun:>6.1f} s   {time.monotonic() - clock:>6.1f} s by the clock")


def main() -> int:
    """Measures one bundle."""
    prepare()
    bundle, probes = Path(sys.argv[1]), int(sys.argv[2])
    merged, device = bundle / "merged", choose_device("auto")
    record = read_record((bundle / "record.json").read_bytes())
    with measured("everything installed, and what differs"):
        installed()
        dirty_patch()
    with measured("all the views"):
        views_of(record)
    with measured("verify"):
        verify(bundle)
    tokenizer = load_tokenizer(merged)
    question = "The street lamp at the corner of Mill Lane has been dark since Tuesday, number {}. Who mends it?"
    reply = "Desk: Roads, ext. 240\nBring: the street and the pole number\nNext: a crew comes within five days"
    pairs = [token_pair(tokenizer, conversation(question.format(number)), reply) for number in range(probes)]
    model = load_model(merged, "none", device)
    with measured(f"asking a model for {sum(len(p.completion) for p in pairs):,} tokens of replies"):
        reference = Reference(model, pairs)
    del model
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("q8_0", "f16"):
            file = Path(folder) / f"model-{kind}.gguf"
            with measured(f"writing {kind}"):
                write_gguf(merged, kind, "model", "Apache-2.0", file)
            with measured(f"reading {kind} back"):
                read = load_gguf(file, tokenizer, device)
            with measured(f"comparing {kind}"):
                like = likeness_of(reference.compare(read))
            size = f"{file.stat().st_size / 1e6:.0f} MB"
            print(f"  {size}, KL {like.kl:.5f}, same likeliest token {like.top1:.1%}, stops kept {like.stops_kept:.0%}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
