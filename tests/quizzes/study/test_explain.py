"""Free texts are scored by the concepts they cover, denials included."""

from __future__ import annotations

import pytest

from quizzes.study import explain

# text, and the concepts it covers
FINE_TUNING = [
    (explain.prompt("explain.1").model_answer, "start adapt reuse benefit"),
    ("", ""),
    ("It is a great method that everybody uses nowadays.", ""),
    ("You take a pretrained model.", "start"),
    ("You take a pre-trained CNN and retrain its last layers on your own images.", "start adapt"),
    ("The network has already been trained on ImageNet.", "start"),
    ("Instead of training from scratch, you begin with something that knows a lot.", "start"),
    ("You take a network that somebody trained on many pictures.", "start"),
    ("You don't train from scratch.", "start"),
    ("You train a network from scratch.", ""),
    ("It adapts to your new task.", "adapt"),
    ("The model does not adapt to a new task.", ""),
    ("The head is swapped and then trained.", "adapt"),
    ("General features like edges and textures carry over.", "reuse"),
    ("It never has to relearn edges and shapes.", "reuse"),
    ("The knowledge is reused.", "reuse"),
    ("No knowledge is reused.", ""),
    ("It does not reuse features and needs a lot of data.", ""),
    ("We take a pretrained network but never train it on our task.", "start"),
    ("Fine-tuning means changing the batch size until it runs.", ""),
    ("A model that can already see is adjusted to see something else.", "start adapt"),
    ("Nobody has to label thousands of examples.", "benefit"),
    ("A few hundred photos are enough.", "benefit"),
    ("It doesn't need a large data set.", "benefit"),
    ("It needs a large data set.", ""),
    ("It needs neither many pictures nor much time.", "benefit"),
    ("Training is quicker and the accuracy is higher.", "benefit"),
    (
        "We reuse a model somebody trained on a million photos. It knows edges and colors already. "
        "We adjust it to our task, which saves time.",
        "start adapt reuse benefit",
    ),
]
FREEZING = [
    (explain.prompt("explain.2").model_answer, "meaning reason depth choice"),
    ("", ""),
    ("Freezing is what one does with layers.", ""),
    ("Freezing does not let weights change.", "meaning"),
    ("Freezing changes weights.", ""),
    ("Freezing means that the weights change slowly.", ""),
    ("Frozen layers aren't updated.", "meaning"),
    ("Freezing prevents the parameters from being updated.", "meaning"),
    ("Freezing does not prevent the weights from changing.", ""),
    ("A frozen layer stays as it is.", "meaning"),
    ("The frozen weights remain unchanged.", "meaning"),
    ("Without freezing the layers would change.", ""),
    ("When they are not frozen, the layers change.", ""),
    ("You set requires_grad to False.", "meaning"),
    ("If I freeze a layer, the optimizer skips it.", "meaning"),
    ("Freezing removes the layer from the network.", ""),
    ("Frozen weights never change but the others do.", "meaning"),
    ("One freezes because training all of it on 200 images would overfit.", "reason"),
    ("Layers near the output are task-specific.", "depth"),
    ("When the new domain is far from ImageNet, unfreeze more.", "choice"),
    ("Pick the number of layers that is best on validation pictures.", "choice"),
    ("Gradients no longer touch the backbone.", "meaning"),
    ("Not only the head but also the frozen backbone is updated.", ""),
    ("It saves memory and time.", "reason"),
    ("So the learned features are not destroyed by the random head.", "reason"),
    ("That way we avoid overfitting.", "reason"),
    ("It leads to overfitting.", ""),
    ("The first layers see edges, which every task needs.", "depth"),
    ("The last few layers are specific to the old classes.", "depth"),
    ("First, freeze all of it.", ""),
    ("Unfreeze the later layers.", "depth"),
    ("It depends on how much data you have.", "choice"),
    ("If your images resemble ImageNet, freeze most of it.", "choice"),
    ("With few photos freeze more, with many photos unfreeze more layers.", "choice"),
    (
        "Freezing keeps weights fixed, so nothing that was learned gets lost. Keep the early "
        "layers frozen since they are generic. The more similar your data, the less you unfreeze.",
        "meaning reason depth choice",
    ),
]


def covered(prompt_id: str, text: str) -> str:
    result = explain.score(prompt_id, text)
    return " ".join(concept.id for concept, found in result.concepts if found)


@pytest.mark.parametrize(("text", "concepts"), FINE_TUNING)
def test_fine_tuning(text: str, concepts: str) -> None:
    assert covered("explain.1", text) == concepts


@pytest.mark.parametrize(("text", "concepts"), FREEZING)
def test_freezing(text: str, concepts: str) -> None:
    assert covered("explain.2", text) == concepts


def test_a_score_counts_and_names_what_was_missed() -> None:
    result = explain.score("explain.2", "Frozen weights are not updated. This saves time.")
    assert (result.earned, result.asked) == (2, 4)
    assert [concept.id for concept in result.missed] == ["depth", "choice"]
    assert all(concept.statement for concept in result.missed)


def test_case_and_typographic_apostrophes_do_not_matter() -> None:
    assert covered("explain.2", "FROZEN LAYERS AREN’T UPDATED") == "meaning"


def test_every_prompt_has_four_concepts_and_a_full_model_answer() -> None:
    for prompt in explain.prompts():
        assert len(prompt.concepts) == 4
        assert explain.score(prompt.id, prompt.model_answer).earned == 4
    assert {served for p in explain.prompts() for served in p.serves} == {"explain.1", "explain.2"}


def test_the_rubric_names_every_concept_and_the_points() -> None:
    text = explain.rubric("explain.1")
    assert text.startswith("**4 points**")
    assert text.count("1 point,") == 4
    for concept in explain.prompt("explain.1").concepts:
        assert concept.statement in text


def test_an_unknown_prompt_lists_the_known() -> None:
    with pytest.raises(ValueError, match=r"No prompt 'explain.9'. There are: explain.1, explain.2"):
        explain.prompt("explain.9")


def test_a_way_of_saying_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one group"):
        explain.Phrase()
