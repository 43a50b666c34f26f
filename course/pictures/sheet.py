"""Contact sheets: many pictures on one page, one class per row."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from course.pictures.picture_set import PictureSet

_CAPTION_PX = 92
_GAP_PX = 3


def contact_sheet(pictures: PictureSet, columns: int | None = None) -> Image.Image:
    """Lay a set out on white, its classes named at the left.

    Parameters
    ----------
    pictures : the set; each class gets a row of up to ``columns`` pictures, side by side
    columns : pictures of each class to show; None shows as many as every class has
    """
    fewest = min(pictures.counts().values())
    columns = fewest if columns is None else min(columns, fewest)
    across = max(1, round(math.sqrt(len(pictures.classes) / columns / 1.6)))
    side = pictures.images.shape[1] + _GAP_PX
    rows = math.ceil(len(pictures.classes) / across)
    block = _CAPTION_PX + columns * side
    page = Image.new("RGB", (across * block + _GAP_PX, rows * side + _GAP_PX), "white")
    pen = ImageDraw.Draw(page)
    for index, name in enumerate(pictures.classes):
        left, top = index // rows * block, index % rows * side + _GAP_PX
        _row(page, pen, pictures.of_class(name).images[:columns], name, (left, top), side)
    return page


def _row(
    page: Image.Image,
    pen: ImageDraw.ImageDraw,
    images: np.ndarray,
    name: str,
    corner: tuple[int, int],
    side: int,
) -> None:
    left, top = corner
    label = name.replace("_", " ")
    pen.text((left + _CAPTION_PX - 8, top + side // 2), label, "#333", anchor="rm", font_size=14)
    for place, image in enumerate(images):
        page.paste(Image.fromarray(image), (left + _CAPTION_PX + place * side, top))
