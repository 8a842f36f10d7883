"""Where torch trains: on the first graphics card where there is one, else on the processor.

Nothing depends on a card. Weights are drawn on the processor, so that a seed means the same start everywhere.
"""

from __future__ import annotations

import torch

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
