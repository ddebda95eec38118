"""How much the server takes on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on requests, answers and waiting."""

    port: int
    """Port on 127.0.0.1."""
    max_new_tokens: int
    """Most tokens of one answer; a request that asks for more gets this many."""
    max_prompt_tokens: int
    """Longest conversation that is accepted."""
    max_body_bytes: int
    """Largest request that is read."""
    max_waiting: int = 8
    """Requests that wait while another is answered; the next one is sent away."""
    body_seconds: float = 20.0
    """Longest time that a request may take to arrive."""
    wait_seconds: float = 60.0
    """Longest time that a request waits for its turn."""
    answer_seconds: float = 120.0
    """Longest time for one answer; it is cut there, as if it had reached its limit on tokens."""
