"""The photographs that can be fetched: where they are, how large, whose, and how they are named.

Sizes and SHA-256 digests are those that TensorFlow Datasets publishes
(https://github.com/tensorflow/datasets, ``tensorflow_datasets/url_checksums/tf_flowers.txt`` and
``oxford_iiit_pet.txt``). torchvision's ``datasets.OxfordIIITPet`` holds an MD5 of the same archive
of pets, and public copies that state both digests agree with both lists.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

_FLOWERS = ("daisy", "dandelion", "roses", "sunflowers", "tulips")


@dataclass(frozen=True)
class Source:
    """One archive of photographs.

    Attributes
    ----------
    name : the set that it becomes
    title, homepage, license, citation : what a learner is told
    url, sha256, archive_bytes : the archive, exactly
    class_of : path in the archive to class; None for what is no photograph of the set
    keep : files of the archive, besides photographs, that belong to the set
    photographs : at least so many are in it; fewer is no whole set
    """

    name: str
    title: str
    homepage: str
    license: str
    citation: str
    url: str
    sha256: str
    archive_bytes: int
    class_of: Callable[[str], str | None]
    photographs: int
    keep: tuple[str, ...] = ()

    @property
    def file_name(self) -> str:
        """Name of the archive, also on a mirror."""
        return f"{self.name}-{self.url.rsplit('/', 1)[-1]}"

    def at(self, mirror: str) -> str:
        """Return where the archive is: at a mirror under its own name, or at home."""
        return f"{mirror}/{self.url.rsplit('/', 1)[-1]}" if mirror else self.url

    @property
    def credits(self) -> str:
        """Say whose photographs these are."""
        return f"{self.title}\n{self.homepage}\nLicence: {self.license}\nCite: {self.citation}"


def _flower(path: str) -> str | None:
    parts = PurePosixPath(path).parts
    fits = len(parts) == 3 and parts[1] in _FLOWERS and parts[2].lower().endswith(".jpg")
    return parts[1] if fits and not parts[2].startswith(".") else None


def _pet(path: str) -> str | None:
    """Cats are named with a capital, dogs without: so says the data set's own README."""
    parts = PurePosixPath(path).parts
    if len(parts) != 2 or not re.fullmatch(r"[A-Za-z_]+_\d+\.jpg", parts[1]):
        return None
    return "cat" if parts[1][0].isupper() else "dog"


SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        Source(
            name="flowers",
            title="Flowers: 3,670 photographs of five flowers, collected by the TensorFlow team",
            homepage="https://www.tensorflow.org/datasets/catalog/tf_flowers",
            license="CC BY 2.0; the photographers are named in LICENSE.txt, kept with the set",
            citation="The TensorFlow Team: Flowers, January 2019, "
            "http://download.tensorflow.org/example_images/flower_photos.tgz",
            url="https://storage.googleapis.com/download.tensorflow.org/example_images/"
            "flower_photos.tgz",
            sha256="4c54ace7911aaffe13a365c34f650e71dd5bf1be0a58b464e5a7183e3e595d9c",
            archive_bytes=228_813_984,
            class_of=_flower,
            photographs=3_670,
            keep=("flower_photos/LICENSE.txt",),
        ),
        Source(
            name="pets",
            title="The Oxford-IIIT Pet Dataset: 7,390 photographs of cats and dogs of 37 breeds",
            homepage="https://www.robots.ox.ac.uk/~vgg/data/pets/",
            license="CC BY-SA 4.0; the photographs remain their owners'",
            citation="O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar: Cats and Dogs, "
            "IEEE Conference on Computer Vision and Pattern Recognition, 2012",
            url="https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz",
            sha256="67195c5e1c01f1ab5f9b6a5d22b8c27a580d896ece458917e61d459337fa318d",
            archive_bytes=791_918_971,
            class_of=_pet,
            photographs=7_349,  # so many are annotated; a few more are in the archive
        ),
    )
}
