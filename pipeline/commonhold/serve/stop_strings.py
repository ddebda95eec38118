"""Ends an answer before a text that the client does not want to see."""

from collections.abc import AsyncIterator, Sequence

from commonhold.records.answer import Piece


class StopStrings:
    """Passes text on until a stop string shows up, however the text is cut into pieces."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.found = False

    def push(self, text: str) -> str:
        """What can be shown after `text`; an end that may yet become a stop string is held back."""
        self._held += text
        matches = [(at + len(stop), at) for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if matches:
            self.found = True
            _, start = min(matches)  # the first to be complete; which that is does not depend on the cuts
            shown, self._held = self._held[:start], ""
            return shown
        cut = len(self._held) - max((self._overlap(stop) for stop in self._stops), default=0)
        shown, self._held = self._held[:cut], self._held[cut:]
        return shown

    def rest(self) -> str:
        """What was held back and turned out to be harmless; for the end of the answer."""
        shown, self._held = self._held, ""
        return shown

    def _overlap(self, stop: str) -> int:
        longest = min(len(stop) - 1, len(self._held))
        return next((size for size in range(longest, 0, -1) if self._held.endswith(stop[:size])), 0)


async def until_stop_string(pieces: AsyncIterator[Piece], stops: Sequence[str]) -> AsyncIterator[Piece]:
    """The pieces up to the first stop string, which is left out; its tokens are counted."""
    filtered = StopStrings(stops)
    async for piece in pieces:
        text = filtered.push(piece.text)
        if filtered.found:
            yield Piece(text, piece.tokens, "stop")
            return
        yield Piece(text + filtered.rest() if piece.finish else text, piece.tokens, piece.finish)
