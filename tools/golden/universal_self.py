"""Golden values of universal self-knowledge distillation, whose student is its logits and, beside them, its middle.

Run as `python tools/golden/universal_self.py`, or with `--check` to verify the file that is there.

Every row is ranked by sorting a list, and the weak head's weights are in each case.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normals, seeded
from soft_label import NO_CLASS


def uskd(case: Case) -> torch.Tensor:
    """alpha · target + beta · others + mu · weak of each row."""
    config, dtype = case.config, case.student.dtype
    classes, channels = config["classes"], config["channels"]
    logits, middle = case.student[:, :classes], case.student[:, classes:]
    weight = torch.tensor(config["weight"], dtype=dtype).reshape(channels, classes)
    weak = middle @ weight + torch.tensor(config["bias"], dtype=dtype)
    certain = F.softmax(logits.detach(), dim=1)[range(len(logits)), case.labels]
    soft_target = certain**2 + 1.0 - (certain**2).mean()
    rows = []
    for row, label in enumerate(case.labels.tolist()):
        target = soft_target[row] * F.cross_entropy(logits[row], case.labels[row])
        others = non_target(logits[row], weak[row].detach(), label)
        supervised = F.cross_entropy(weak[row], case.labels[row], label_smoothing=0.1)
        rows.append(config["alpha"] * target + config["beta"] * others + config["mu"] * supervised)
    return torch.stack(rows)


def non_target(logits: torch.Tensor, weak: torch.Tensor, label: int) -> torch.Tensor:
    """The cross-entropy of the other classes among themselves, with shares by place."""
    kept = [index for index in range(len(logits)) if index != label and logits[index] > NO_CLASS]
    scores = relative(logits.detach(), label) + relative(weak, label)
    ranked = sorted((index for index in range(len(logits)) if logits[index] > NO_CLASS), key=lambda i: -scores[i].item())
    gaps = [(scores[a] - scores[b]) / scores[a] for a, b in zip(ranked, ranked[1:])]
    if min(gaps) < 1e-4:
        raise TooClose
    shares = torch.tensor([1.0 / (ranked.index(index) + 1) for index in kept], dtype=logits.dtype)
    return -(shares / shares.sum() * F.log_softmax(logits[kept], dim=0)).sum()


def relative(logits: torch.Tensor, label: int) -> torch.Tensor:
    """p_i / (1 − p_label), the divisor summed up."""
    p = F.softmax(logits.double(), dim=0)
    return p / torch.cat([p[:label], p[label + 1 :]]).sum()


class TooClose(Exception):
    """Two classes have scores that single precision may put in another order."""


def case(name: str, rows: int, classes: int, channels: int, **weights) -> Case:
    """A case in which the places are clear in either precision: it is drawn anew until they are."""
    attempt = 0
    while True:
        made = drawn(name, seeded(f"{name} {attempt}"), rows, classes, channels, weights)
        try:
            uskd(made)
            return made
        except TooClose:
            attempt += 1


def drawn(name: str, source, rows: int, classes: int, channels: int, weights: dict, deviation: float = 2.0) -> Case:
    """Labels of which most are the network's own choice, and a weak head of any weights."""
    logits = normals(source, [rows, classes], deviation)
    middle = normals(source, [rows, channels])
    labels = logits.argmax(dim=1)
    for row in range(0, rows, 3):
        labels[row] = source.randrange(classes)
    config = {"channels": channels, "classes": classes, "alpha": 1.0, "beta": 0.1, "mu": 0.005} | weights
    config["weight"] = normals(source, [channels, classes], 0.5).flatten().tolist()
    config["bias"] = normals(source, [classes], 0.5).tolist()
    student = as_float32(torch.cat([logits, middle], dim=1))
    return Case(name, config, student, torch.zeros_like(student), labels)


def excluded_case() -> Case:
    """The network rules out class 2 of every row, which the weak head knows nothing of."""
    made = case("excluded", 6, 8, 3)
    made.labels[made.labels == 2] = 5
    made.student[:, 2] = NO_CLASS
    return made


def sure_case() -> Case:
    """A network that is sure of its labels by more than single precision can tell from certain."""
    made = case("sure", 6, 8, 3, alpha=0.5, beta=1.0, mu=0.1)
    for row, label in enumerate(made.labels.tolist()):
        made.student[row, label] += 25.0
    made.student = as_float32(made.student)
    return made


def cases() -> list[Case]:
    return [
        case("imagenet_weights", 8, 10, 4),
        case("cifar_weights", 8, 10, 4, alpha=0.1, beta=0.1, mu=0.1),
        case("target_alone", 8, 10, 4, beta=0.0, mu=0.0),
        case("others_alone", 8, 10, 4, alpha=0.0, beta=1.0, mu=0.0),
        case("weak_alone", 8, 10, 4, alpha=0.0, beta=0.0, mu=1.0),
        case("more_classes", 4, 30, 12, alpha=0.1, beta=0.1, mu=0.1),
        case("two_classes", 5, 2, 3, beta=1.0),
        case("one_row", 1, 10, 4, beta=1.0),
        excluded_case(),
        sure_case(),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "universal_self.json",
                "alpha * (s_y^2 + 1 - its mean over the batch, detached) * cross_entropy(logits, labels) + beta * "
                "cross-entropy of log_softmax over the other classes with 1 / place, by sorted() of softmax / (1 - that of "
                "the label) of logits and weak head, over its sum + mu * cross_entropy(weak head, labels, "
                "label_smoothing=0.1); gradient for logits and middle by torch.autograd; float64 on float32 inputs",
                uskd,
                cases(),
            )
        ],
    )
