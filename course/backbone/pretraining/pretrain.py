"""Make the weights file from nothing but code and a seed.

Every step draws its chance from the seed and its own number, so a run that was interrupted and
resumed ends in the same weights as one that was not.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course import files, settings
from course.backbone.architecture import WIDTH, random_tensors
from course.backbone.loaders import build_torch, set_torch_weights
from course.backbone.pretraining.augment import augment, to_input
from course.backbone.pretraining.recipe import Recipe
from course.backbone.pretraining.transfer import Pictures
from course.backbone.weights import WeightsError, save_weights

if TYPE_CHECKING:
    import torch

CHECKPOINT_EVERY = 200  # steps: about half a minute on two cores


@dataclass(frozen=True)
class Progress:
    """One step of the training, as it is shown."""

    step: int
    steps: int
    loss: float
    size_px: int


@dataclass(frozen=True)
class Outcome:
    """What a finished or interrupted training leaves behind."""

    finished: bool
    step: int
    steps: int
    seconds: float
    accuracy: float | None
    path: Path | None


def checkpoint_path() -> Path:
    """Return where an unfinished training is kept."""
    return settings.cache_dir() / "backbone" / "pretraining.pt"


def draw_pictures(recipe: Recipe) -> tuple[Pictures, Pictures]:
    """Draw the training and the validation pictures."""
    from course.pictures import objects

    options = {"seed": recipe.seed, "size_px": recipe.size_px}
    return (
        objects(recipe.per_class, split="train", **options),
        objects(recipe.val_per_class, split="val", **options),
    )


def pretrain(
    train: Pictures,
    val: Pictures,
    *,
    out: Path,
    recipe: Recipe | None = None,
    checkpoint: Path | None = None,
    resume: bool = False,
    minutes: float | None = None,
    report: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Train the backbone and write its weights file.

    Parameters
    ----------
    train, val
        Picture sets with the same classes.
    out
        The weights file to write.
    recipe
        Numbers of the training.
    checkpoint
        File that an unfinished training is kept in.
    resume
        Go on from the checkpoint instead of starting anew.
    minutes
        Stop after so long, leaving a checkpoint; None goes on to the end.
    report
        Called after each step.

    Raises
    ------
    WeightsError
        If there is nothing to resume, or it belongs to another recipe or other pictures.
    """
    recipe = recipe or Recipe()
    run = _Run(train, recipe, checkpoint or checkpoint_path())
    if resume:
        run.restore()
    finished = run.go(minutes, report or (lambda progress: None))
    if not finished:
        return Outcome(False, run.step, run.steps, run.seconds, None, None)
    accuracy = run.accuracy(val)
    path = _write(run, out)
    run.checkpoint.unlink(missing_ok=True)
    return Outcome(True, run.step, run.steps, run.seconds, accuracy, path)


def _write(run: _Run, out: Path) -> Path:
    state = {n: v.cpu().numpy() for n, v in run.model.state_dict().items() if _kept(n)}
    return save_weights(
        out,
        state,
        classes=run.train.classes,
        width=WIDTH,
        size_px=run.recipe.size_px,
        seed=run.recipe.seed,
    )


def _kept(name: str) -> bool:
    return not name.endswith("num_batches_tracked")


class _Run:
    """Model, optimizer and place in the schedule: what a checkpoint holds."""

    def __init__(self, train: Pictures, recipe: Recipe, checkpoint: Path) -> None:
        import torch

        self.train, self.recipe, self.checkpoint = train, recipe, checkpoint
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.images = torch.from_numpy(train.images)
        self.labels = torch.from_numpy(train.labels)
        self.per_epoch = max(1, len(train.labels) // recipe.batch_size)
        self.steps = self.per_epoch * recipe.epochs
        self.step = 0
        self.seconds = 0.0
        self.model = _first_model(recipe.seed, len(train.classes), self.device)
        self.optimizer = torch.optim.AdamW(_groups(self.model, recipe), betas=(0.9, 0.99))

    def go(self, minutes: float | None, report: Callable[[Progress], None]) -> bool:
        """Train to the end or for so long; return whether the end was reached."""
        begin, before = time.perf_counter(), self.seconds
        limit_s = math.inf if minutes is None else minutes * 60
        self.model.train()
        try:
            while self.step < self.steps and time.perf_counter() - begin < limit_s:
                loss, size_px = self._one_step()
                self.seconds = before + time.perf_counter() - begin
                report(Progress(self.step, self.steps, loss, size_px))
                if self.step % CHECKPOINT_EVERY == 0:
                    self.save()
        finally:
            self.save()
        return self.step == self.steps

    def _one_step(self) -> tuple[float, int]:
        from torch.nn import functional

        recipe = self.recipe
        progress = self.step / self.steps
        size_px = recipe.side_at(progress)
        for group in self.optimizer.param_groups:
            group["lr"] = recipe.peak_rate * _rate_share(progress, recipe.warmup)
        pictures, labels = self._batch(size_px)
        logits = self.model(pictures)
        loss = functional.cross_entropy(logits, labels)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.step += 1
        return float(loss.detach()), size_px

    def _batch(self, size_px: int) -> tuple[torch.Tensor, torch.Tensor]:
        import torch

        epoch, index = divmod(self.step, self.per_epoch)
        order = torch.randperm(len(self.labels), generator=_generator(self.recipe.seed, epoch, 1))
        size = self.recipe.batch_size
        rows = order[index * size : (index + 1) * size]
        chance = _generator(self.recipe.seed, self.step, 2)
        pictures = augment(
            self.images[rows].to(self.device), size_px=size_px, generator=chance
        ).contiguous(memory_format=torch.channels_last)
        return pictures, self.labels[rows].to(self.device)

    def accuracy(self, pictures: Pictures) -> float:
        """Return the share of pictures whose class the network names."""
        import torch

        self.model.eval()
        right = 0
        with torch.inference_mode():
            for rows in _slices(len(pictures.labels), 250):
                batch = to_input(torch.from_numpy(pictures.images[rows]).to(self.device))
                found = self.model(batch).argmax(dim=1).cpu().numpy()
                right += int((found == pictures.labels[rows]).sum())
        return right / len(pictures.labels)

    def _identity(self) -> dict[str, Any]:
        facts = dataclasses.asdict(self.recipe)
        return facts | {"classes": list(self.train.classes), "pictures": len(self.train.labels)}

    def save(self) -> None:
        """Write the checkpoint in one move."""
        import torch

        state = {
            "identity": self._identity(),
            "step": self.step,
            "seconds": self.seconds,
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        with files.replacing(self.checkpoint) as beside:
            torch.save(state, beside)

    def restore(self) -> None:
        """Go back to where the checkpoint was written."""
        state = _read_checkpoint(self.checkpoint, self.device)
        if state["identity"] != self._identity():
            changed = [k for k, v in self._identity().items() if state["identity"].get(k) != v]
            raise WeightsError(
                f"{self.checkpoint} belongs to another training: {', '.join(changed)} changed. "
                "Start anew without --resume, or give the options it was started with."
            )
        self.step, self.seconds = state["step"], state["seconds"]
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])


def _read_checkpoint(path: Path, device: torch.device) -> dict[str, Any]:
    import torch

    if not path.is_file():
        raise WeightsError(f"Nothing to resume: no checkpoint at {path}. Start without --resume.")
    try:
        checkpoint: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        return checkpoint
    except Exception as error:  # a cut-off file fails in the zip reader or in the unpickler
        raise WeightsError(
            f"The checkpoint {path} is damaged ({type(error).__name__}). Delete it and start "
            "without --resume."
        ) from error


def _first_model(seed: int, classes: int, device: torch.device) -> torch.nn.Module:
    import torch

    model = build_torch(classes)
    set_torch_weights(model, random_tensors(seed, width=WIDTH, classes=classes))
    # dropout would draw from the global generator, and a resumed run could not repeat it
    model.classifier[0] = torch.nn.Identity()
    placed: torch.nn.Module = model.to(device, memory_format=torch.channels_last)
    return placed


def _groups(model: torch.nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    # BatchNorm and biases are not decayed: they do not make a network complex
    decayed = [p for p in model.parameters() if p.ndim > 1]
    free = [p for p in model.parameters() if p.ndim <= 1]
    return [
        {"params": decayed, "weight_decay": recipe.weight_decay},
        {"params": free, "weight_decay": 0.0},
    ]


def _rate_share(progress: float, warmup: float) -> float:
    if progress < warmup:
        return max(progress / warmup, 0.01)
    return 0.5 * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup)))


def _generator(seed: int, number: int, stream: int) -> torch.Generator:
    import torch

    chance = np.random.SeedSequence([seed, stream, number]).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(chance[0] >> np.uint64(1)))


def _slices(count: int, size: int) -> Iterator[slice]:
    return (slice(begin, begin + size) for begin in range(0, count, size))
