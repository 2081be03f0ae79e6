"""How the time of a reader grows with its text."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import process_time_ns

TIMES = 8  # as much text
ROOM = 3  # for noise: eight times the text takes at most 24 times the time; the square would be 64 times
ROUNDS = 40


def grows_with_the_text(read: Callable[[str], object], piece: str, longest: int, before: str = "") -> bool:
    """Whether a text eight times as long takes about eight times as long. A busy machine only ever slows a reading
    down, so both are read in turn until it shows; a time that grows with the square never does."""
    small, large = (before + (piece * size)[:size] for size in (longest // TIMES, longest))
    least = {small: 10**12, large: 10**12}
    gc.disable()
    try:
        for _ in range(ROUNDS):
            for text in (small, large):
                began = process_time_ns()
                read(text)
                least[text] = min(least[text], process_time_ns() - began)
            if least[large] <= TIMES * ROOM * max(least[small], 20_000):
                return True
    finally:
        gc.enable()
    return False
