"""A learning rate for each depth: what is arithmetic, the same in both frameworks."""

from __future__ import annotations

from collections.abc import Collection


def depth_rates(stages: list[str], rate: float, decay: float) -> dict[str, float]:
    """Return a rate per stage: the last has ``rate``, each other ``decay`` times the next one's.

    Raises
    ------
    ValueError
        If there is no stage, the rate is not above 0, or the decay not in (0, 1].

    Examples
    --------
    >>> depth_rates(["stem", "block", "head"], 0.008, 0.5)
    {'stem': 0.002, 'block': 0.004, 'head': 0.008}
    """
    if not stages or rate <= 0 or not 0 < decay <= 1:
        raise ValueError(
            f"expected stages, a rate above 0 and a decay above 0 and at most 1; received "
            f"{len(stages)} stages, rate {rate}, decay {decay}."
        )
    last = len(stages) - 1
    return {name: rate * decay ** (last - place) for place, name in enumerate(stages)}


def check_one_each(stages: Collection[str], rates: Collection[str]) -> None:
    """Raise ``ValueError`` unless each stage has a rate and each rate a stage."""
    odd = sorted(set(stages) ^ set(rates))
    if odd:
        raise ValueError(
            f"expected one rate for each of {len(stages)} stages, received {len(rates)}; on one "
            f"side only: {', '.join(odd[:4])}. stages(model) lists them."
        )
