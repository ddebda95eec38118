"""Work that ends when nobody waits for it any more."""

import asyncio
from collections.abc import Coroutine

from starlette.types import Receive


async def until_hang_up(receive: Receive, work: Coroutine[None, None, None]) -> None:
    """Runs `work` to its end, or cancels it as soon as the client disconnects; the body must have been read."""
    working = asyncio.create_task(work)
    hanging_up = asyncio.create_task(_hang_up(receive))
    try:
        await asyncio.wait((working, hanging_up), return_when=asyncio.FIRST_COMPLETED)
    finally:
        working.cancel()
        hanging_up.cancel()
        outcome, _ = await asyncio.gather(working, hanging_up, return_exceptions=True)
    if isinstance(outcome, Exception):
        raise outcome


async def _hang_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
