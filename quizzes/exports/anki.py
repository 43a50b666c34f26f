"""The recall cards as an Anki deck, by genanki."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import genanki

from quizzes import recall
from quizzes.engine.concepts import TOPICS
from quizzes.engine.model import Card
from quizzes.exports import parts
from quizzes.exports.report import Report
from quizzes.views import render

CSS = """
.card { font-family: system-ui, sans-serif; font-size: 19px; line-height: 1.5; text-align: left;
        max-width: 38em; margin: 0 auto; padding: 0.5em; }
pre { padding: 0.6em; overflow-x: auto; border: 1px solid #888; border-radius: 6px; }
"""


def write(cards: Sequence[Card], path: Path) -> Report:
    """Write ``cards`` into one package, a sub-deck a topic.

    Raises
    ------
    ValueError
        There are no cards.
    """
    if not cards:
        raise ValueError("There are no cards for this topic yet. Leave --topic off.")
    decks = []
    for topic, title in TOPICS.items():
        fitting = [card for card in cards if card.topic == topic]
        if fitting:
            decks.append(_deck(title, fitting))
    parts.pack(path, _files(genanki.Package(decks)))
    questions = "Questions are no cards; take them with: quiz export json, moodle, gift ..."
    return Report(path, len(cards), "cards", notes=(questions,))


def _files(package: genanki.Package) -> list[tuple[str, bytes]]:
    """Return what genanki packs, dated by the cards' source.

    Anki takes a note anew when it is younger than its own: a mended card is, an unchanged one not.
    """
    with tempfile.TemporaryFile() as kept:
        package.write_to_file(kept, timestamp=Path(recall.__file__).stat().st_mtime)
        with zipfile.ZipFile(kept) as written:
            return [(name, written.read(name)) for name in written.namelist()]


def stable_id(name: str) -> int:
    """Return a number of 31 bits that is the same for ``name`` for ever.

    Anki knows a deck and a note type by its number: with the same one, a later export updates the
    cards that a person has, and their dates stay.
    """
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") >> 1


def _model() -> genanki.Model:
    return genanki.Model(
        stable_id("fine-tuning course card"),
        "Fine-tuning course card",
        fields=[{"name": "Front"}, {"name": "Back"}],
        templates=[
            {
                "name": "Recall",
                "qfmt": "{{Front}}",
                "afmt": '{{FrontSide}}<hr id="answer">{{Back}}',
            }
        ],
        css=CSS,
    )


def _deck(title: str, cards: Sequence[Card]) -> genanki.Deck:
    deck = genanki.Deck(stable_id(f"deck {title}"), f"Fine-tuning::{title}")
    for card in cards:
        deck.add_note(
            genanki.Note(
                model=_model(),
                fields=[render.xhtml(card.front), render.xhtml(card.back)],
                guid=genanki.guid_for(card.id),
                tags=[card.topic],
            )
        )
    return deck
