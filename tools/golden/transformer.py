"""Golden values of the losses between transformers: DistilBERT, TinyBERT, MiniLM, MiniLMv2 and MarginMSE.

A row holds all that one side shows of a sequence, one part after the other; masks, tokens and projectors are in the config.
Padding is cut out here before anything is computed, sequence by sequence. Run as `python tools/golden/transformer.py`, or with
`--check` to verify the files that are there.
"""

import math
import random

import torch
import torch.nn.functional as F

from golden import Case, Golden, main, normal, normals, seeded


def cut(rows: torch.Tensor, shapes: list[list[int]]) -> list[torch.Tensor]:
    """The parts of these shapes that each row holds."""
    parts = rows.split([math.prod(shape) for shape in shapes], dim=1)
    return [part.reshape(-1, *shape) for part, shape in zip(parts, shapes)]


def sides(case: Case, shapes) -> list[list[torch.Tensor]]:
    """The student's parts and the teacher's; `shapes(side)` names them."""
    return [cut(rows, shapes(side)) for rows, side in ((case.student, "student"), (case.teacher, "teacher"))]


def counted(case: Case, sequence: int) -> torch.Tensor:
    """The numbers of a sequence's tokens that are no padding."""
    return torch.tensor([place for place, counts in enumerate(case.config["attended"][sequence]) if counts], dtype=torch.long)


def distil_bert(case: Case) -> torch.Tensor:
    """Each sequence's share of the means over the batch's tokens, and a proof that these are what `distiller.py` computes."""
    c = case.config
    (logits, hidden), (t_logits, t_hidden) = sides(case, lambda _: [[c["seq"], c["vocab"]], [c["seq"], c["hidden"]]])
    attended, asked = torch.tensor(c["attended"]), torch.tensor(c["asked"]) & torch.tensor(c["attended"])
    labels = torch.tensor(c["tokens"]).masked_fill(~asked, -100)
    softened, T = asked if c["soft_tokens"] == "Asked" else attended, c["temperature"]

    def share(values: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return torch.where(mask, values, 0.0).sum(1) * len(values) / max(mask.sum().item(), 1)

    kl = F.kl_div(F.log_softmax(logits / T, -1), F.softmax(t_logits / T, -1), reduction="none").sum(-1) * T**2
    mlm = F.cross_entropy(logits.transpose(1, 2), labels, reduction="none")
    cosine = 1 - F.cosine_similarity(hidden, t_hidden, dim=-1)
    values = c["soft"] * share(kl, softened) + c["mlm"] * share(mlm, asked) + c["cosine"] * share(cosine, attended)

    if asked.any() and logits.dtype == torch.float64:
        selected = [x[softened] / T for x in (logits, t_logits)]
        loss = c["soft"] * torch.nn.KLDivLoss(reduction="batchmean")(selected[0].log_softmax(-1), selected[1].softmax(-1)) * T**2
        loss = loss + c["mlm"] * torch.nn.CrossEntropyLoss(ignore_index=-100)(logits.flatten(0, 1), labels.flatten())
        target = torch.ones(int(attended.sum()), dtype=logits.dtype)
        loss = loss + c["cosine"] * torch.nn.CosineEmbeddingLoss()(hidden[attended], t_hidden[attended], target)
        torch.testing.assert_close(values.mean(), loss, rtol=1e-11, atol=1e-11)
    return values


def tiny_bert(case: Case) -> torch.Tensor:
    """The sum over layers of means of squares over the tokens that count, and the cross-entropy of the answers."""
    c = case.config

    def shapes(side: str) -> list[list[int]]:
        layers, width = c[f"{side}_layers"], c[f"{side}_width"]
        return [[c["seq"], width]] * (layers + 1) + [[c["heads"], c["seq"], c["seq"]]] * layers + [[c["classes"]]]

    student, teacher = sides(case, shapes)
    (s_hidden, s_scores), (t_hidden, t_scores) = (
        (side[: c[f"{name}_layers"] + 1], side[c[f"{name}_layers"] + 1 : -1])
        for side, name in ((student, "student"), (teacher, "teacher"))
    )
    pairs = [(0, 0), *enumerate(c["layers"], 1)]
    values = []
    for sequence in range(len(case.student)):
        tokens, value = counted(case, sequence), case.student.new_zeros(())
        for layer, of_teacher in pairs if len(tokens) else []:
            s, t = s_hidden[layer][sequence, tokens], t_hidden[of_teacher][sequence, tokens]
            if c["projectors"]:
                numbers = c["projectors"][layer if len(c["projectors"]) > 1 else 0]
                s = s @ torch.tensor(numbers, dtype=s.dtype).reshape(s.shape[1], t.shape[1])
            value = value + (c["hidden"] if layer else c["embedding"]) * F.mse_loss(s, t)
            if layer:
                s, t = (
                    torch.where(x <= -1e2, torch.zeros_like(x), x)[:, tokens][:, :, tokens]
                    for x in (s_scores[layer - 1][sequence], t_scores[of_teacher - 1][sequence])
                )
                value = value + c["attention"] * F.mse_loss(s, t)
        s, t = (side[-1][sequence] / c["temperature"] for side in (student, teacher))
        values.append(value + c["prediction"] * F.cross_entropy(s, t.softmax(-1)))
    return torch.stack(values)


def relation_kl(s: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """The mean over heads and tokens of KL(softmax(t) || softmax(s)); `[heads, tokens, tokens]`."""
    return F.kl_div(F.log_softmax(s, -1), F.log_softmax(t, -1), log_target=True, reduction="none").sum(-1).mean()


def likeness(x: torch.Tensor) -> torch.Tensor:
    """Scaled products of vectors `[heads, tokens, width]` with one another."""
    return x @ x.transpose(1, 2) / math.sqrt(x.shape[2])


def mini_lm(case: Case) -> torch.Tensor:
    """KL between attentions, and between relations of values."""
    c = case.config
    student, teacher = sides(
        case, lambda side: [[c["heads"], c["seq"], c["seq"]], [c["heads"], c["seq"], c[f"{side}_head"]]]
    )
    values = []
    for sequence in range(len(case.student)):
        tokens, value = counted(case, sequence), case.student.new_zeros(())
        if len(tokens):
            s, t = (scores[sequence][:, tokens][:, :, tokens] for scores, _ in (student, teacher))
            value = value + c["attention"] * relation_kl(s, t)
            s, t = (likeness(vectors[sequence][:, tokens]) for _, vectors in (student, teacher))
            value = value + c["values"] * relation_kl(s, t)
        values.append(value)
    return torch.stack(values)


def mini_lm_v2(case: Case) -> torch.Tensor:
    """KL between the relations of queries, of keys and of values, all heads in a row parted anew."""
    c = case.config
    student, teacher = sides(case, lambda side: [[c[f"{side}_heads"], c["seq"], c[f"{side}_head"]]] * 3)
    values = []
    for sequence in range(len(case.student)):
        tokens, value = counted(case, sequence), case.student.new_zeros(())
        for what, s, t in zip(("queries", "keys", "values"), student, teacher) if len(tokens) else []:
            s, t = (
                torch.stack(torch.cat(list(x[sequence][:, tokens]), -1).chunk(c["relation_heads"], -1)) for x in (s, t)
            )
            value = value + c[what] * relation_kl(likeness(s), likeness(t))
        values.append(value)
    return torch.stack(values)


def margin_mse(case: Case) -> torch.Tensor:
    """The mean over negatives of the squared difference of margins; the first number of a row is the positive's score."""
    s, t = (side[:, :1] - side[:, 1:] for side in (case.student, case.teacher))
    return F.mse_loss(s, t, reduction="none").mean(1)


# Sequences with padding before them, where `mask` puts none: there alone, behind as well, and within as well.
LEFT = [[False, False, True, True], [False, True, True, False], [False, True, False, True]]


def mask(source: random.Random, rows: int, seq: int, share: float, padded: int = 0) -> list[list[bool]]:
    """True for a share of the tokens, the first of each row always; the last `padded` rows are false throughout."""
    rolled = [[place == 0 or source.random() < share for place in range(seq)] for _ in range(rows)]
    return [row if number < rows - padded else [False] * seq for number, row in enumerate(rolled)]


def distil_case(name: str, rows: int, seq: int, vocab: int, hidden: int, share=0.7, asked=0.4, padded=0, **config) -> Case:
    source = seeded(f"distil_bert {name}")
    config = {
        "seq": seq,
        "vocab": vocab,
        "hidden": hidden,
        "attended": mask(source, rows, seq, share, padded),
        "asked": [[source.random() < asked for _ in range(seq)] for _ in range(rows)],
        "tokens": [[source.randrange(vocab) for _ in range(seq)] for _ in range(rows)],
        **{"soft": 5.0, "mlm": 2.0, "cosine": 1.0, "temperature": 2.0, "soft_tokens": "Attended"},
        **config,
    }
    width = seq * (vocab + hidden)
    return Case(name, config, normal(source, rows, width), normal(source, rows, width))


def tiny_case(name: str, rows: int, seq: int, layers: list[int], teacher_layers: int, widths: list[int], **config) -> Case:
    source = seeded(f"tiny_bert {name}")
    shared, share = config.pop("shared", True), config.pop("share", 0.7)
    projectors = 0 if widths[0] == widths[1] else 1 if shared else len(layers) + 1
    c = {
        "layers": layers,
        "student_layers": len(layers),
        "teacher_layers": teacher_layers,
        "student_width": widths[0],
        "teacher_width": widths[1],
        "seq": seq,
        "heads": 2,
        "classes": 3,
        "attended": mask(source, rows, seq, share, config.pop("padded", 0)),
        "projectors": [normals(source, [math.prod(widths)], 0.3).tolist() for _ in range(projectors)],
        **{"embedding": 1.0, "hidden": 1.0, "attention": 1.0, "prediction": 0.0, "temperature": 1.0},
        **config,
    }

    def side(layers: int, width: int) -> torch.Tensor:
        hidden = normal(source, rows, (layers + 1) * seq * width, 1.0)
        scores = normal(source, rows, layers * c["heads"] * seq * seq, 2.0)
        # Some are masked as models do it.
        scores[torch.tensor([[source.random() < 0.1 for _ in row] for row in scores.tolist()], dtype=torch.bool)] -= 10000.0
        return torch.cat([hidden, scores, normal(source, rows, c["classes"])], 1)

    return Case(name, c, side(len(layers), widths[0]), side(teacher_layers, widths[1]))


def mini_case(name: str, rows: int, seq: int, heads: int, head: list[int], share=0.7, padded=0, **config) -> Case:
    source = seeded(f"mini_lm {name}")
    config = {
        "heads": heads,
        "student_head": head[0],
        "teacher_head": head[1],
        "seq": seq,
        "attended": mask(source, rows, seq, share, padded),
        **{"attention": 1.0, "values": 1.0},
        **config,
    }
    return Case(name, config, *(normal(source, rows, heads * seq * (seq + width), 1.5) for width in head))


def mini_v2_case(name: str, rows: int, seq: int, heads: list[int], head: list[int], parts: int, **config) -> Case:
    source = seeded(f"mini_lm_v2 {name}")
    config = {
        **{f"{side}_heads": number for side, number in zip(("student", "teacher"), heads)},
        **{f"{side}_head": width for side, width in zip(("student", "teacher"), head)},
        "relation_heads": parts,
        "seq": seq,
        "attended": mask(source, rows, seq, config.pop("share", 0.7), config.pop("padded", 0)),
        **{"queries": 1.0, "keys": 1.0, "values": 1.0},
        **config,
    }
    return Case(name, config, *(normal(source, rows, 3 * seq * n * width, 1.5) for n, width in zip(heads, head)))


def margin_case(name: str, rows: int, negatives: int) -> Case:
    source = seeded(f"margin_mse {name}")
    return Case(name, {}, normal(source, rows, 1 + negatives), normal(source, rows, 1 + negatives))


if __name__ == "__main__":
    by_torch = "gradient by torch.autograd; float64 on float32 inputs"
    main(
        __file__,
        [
            Golden(
                "distil_bert.json",
                "each sequence's share of the means over the batch's tokens of temperature^2 * F.kl_div, F.cross_entropy and 1 - "
                f"F.cosine_similarity, checked against the losses of distiller.py on masked_select; {by_torch}",
                distil_bert,
                [
                    distil_case("default", 4, 5, 7, 4),
                    distil_case("soft_of_those_asked_for", 4, 5, 7, 4, soft_tokens="Asked"),
                    distil_case("no_padding", 3, 4, 10, 6, share=1.0, asked=0.15),
                    distil_case("one_token", 1, 1, 47, 3, asked=1.0),
                    distil_case("nothing_asked_for", 3, 4, 5, 4, asked=0.0),
                    distil_case("nothing_asked_for_soft_of_those", 3, 4, 5, 4, asked=0.0, soft_tokens="Asked"),
                    distil_case("a_sequence_of_padding", 3, 4, 5, 4, padded=1),
                    distil_case("t1", 3, 4, 5, 4, temperature=1.0),
                    distil_case("soft_alone", 3, 4, 5, 4, mlm=0.0, cosine=0.0),
                    distil_case("mlm_alone", 3, 4, 5, 4, soft=0.0, cosine=0.0),
                    distil_case("cosine_alone", 3, 4, 5, 4, soft=0.0, mlm=0.0),
                    distil_case("padded_on_the_left", 3, 4, 5, 4, attended=LEFT),
                ],
            ),
            Golden(
                "tiny_bert.json",
                "sum over the embeddings and layers of F.mse_loss of hidden states and of scores with those <= -1e2 at 0, padding "
                f"cut out, plus F.cross_entropy with soft targets; {by_torch}",
                tiny_bert,
                [
                    tiny_case("default", 3, 4, [2, 4], 4, [3, 3]),
                    tiny_case("one_projector", 3, 4, [2, 4], 4, [3, 5]),
                    tiny_case("a_projector_each", 3, 4, [1, 3], 3, [3, 5], shared=False),
                    tiny_case("no_padding", 2, 3, [1], 1, [4, 4], share=1.0),
                    tiny_case("one_token", 1, 1, [2], 2, [4, 2]),
                    tiny_case("a_sequence_of_padding", 3, 4, [2], 2, [3, 3], padded=1, prediction=0.5),
                    tiny_case("weights", 3, 4, [2], 2, [3, 3], embedding=0.5, hidden=2.0, attention=0.1, prediction=1.5),
                    tiny_case("answers", 4, 2, [1], 1, [2, 2], embedding=0.0, hidden=0.0, attention=0.0, prediction=1.0),
                    tiny_case("answers_t2", 4, 2, [1], 1, [2, 2], embedding=0.0, hidden=0.0, attention=0.0, prediction=1.0, temperature=2.0),
                    tiny_case("padded_on_the_left", 3, 4, [1, 3], 3, [3, 5], attended=LEFT),
                ],
            ),
            Golden(
                "mini_lm.json",
                f"F.kl_div of softmaxed scores, and of softmax(V V^T / sqrt(head)), padding cut out; {by_torch}",
                mini_lm,
                [
                    mini_case("default", 3, 5, 2, [3, 4]),
                    mini_case("no_padding", 2, 4, 3, [2, 2], share=1.0),
                    mini_case("one_token", 1, 1, 2, [3, 4]),
                    mini_case("two_tokens", 2, 2, 1, [8, 2], share=1.0),
                    mini_case("a_sequence_of_padding", 3, 4, 2, [3, 3], padded=1),
                    mini_case("weights", 3, 4, 2, [3, 4], attention=0.3, values=2.0),
                    mini_case("attention_alone", 3, 4, 2, [3, 4], values=0.0),
                    mini_case("values_alone", 3, 4, 2, [3, 4], attention=0.0),
                    mini_case("padded_on_the_left", 3, 4, 2, [3, 4], attended=LEFT),
                ],
            ),
            Golden(
                "mini_lm_v2.json",
                "sum over queries, keys and values of F.kl_div of softmax(X X^T / sqrt(width)) of relation heads, padding cut out; "
                f"{by_torch}",
                mini_lm_v2,
                [
                    mini_v2_case("default", 3, 5, [2, 4], [4, 4], 4),
                    mini_v2_case("one_relation_head", 2, 4, [2, 3], [2, 2], 1),
                    mini_v2_case("as_the_heads_are", 2, 4, [2, 2], [3, 3], 2, share=1.0),
                    mini_v2_case("across_heads", 2, 3, [2, 3], [3, 4], 6),
                    mini_v2_case("one_token", 1, 1, [2, 2], [2, 2], 2),
                    mini_v2_case("a_sequence_of_padding", 3, 4, [1, 2], [4, 4], 2, padded=1),
                    mini_v2_case("weights", 3, 4, [1, 2], [4, 4], 2, queries=0.5, keys=0.0, values=2.0),
                    mini_v2_case("padded_on_the_left", 3, 4, [2, 3], [6, 2], 3, attended=LEFT),
                ],
            ),
            Golden(
                "margin_mse.json",
                f"F.mse_loss of margins, mean over negatives; {by_torch}",
                margin_mse,
                [margin_case("default", 8, 1), margin_case("several_negatives", 5, 4), margin_case("one_query", 1, 7)],
            ),
        ],
    )
