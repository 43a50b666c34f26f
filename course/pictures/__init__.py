"""Labelled picture sets: drawn from a seed, or photographs of your own."""

from course.pictures.photos.read import photos
from course.pictures.picture_set import PictureSet
from course.pictures.sets import cells, flowers, objects, pets

__all__ = ["PictureSet", "cells", "flowers", "objects", "pets", "photos"]
