"""A base model too large for one card, a part of its layers' weights on each; the small adapter whole on all of them.

FSDP2 (`torch.distributed.fsdp.fully_shard`) splits the frozen weights and gathers a layer at a time, when it is its
turn. What is trained stays whole, as plain tensors that DDP averages, so checkpoints, optimizer and adapter file are
those of one process. Embeddings and output head stay whole, too.
"""

from typing import Any

import torch


def shard(model: Any, device_type: str) -> None:
    """Splits the frozen weights of every layer of a PEFT model over the processes, in place."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device_type, (torch.distributed.get_world_size(),))
    inner = model.get_base_model()
    body = getattr(inner, inner.base_model_prefix)
    trained = {parameter for parameter in body.parameters() if parameter.requires_grad}
    for layer in body.layers:
        fully_shard(layer, mesh=mesh, reshard_after_forward=True, ignored_params=trained)
    rest = {parameter for parameter in body.parameters() if not is_sharded(parameter)}
    fully_shard(body, mesh=mesh, ignored_params=rest)  # the root, which lets the next layer be gathered beforehand


def is_sharded(parameter: torch.Tensor) -> bool:
    """Whether this process holds a part of it only."""
    from torch.distributed.tensor import DTensor

    return isinstance(parameter.data, DTensor)


def averaged(model: Any) -> Any:
    """The model in DDP, which averages what is trained and lets alone what is split."""
    from torch.nn.parallel import DistributedDataParallel

    apart = [name for name, parameter in model.named_parameters() if is_sharded(parameter)]
    DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(model, apart)  # type: ignore[no-untyped-call]
    return DistributedDataParallel(model, broadcast_buffers=False, find_unused_parameters=False)
