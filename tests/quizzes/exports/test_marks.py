"""Each export awards what the course awards, by the rules that the platform documents."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from quizzes.engine import bank
from quizzes.engine.marking import mark
from quizzes.engine.model import Question
from quizzes.exports import gift, moodle, parts, qti12, qti21
from tests.quizzes.exports import golden, readers
from tests.quizzes.samples import ALL, NASTY

EVERY = (*bank.questions(), *ALL, *NASTY)


def answers(question: Question) -> Iterator[str | float | tuple[str, ...]]:
    """Yield answers to try: every choice, every set of ticks, the order and its neighbours."""
    ids = [option.id for option in question.options]
    if question.kind == "numeric":
        yield float(question.key)
        yield from (float(option.text) for option in question.options)
    elif question.kind == "multiple":
        sizes = range(1, len(ids) + 1)
        yield from itertools.chain.from_iterable(itertools.combinations(ids, n) for n in sizes)
    elif question.kind == "order":
        yield from itertools.islice(itertools.permutations(question.right_ids), 24)
    else:
        yield from ids


class Item:
    """A QTI 2.1 item whose response processing is run, as its specification says.

    Standard: https://www.imsglobal.org/question/qtiv2p1/imsqti_infov2p1.html
    """

    def __init__(self, item: ET.Element, response: object) -> None:
        self.item, self.known = item, {"RESPONSE": response, "HINTREQUEST": False}
        for node in item.find("responseProcessing"):
            self.do(node)

    def do(self, node: ET.Element) -> None:
        if node.tag == "setOutcomeValue":
            self.known[node.get("identifier")] = self.value(node[0])
            return
        assert node.tag == "responseCondition"
        for branch in node:
            holds = branch.tag == "responseElse" or self.value(branch[0])
            if holds:
                for rule in branch[branch.tag != "responseElse" :]:
                    self.do(rule)
                return

    def value(self, node: ET.Element) -> object:
        return getattr(self, f"_{node.tag}")(node)

    def _variable(self, node: ET.Element) -> object:
        return self.known[node.get("identifier")]

    def _correct(self, node: ET.Element) -> object:
        declared = self.item.find("responseDeclaration[@identifier='RESPONSE']")
        values = tuple(v.text for v in declared.iterfind("correctResponse/value"))
        if declared.get("baseType") == "float":
            return float(values[0])
        return values[0] if declared.get("cardinality") == "single" else values

    def _baseValue(self, node: ET.Element) -> object:
        return float(node.text) if node.get("baseType") == "float" else node.text

    def _match(self, node: ET.Element) -> bool:
        return self.value(node[0]) == self.value(node[1])

    def _not(self, node: ET.Element) -> bool:
        return not self.value(node[0])

    def _index(self, node: ET.Element) -> object:
        return self.value(node[0])[int(node.get("n")) - 1]

    def _equal(self, node: ET.Element) -> bool:
        assert node.get("toleranceMode") == "absolute"
        low, high = map(float, node.get("tolerance").split())
        got, right = self.value(node[0]), self.value(node[1])
        return right - low <= got <= right + high

    def _mapResponse(self, node: ET.Element) -> float:
        mapping = self.item.find("responseDeclaration[@identifier='RESPONSE']/mapping")
        shares = {e.get("mapKey"): float(e.get("mappedValue")) for e in mapping}
        score = sum(shares[letter] for letter in self.known["RESPONSE"])
        return min(max(score, float(mapping.get("lowerBound"))), float(mapping.get("upperBound")))

    @property
    def shown(self) -> tuple[str, ...]:
        """What the learner then reads beside the solution."""
        set_to = self.known.get("FEEDBACK") or ()
        ids = (set_to,) if isinstance(set_to, str) else set_to
        texts = {m.get("identifier"): "".join(m.itertext()) for m in self._modal("FEEDBACK")}
        return tuple(texts[letter] for letter in sorted(ids))

    def _modal(self, outcome: str) -> list[ET.Element]:
        return self.item.findall(f"modalFeedback[@outcomeIdentifier='{outcome}']")


@pytest.fixture(scope="module")
def items(tmp_path_factory):
    return readers.qti21(qti21.write(EVERY, tmp_path_factory.mktemp("qti") / "x.zip").path)


def test_qti21_awards_and_says_what_the_course_does(items):
    for question in EVERY:
        said = {"".join(qti21._html(o.feedback).itertext()): o.feedback for o in question.options}
        for answer in answers(question):
            item, expected = Item(items[question.id], answer), mark(question, answer)
            assert float(item.known.get("SCORE", 0)) == pytest.approx(expected.score)
            read = tuple(said[text] for text in item.shown)
            if question.options and not (expected.right and question.kind in ("numeric", "order")):
                assert read == expected.feedback, (question.id, answer)
            assert item.known["SOLUTION"] == "shown"


def test_qti21_shows_a_hint_without_marking(items):
    item = Item(items[EVERY[0].id], None)
    item.known = {"RESPONSE": None, "HINTREQUEST": True}
    item.do(item.item.find("responseProcessing")[0])
    assert item.known == {"RESPONSE": None, "HINTREQUEST": True, "HINT": "shown"}


# Moodle takes these and no other (question/engine/bank.php, in percent of the point).
GRADES = (100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20)
GRADES += (16.66667, 14.28571, 12.5, 11.11111, 10, 5, 0)


@pytest.mark.parametrize(
    ("right", "wrong"), [(r, w) for r in range(2, 8) for w in range(1, 7) if r + w <= 8]
)
def test_every_share_is_one_that_moodle_knows(right, wrong):
    shares = [round(100 / right, 5), round(100 / wrong, 5)]
    assert all(min(abs(share - grade) for grade in GRADES) < 1e-3 for share in shares)


@pytest.mark.parametrize("form", ["moodle", "gift"])
def test_moodle_awards_what_the_course_does(form, tmp_path):
    path = {"moodle": moodle, "gift": gift}[form].write(EVERY, tmp_path / "x").path
    found = golden.read(form, path)
    chosen = [q for q in EVERY if q.id in found and q.kind not in ("numeric", "order")]
    assert len(chosen) > 100
    for question in chosen:
        shares = dict(zip((o.id for o in question.options), found[question.id].shares, strict=True))
        assert all(min(abs(abs(s) - grade) for grade in GRADES) < 1e-3 for s in shares.values())
        for answer in answers(question):
            picked = [answer] if isinstance(answer, str) else answer
            got = max(0.0, sum(shares[letter] for letter in picked) / 100)
            assert got == pytest.approx(mark(question, answer).score, abs=1e-6)


def test_canvas_takes_the_key_and_no_wrong_number(tmp_path):
    items = readers.qti12(qti12.write(EVERY, tmp_path / "x.zip").path)
    numbers = [q for q in EVERY if q.kind == "numeric" and q.id in items]
    assert len(numbers) > 40
    for question in numbers:
        key = readers.qti12_read(items[question.id]).key
        assert "e" not in key
        low, high = map(float, key.split(" in ")[1].split(" to "))
        typed = [round(float(v), 4) for v in (question.key, *(o.text for o in question.options))]
        assert [low <= number <= high for number in typed] == [True] + [False] * (len(typed) - 1)


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (1e-5, "0.00001"),
        (5e-7, "0.0000005"),
        (1e12, "1000000000000"),
        (1e22, "10000000000000000000000"),
        (0.1 + 0.2, "0.30000000000000004"),
        (-0.0, "0"),
        (-2.50, "-2.5"),
        (100, "100"),
        ("1E-3", "0.001"),
    ],
)
def test_numbers_are_written_in_digits_and_keep_their_value(value, digits):
    assert parts.fixed(value) == digits
    assert float(digits) == float(value)
