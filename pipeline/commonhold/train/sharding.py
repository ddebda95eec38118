"""A base model too large for one card, a part of its layers' weights on each; the small adapter whole on all of them.

FSDP2 (`torch.distributed.fsdp.fully_shard`) splits the frozen weights and gathers a layer at a time, when it is its
turn. What is trained is put beside them afterwards, as plain tensors, and averaged by DDP. So checkpoints, optimizer
and adapter file are those of one process. Embeddings and output head are not split.
"""

from typing import Any

import torch


def shard(model: Any, device_type: str) -> Any:
    """Splits the weights of every layer over the processes, in place; for a model without an adapter."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(device_type, (torch.distributed.get_world_size(),))
    body = getattr(model, model.base_model_prefix)
    model.requires_grad_(False)
    for layer in body.layers:
        fully_shard(layer, mesh=mesh, reshard_after_forward=True)
    rest = {parameter for parameter in body.parameters() if not is_sharded(parameter)}
    fully_shard(body, mesh=mesh, ignored_params=rest)  # the root, which lets the next layer be gathered beforehand
    return model


def is_sharded(parameter: torch.Tensor) -> bool:
    """Whether this process holds a part of it only."""
    from torch.distributed.tensor import DTensor

    return isinstance(parameter.data, DTensor)


def averaged(model: Any) -> Any:
    """The model in DDP, which averages what is trained and lets alone what is split."""
    from torch.nn.parallel import DistributedDataParallel

    apart = [name for name, parameter in model.named_parameters() if is_sharded(parameter)]
    DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(model, apart)
    return DistributedDataParallel(model, broadcast_buffers=False, find_unused_parameters=False)
