"""Draw ``docs/learning_curve.png`` and its caption: ``python docs/learning_curve.py``.

The same hundred drawn flowers and the same number of epochs, twice: MobileNetV2 from random
weights, and from the course's pretrained ones (head first, then all layers at a low rate).
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from course import backbone, pictures, plots

SEED = 0
BATCH = 20
PHASES = {"head": 10, "fine-tuning": 10}
SCRATCH_RATE, HEAD_RATE, TUNE_RATE = 1e-3, 3e-3, 3e-4
HERE = Path(__file__).resolve().parent
CAPTION = """# docs/learning_curve.png

{alt}.

PyTorch, {train} drawn training pictures, {val} validation pictures, seed {seed}. Made by

    python docs/learning_curve.py
"""

Pair = tuple[torch.Tensor, torch.Tensor]
History = dict[str, list[float]]


def flowers(per_class: int, split: str) -> Pair:
    """Return inputs and labels of drawn flowers."""
    drawn = pictures.flowers(per_class, split=split, seed=SEED)
    inputs = torch.from_numpy(backbone.preprocess(drawn.images, framework="torch"))
    return inputs, torch.from_numpy(drawn.labels)


@torch.no_grad()
def accuracy(model: nn.Module, data: Pair) -> float:
    """Return the share of right answers in evaluation mode."""
    model.eval()
    inputs, labels = data
    return (model(inputs).argmax(dim=1) == labels).float().mean().item()


def learn(
    model: nn.Module, train: Pair, val: Pair, *, epochs: int, rate: float, hold: bool
) -> History:
    """Train what requires a gradient; ``hold`` keeps BatchNorm's statistics as they are."""
    free = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(free, lr=rate)
    history: History = {"accuracy": [], "val_accuracy": []}
    for _ in range(epochs):
        model.train(not hold)
        for rows in torch.randperm(len(train[0])).split(BATCH):
            loss = functional.cross_entropy(model(train[0][rows]), train[1][rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        history["accuracy"].append(accuracy(model, train))
        history["val_accuracy"].append(accuracy(model, val))
    return history


def from_scratch(train: Pair, val: Pair) -> History:
    """Train all layers from random weights."""
    model = backbone.load_torch(weights="random", classes=5, seed=SEED)
    return learn(model, train, val, epochs=sum(PHASES.values()), rate=SCRATCH_RATE, hold=False)


def from_pretrained(train: Pair, val: Pair) -> History:
    """Train the head, then all layers at a low rate, from the bundled weights."""
    model = backbone.load_torch(weights="bundled", classes=5, seed=SEED)
    model.features.requires_grad_(False)
    head = learn(model, train, val, epochs=PHASES["head"], rate=HEAD_RATE, hold=True)
    model.features.requires_grad_(True)
    tuned = learn(model, train, val, epochs=PHASES["fine-tuning"], rate=TUNE_RATE, hold=True)
    return {name: values + tuned[name] for name, values in head.items()}


def main() -> None:
    """Train both ways, then write the figure and its caption."""
    torch.manual_seed(SEED)
    train, val = flowers(20, "train"), flowers(50, "val")
    name = "from the pretrained network"
    histories = {"from scratch": from_scratch(train, val), name: from_pretrained(train, val)}
    plot = plots.learning_curves(histories, phases={name: PHASES})
    plot.save(HERE / "learning_curve.png")
    caption = CAPTION.format(alt=plot.alt, train=len(train[0]), val=len(val[0]), seed=SEED)
    (HERE / "learning_curve.md").write_text(caption, encoding="utf-8")
    print(plot.alt)


if __name__ == "__main__":
    main()
