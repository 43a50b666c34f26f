"""Random changes to a batch of pictures, as a few tensor operations.

They are small: the pictures are drawn with pose, light and clutter of their own, and half an
hour is too short to gain from more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

ZOOM = (0.85, 1.1)  # share of the picture's side that is seen
CLOSER = 0.85  # small pictures are taken from closer, so that things keep their size in pixels
TURN_RAD = 0.15
STRETCH = 0.1
COLOR_GAIN = 0.15
SATURATION = (0.7, 1.2)
BRIGHTNESS = 0.15


def augment(images: torch.Tensor, *, size_px: int, generator: torch.Generator) -> torch.Tensor:
    """Zoom, turn, mirror and recolor each picture in its own way.

    Parameters
    ----------
    images
        ``(N, H, W, 3) uint8``, 0–255.
    size_px
        Side of the result.
    generator
        Source of all chance, on the processor, so that every device gives the same.

    Returns
    -------
    torch.Tensor
        ``(N, 3, size_px, size_px) float32``, about −1 to 1, channels last in memory.
    """
    pictures = _frame(images, size_px, generator)
    return _recolor(pictures, generator)


def to_input(images: torch.Tensor) -> torch.Tensor:
    """Turn ``(N, H, W, 3) uint8`` into ``(N, 3, H, W) float32``, −1 to 1, channels last."""
    return images.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def _between(low: float, high: float, count: int, generator: torch.Generator) -> torch.Tensor:
    import torch

    return torch.rand(count, generator=generator) * (high - low) + low


def _frame(images: torch.Tensor, size_px: int, generator: torch.Generator) -> torch.Tensor:
    import torch
    from torch.nn import functional

    count = len(images)
    closer = CLOSER if size_px < images.shape[1] else 1.0
    zoom = closer * _between(*ZOOM, count, generator)
    wide = zoom * (1 + _between(-STRETCH, STRETCH, count, generator))
    turn = _between(-TURN_RAD, TURN_RAD, count, generator)
    mirror = (torch.rand(count, generator=generator) < 0.5).float() * 2 - 1
    room = (1 - zoom).abs()
    rows = [
        torch.stack(
            [wide * turn.cos() * mirror, -zoom * turn.sin(), room * _signed(room, generator)]
        ),
        torch.stack(
            [wide * turn.sin() * mirror, zoom * turn.cos(), room * _signed(room, generator)]
        ),
    ]
    affine = torch.stack(rows).permute(2, 0, 1).to(images.device)
    grid = functional.affine_grid(affine, [count, 3, size_px, size_px], align_corners=False)
    return functional.grid_sample(
        to_input(images), grid, padding_mode="reflection", align_corners=False
    )


def _signed(like: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    return _between(-1, 1, len(like), generator)


def _recolor(pictures: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    import torch

    count, device = len(pictures), pictures.device
    gain = 1 + (torch.rand(count, 3, 1, 1, generator=generator) * 2 - 1) * COLOR_GAIN
    shift = _between(-BRIGHTNESS, BRIGHTNESS, count, generator).view(-1, 1, 1, 1)
    vivid = _between(*SATURATION, count, generator).view(-1, 1, 1, 1).to(device)
    gray = pictures.mean(dim=1, keepdim=True)
    recolored = torch.lerp(gray, pictures, vivid).mul_(gain.to(device)).add_(shift.to(device))
    return recolored.clamp_(-1, 1)
