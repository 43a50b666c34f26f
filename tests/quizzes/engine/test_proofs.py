"""Every key that is a claim about code or numbers is run, and a wrong key is found out."""

from __future__ import annotations

import pytest

from quizzes.engine import bank, proofs
from quizzes.engine.model import Option, Proof, Question
from quizzes.engine.templates import Template

SEEDS = (0, 1, 2)  # variants of each template


def variants() -> list[Question]:
    return [
        question
        for entry in bank.entries()
        for question in (
            [entry.make(seed) for seed in SEEDS] if isinstance(entry, Template) else [entry]
        )
    ]


def sample(key: str, code: str, kind: str = "single", **more) -> Question:
    fields = {
        "id": "freezing.sample",
        "concept": "meaning",
        "difficulty": "easy",
        "stem": "What?\n\n```python\nprint(2 + 2)\n```",
        "options": (
            Option("a", "`4`", "Yes."),
            Option("b", "`22`", "No."),
            Option("c", "`5`", "-"),
        ),
        "solution": ("Add.",),
        "hint": "Add.",
        "mistakes": ("None.",),
        **more,
    }
    return Question(key=key, kind=kind, proofs=(Proof(code),), **fields)  # type: ignore[arg-type]


def said_against(question: Question) -> list[str]:
    (result,) = proofs.gather([question], None).values()
    return proofs.objections(question, result)


def prove_all(framework) -> None:
    """Run every proof of ``framework``: keys hold, other keys do not, every option is settled."""
    asked = variants()
    results = proofs.gather(asked, framework)
    assert results
    by_id = {question.id: question for question in asked}
    against, unbroken, unsettled, slow = [], [], [], []
    for job, result in results.items():
        question = by_id[job.split("#")[0]]
        against += proofs.objections(question, result)
        for broken in proofs.wrong_keys(question):
            if not proofs.objections(broken, result):
                unbroken.append(f"{job} also holds with the key {broken.key!r}")
        evidence = result.get("evidence")
        if isinstance(evidence, dict) and set(evidence) != {o.id for o in question.options}:
            unsettled.append(job)
        if result.get("seconds", 0) > 10:
            slow.append(job)
    assert against == []
    assert unbroken == []
    assert unsettled == []
    assert slow == []


@pytest.mark.torch
def test_pytorch_keys_hold_and_broken_keys_fail():
    prove_all("pytorch")


@pytest.mark.keras
def test_keras_keys_hold_and_broken_keys_fail():
    prove_all("keras")


def test_keys_about_neither_hold_and_broken_keys_fail():
    prove_all(None)


def test_every_proved_question_has_other_keys_to_break():
    proved = [question for question in variants() if question.proofs]
    assert len({question.base_id for question in proved}) >= 100
    assert all(proofs.wrong_keys(question) for question in proved)
    assert all(q.key not in [w.key for w in proofs.wrong_keys(q)] for q in proved)


def test_a_printed_text_is_compared_with_the_options():
    assert said_against(sample("a", "evidence = printed(STEM)", "predict_output")) == []
    (said,) = said_against(sample("c", "evidence = printed(STEM)", "predict_output"))
    assert said.startswith("freezing.sample: the proof shows 'a', the key says 'c'")


def test_two_true_options_are_an_objection_to_a_single_key():
    (said,) = said_against(sample("a", "evidence = {'a': True, 'b': True, 'c': False}"))
    assert "the proof shows 'ab'" in said


def test_evidence_about_an_unknown_option_is_an_objection():
    (said,) = said_against(sample("a", "evidence = {'a': True, 'e': False}"))
    assert "unknown options ['e']" in said


def test_only_true_is_true():
    (said,) = said_against(sample("a", "evidence = {'a': 1, 'b': False, 'c': False}"))
    assert "the proof shows ''" in said


def test_a_proof_that_breaks_says_where():
    (said,) = said_against(sample("a", "evidence = {'a': 1 / 0}"))
    assert "freezing.sample: the proof broke" in said
    assert "ZeroDivisionError" in said


def test_evidence_of_no_use_is_an_objection():
    (said,) = said_against(sample("a", "evidence = []"))
    assert "expected evidence by option id" in said


def test_proofs_do_not_see_each_other_and_start_alike():
    code = "leak = globals().get('leak', 0) + 1\nx = np.random.rand()\nevidence = [leak, x]"
    pair = [sample("a", code, id=f"freezing.sample-{n}") for n in (1, 2)]
    first, second = proofs.gather(pair, None).values()
    assert first["evidence"] == second["evidence"]
    assert first["evidence"][0] == 1


def test_numbers_are_held_to_the_tolerance():
    numeric = {"kind": "numeric", "unit": "steps", "options": (), "tolerance": 0.5}
    assert said_against(sample(4.0, "evidence = 4.4", **numeric)) == []  # type: ignore[arg-type]
    (said,) = said_against(sample(4.0, "evidence = 4.6", **numeric))  # type: ignore[arg-type]
    assert "the proof gives 4.6, the key says 4.0" in said


def test_an_order_must_be_the_only_one_that_works():
    order = {"kind": "order"}
    assert said_against(sample("bac", "evidence = ['bac']", **order)) == []
    (said,) = said_against(sample("bac", "evidence = ['bac', 'bca']", **order))
    assert "these orders work" in said


def test_a_process_that_dies_is_an_error_and_not_a_wrong_key():
    with pytest.raises(RuntimeError, match="ended with 3"):
        proofs.gather([sample("a", "import os\nos._exit(3)\nevidence = {}")], None)


def test_proofs_that_take_too_long_are_stopped_and_named():
    with pytest.raises(RuntimeError, match=r"1 proofs took longer than 0\.2 s"):
        proofs.gather([sample("a", "while True: evidence = 0")], None, timeout_s=0.2)
