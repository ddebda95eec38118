"""Which one this process is among those that train one adapter together; alone, it is the first of one."""

from collections.abc import Callable, Sequence
from typing import Any

from commonhold.train.packing import IGNORED, PackedRow


def number_of_processes() -> int:
    """Processes that train together; 1 without a process group."""
    import torch.distributed

    return torch.distributed.get_world_size() if torch.distributed.is_initialized() else 1


def rank() -> int:
    """This process's number, from 0; the first one writes checkpoints and speaks."""
    import torch.distributed

    return torch.distributed.get_rank() if torch.distributed.is_initialized() else 0


def wait_for_all() -> None:
    """Returns when every process has come this far."""
    import torch.distributed

    if torch.distributed.is_initialized():
        torch.distributed.barrier()


def total(number: float, device: Any) -> float:
    """The sum of every process's number; each gets it."""
    import torch.distributed

    if not torch.distributed.is_initialized():
        return number
    sum_of_all = torch.tensor(number, dtype=torch.float64, device=device)
    torch.distributed.all_reduce(sum_of_all)
    return float(sum_of_all)


def filled(rows: Sequence[PackedRow], rows_at_once: int, fill_id: int) -> list[PackedRow]:
    """The rows and, behind them, rows without a label, until all the processes have as many whole batches.

    Without them the data loader repeats rows from the beginning, which would be trained on twice; and a smaller batch
    would draw other noise. They add nothing to the loss, and nothing to the count that it is divided by.
    """
    empty = PackedRow((), (fill_id, fill_id), (IGNORED, IGNORED), (0, 1))
    return [*rows, *[empty] * (-len(rows) % rows_at_once)]


def through(model: Any, compute: Callable[..., Any], *arguments: Any) -> Any:
    """`compute(module, *arguments)` as the model's forward pass, so that a wrapper around it sees the pass.

    Gradients are averaged over the processes by hooks that a wrapper arms in its own `forward`; whoever calls the
    module inside it, trains every process on its own.
    """
    from torch.distributed.fsdp import FSDPModule
    from torch.nn.parallel import DistributedDataParallel

    wrapped = isinstance(model, DistributedDataParallel)
    if not wrapped and not isinstance(model, FSDPModule):
        return compute(model, *arguments)
    module: Any = model.module if wrapped else model
    plain = module.forward

    def forward(*inputs: Any) -> Any:
        module.forward = plain
        return compute(module, *inputs)

    module.forward = forward
    try:
        return model(*arguments)
    finally:
        module.forward = plain
