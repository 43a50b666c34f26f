"""When not to: deciding whether to fine-tune. Data only."""

from quizzes.engine.model import Option, Proof, Question

QUESTIONS = (
    Question(
        id="when_not_to.how-much-data",
        serves=("check.4",),
        concept="deciding",
        difficulty="easy",
        kind="single",
        stem="Your pictures resemble the pretraining pictures. For which number of labelled "
        "pictures is the gain of fine-tuning over training from scratch the largest?",
        options=(
            Option(
                "a",
                "None: without any labels it gains most.",
                "Without labels there is nothing to train the head on.",
            ),
            Option("b", "A few hundred.", "Right: too few to learn from scratch, enough to adapt."),
            Option(
                "c",
                "Ten million, because a large model needs that many to be adapted.",
                "With so many, training from scratch gets there too: the gain shrinks.",
            ),
            Option("d", "It is the same for any number.", "The gain shrinks as the number grows."),
        ),
        key="b",
        solution=(
            "From scratch, all features must be learned from your pictures: that takes very many.",
            "Fine-tuning brings the features with it and needs pictures only to adapt them.",
            "So the gap is widest with few pictures, and closes as they become plenty.",
        ),
        hint="When would a network from scratch be in most trouble?",
        mistakes=("Thinking that fine-tuning needs as many pictures as pretraining did.",),
        source="Kornblith, Shlens, Le 2019, Do Better ImageNet Models Transfer Better?: "
        "https://arxiv.org/abs/1805.08974",
    ),
    Question(
        id="when_not_to.small-and-similar",
        serves=("expert.1",),
        concept="deciding",
        difficulty="medium",
        kind="single",
        stem="A rule of thumb from Stanford's CS231n: your data set is *small* and *similar* to "
        "the pretraining data. What does it recommend?",
        options=(
            Option("a", "Train a network from scratch.", "Small data is where that does worst."),
            Option(
                "b",
                "Fine-tune the whole network at a high rate.",
                "With few pictures that overfits, and wipes out good features.",
            ),
            Option(
                "c",
                "A linear classifier on early features, since late ones are too special.",
                "That is its advice for small and *very different* data.",
            ),
            Option(
                "d",
                "A linear classifier on the last features.",
                "Right: the features fit, and there is little to overfit with.",
            ),
        ),
        key="d",
        solution=(
            "Similar data: the last features describe your pictures well.",
            "Small data: fine-tuning many weights would overfit.",
            "So train a linear classifier on the last features, and look how far it gets.",
        ),
        hint="Similar: which features fit? Small: how many weights can you afford?",
        mistakes=("Fine-tuning everything before knowing what a probe achieves.",),
        source="CS231n, Transfer Learning: https://cs231n.github.io/transfer-learning/",
    ),
    Question(
        id="when_not_to.large-and-similar",
        concept="deciding",
        difficulty="medium",
        kind="single",
        stem="The same rule of thumb (CS231n): your data set is *large* and *similar* to the "
        "pretraining data. What does it recommend?",
        options=(
            Option(
                "a",
                "Fine-tune through the full network.",
                "Right: with many pictures there is little danger of overfitting.",
            ),
            Option(
                "b",
                "A linear classifier only, to be safe from overfitting.",
                "Safe, but it leaves unused what many pictures could teach.",
            ),
            Option(
                "c",
                "Throw away pictures until the set is small.",
                "Nothing is gained by knowing less.",
            ),
            Option(
                "d",
                "Train from scratch, because pretrained weights can only do harm with many "
                "pictures.",
                "They do no harm: they are a good start, and cost nothing.",
            ),
        ),
        key="a",
        solution=(
            "Similar data: the pretrained weights are a good start.",
            "Large data: many weights can be adapted without overfitting.",
            "So fine-tune through the whole network.",
        ),
        hint="What does a large set allow that a small one does not?",
        mistakes=("Taking 'few pictures: freeze' for a rule for every size.",),
        source="CS231n, Transfer Learning: https://cs231n.github.io/transfer-learning/",
    ),
    Question(
        id="when_not_to.speaks-for-scratch",
        serves=("not.1",),
        concept="deciding",
        difficulty="hard",
        kind="multiple",
        stem="Which of these speak *for* training from scratch and against fine-tuning?",
        options=(
            Option(
                "a",
                "You have two million labelled pictures, and the computers for them.",
                "Yes: with plenty of data the head start of pretraining shrinks to nothing.",
            ),
            Option(
                "b",
                "You have 300 labelled pictures.",
                "Few pictures are the best reason for pretrained features.",
            ),
            Option(
                "c",
                "Your inputs are 12-channel radar maps, with no pretrained model for them.",
                "Yes: unlike photos in channels and content, so little can be carried over.",
            ),
            Option(
                "d",
                "The result is needed today, on a laptop.",
                "Little time speaks for a probe or a short fine-tuning.",
            ),
        ),
        key="ac",
        solution=(
            "Pretraining pays when data or time is short and its features fit.",
            "Plenty of data removes the first reason, an unrelated domain the second.",
            "In doubt, measure all three: probe, fine-tuning, scratch.",
        ),
        hint="When does the head start shrink, and when does it lead elsewhere?",
        mistakes=("Deciding by habit instead of by data size and similarity.",),
        source="He, Girshick, Dollár 2019: https://arxiv.org/abs/1811.08883; CS231n, Transfer "
        "Learning: https://cs231n.github.io/transfer-learning/",
    ),
    Question(
        id="when_not_to.torch.grey-input",
        concept="deciding",
        difficulty="hard",
        framework="pytorch",
        kind="predict_output",
        stem="""Grey microscope pictures have one channel, the pretrained first convolution wants three. What does
this print?

```python
grey = torch.rand(2, 1, 9, 9)
three = nn.Conv2d(3, 8, 3, bias=False)
one = nn.Conv2d(1, 8, 3, bias=False)
one.weight.data = three.weight.data.sum(dim=1, keepdim=True)
print(torch.allclose(three(grey.repeat(1, 3, 1, 1)), one(grey), atol=1e-5))
```""",
        options=(
            Option(
                "a",
                "`False`",
                "Write out the sum over channels: the same grey value can be taken out.",
            ),
            Option(
                "b", "`True`", "Right: repeating the channel and summing the filters are the same."
            ),
            Option(
                "c",
                "An error: the shapes of the weights differ",
                "`keepdim=True` leaves (8, 1, 3, 3), which is what one channel needs.",
            ),
        ),
        key="b",
        solution=(
            "A convolution adds up weight × value over the channels.",
            "If all three values are equal, that is (sum of the weights) × value.",
            "So a far domain with one channel can still use the pretrained filters, at a third of "
            "the work in that layer.",
        ),
        hint="w₁·g + w₂·g + w₃·g = ?",
        mistakes=("Throwing the first layer away because the number of channels differs.",),
        proofs=(Proof("evidence = printed(STEM)", "pytorch"),),
    ),
)
