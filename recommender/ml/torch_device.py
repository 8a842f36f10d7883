"""Where torch trains: on the first graphics card where there is one, else on the processor.

Nothing depends on a card. Weights are drawn on the processor, so that a seed means the same start everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@contextmanager
def one_thread() -> Iterator[None]:
    """For small networks on scattered rows: threads would add these up in another order each time."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
