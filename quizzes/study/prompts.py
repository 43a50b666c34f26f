"""What to explain back, and the ways of saying each concept that count. Data only."""

from __future__ import annotations

from quizzes.study.explain import Concept, Phrase, Prompt

_MODEL = "model network net$ backbone weights cnn"
_DATA = "data image picture photo example sample label"
_FEATURES = "feature knowledge pattern edge texture shape color colour filter representation"
_UPDATE = "updat chang train mov modif adjust learn alter adapt optimiz optimis"
_FREEZE = "freez froze"
_UNFREEZE = "unfreez unfroze thaw"
_EARLY = "early earl lower initial bottom"
_LATE = "late upper deeper final$ top$ topmost"
_FEW = "few little less$ small limit scarce hundred"
_MANY = "many much more lot$ lots large larger huge big bigger thousand million plenty enough"

START = Concept(
    "start",
    "it starts from a pretrained model",
    "Fine-tuning starts from a network that has already been trained on another, usually large, "
    "set of pictures.",
    (
        Phrase(("pretrain",)),
        Phrase((_MODEL, "train taught", "another other large big huge million imagenet already")),
        Phrase((_MODEL, "train taught", "somebody someone")),
        Phrase(("already existing", "train learned learnt", _MODEL)),
        Phrase(("start begin build", "learned learnt knows known knowledge trained")),
        Phrase(("transfer reuse reusing", _MODEL)),
        Phrase((_MODEL, "already", "see$ knows know recogni")),
        Phrase((), ("from_scratch",)),
    ),
)
ADAPT = Concept(
    "adapt",
    "it is trained further for a new task",
    "Some of its weights are trained a little further, on the pictures and labels of a new task.",
    (
        Phrase((_UPDATE + " retrain speciali", "new own your our specific target my$ else$")),
        Phrase(("replac swap", "head classifier layer output", _UPDATE + " retrain")),
        Phrase(("continu further", "train")),
    ),
)
REUSE = Concept(
    "reuse",
    "what was learned is reused",
    "The general features it has learned, such as edges, textures and shapes, are kept and reused.",
    (
        Phrase(
            (
                "reus keep kept retain preserv transfer carr share use$ uses$ using$ used$ build "
                "benefit",
                _FEATURES,
            )
        ),
        Phrase(("general generic basic universal", _FEATURES)),
        Phrase((_FEATURES, "useful help serve work appl")),
        Phrase((), ("learn relearn forget lose lost",), (_FEATURES,)),
        Phrase(("already", "knows know learned learnt recogni see$ sees$ detect", _FEATURES)),
    ),
)
BENEFIT = Concept(
    "benefit",
    "it gains accuracy from little data and time",
    "So good accuracy is reached with few labelled pictures, in little time.",
    (
        Phrase((_FEW, _DATA)),
        Phrase((), (_MANY,), (_DATA,)),
        Phrase(
            (
                "sav reduc less$ short faster quick cheap little minutes",
                "time comput resourc epoch cost gpu hour energy training$",
            )
        ),
        Phrase(("faster quicker quickly cheaper",)),
        Phrase(("better higher good high improv", "accura result perform")),
    ),
)
MEANING = Concept(
    "meaning",
    "frozen weights are not updated",
    "Training does not change the weights of a frozen layer; it still computes its features.",
    (
        Phrase((_FREEZE,), (_UPDATE + " gradient step",)),
        Phrase((_FREEZE, "fix fixed constant lock same still$ stay keep kept remain held hold")),
        Phrase((), (_UPDATE + " gradient touch",), ("weight parameter layer backbone base",)),
        Phrase(("requires_grad trainable", "false")),
        Phrase((_FREEZE, "optimizer optimiser training", "skip ignor leav")),
        Phrase((_FREEZE, "only", "head classifier rest", "train learn updat")),
    ),
)
REASON = Concept(
    "reason",
    "it protects what was learned, and saves work",
    "Freezing keeps the pretrained features safe from a random head and from overfitting on few "
    "pictures, and it saves time and memory.",
    (
        Phrase(("protect preserv keep kept retain safe", _FEATURES + " learned learnt pretrain")),
        Phrase((), ("overfit forget destroy wreck ruin overwrit damag spoil lose lost erase",)),
        Phrase(("less$ reduc lower fewer", "overfit forget risk danger")),
        Phrase(
            ("because since otherwise", "would could might", "overfit forget destroy ruin lose")
        ),
        Phrase(
            (
                "sav less$ reduc fewer faster cheaper quick",
                "time memory comput gradient cost training$ resourc",
            )
        ),
    ),
)
DEPTH = Concept(
    "depth",
    "early layers are general, late layers special",
    "Early layers hold general features and stay frozen; late layers are special to the old task "
    "and are the ones to unfreeze.",
    (
        Phrase((_EARLY, "general generic basic simple universal edge texture color colour")),
        Phrase((_LATE, "special specific task abstract object")),
        Phrase((_LATE, _UNFREEZE + " fine finetun retrain adapt train")),
        Phrase((_EARLY, "layer block", _FREEZE + " fixed keep kept")),
    ),
)
CHOICE = Concept(
    "choice",
    "data and similarity decide how many",
    "How many layers to unfreeze depends on how much data there is and how similar it is to the "
    "pretraining data.",
    (
        Phrase(
            ("similar alike resembl unlike", _DATA + " task domain pretrain imagenet freez layer")
        ),
        Phrase(("differ close closer far$", _DATA + " task domain", _UNFREEZE + " depend more")),
        Phrase((_FEW + " " + _MANY, _DATA, _UNFREEZE + " deeper depend", "layer freez unfreez")),
        Phrase((_FEW, _DATA, "more most everything", _FREEZE)),
        Phrase(("depend decid accord", _DATA + " similar domain size amount")),
        Phrase(("validation", "layer unfreez how", "best choose chosen decid pick many")),
    ),
)

PROMPTS: tuple[Prompt, ...] = (
    Prompt(
        id="explain.1",
        topic="pretrained",
        text="Explain to a friend what fine-tuning is and what it is used for. Three or four "
        "sentences.",
        concepts=(START, ADAPT, REUSE, BENEFIT),
        model_answer="Fine-tuning takes a network that was already trained on a large set of "
        "pictures and trains it a little further on your own task. The general features it has "
        "learned, such as edges and textures, are kept; a new head is put on, and some of the "
        "later weights are adjusted. So you reach good accuracy with few labelled pictures and "
        "in little time.",
    ),
    Prompt(
        id="explain.2",
        topic="freezing",
        text="Explain what it means to freeze layers, why one does it, and how one chooses which "
        "layers to freeze. Four or five sentences.",
        concepts=(MEANING, REASON, DEPTH, CHOICE),
        model_answer="A frozen layer still computes its features, but training does not change "
        "its weights. One freezes to protect what was learned from a random new head, to overfit "
        "less, and to save time. Early layers hold general features such as edges and stay "
        "frozen; late layers are special to the old task and are unfrozen first. How many depends "
        "on the data: the fewer pictures, and the more similar to the pretraining pictures, the "
        "more stays frozen.",
    ),
)
