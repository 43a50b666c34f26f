"""SHARED"""

from __future__ import annotations

from typing import Any

"""The checks of lesson 01, what is inside a pretrained model: what is right, and why it is not."""

from __future__ import annotations

WORDS = ("apple", "bridge", "candle", "drum", "eagle", "fern", "glove", "harp", "iris", "jug")
Params = dict[str, Any]
