"""Golden values of universal self-knowledge distillation, whose student is its logits and, beside them, its middle.

Run as `python tools/golden/universal_self.py`, or with `--check` to verify the file that is there.

Every row is ranked by sorting a list, and the weak head's weights are in each case.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normals, seeded
from soft_label import NO_CLASS


def uskd(case: Case) -> torch.Tensor:
    """alpha · target + beta · others + mu · weak of each row, whose labels are of one class."""
    return of_shares(case, [{label: 1.0} for label in case.labels.tolist()])


def uskd_mixed(case: Case) -> torch.Tensor:
    """The same of rows whose teacher holds each class's share."""
    shares = case.teacher[:, : case.config["classes"]].tolist()
    return of_shares(case, [{label: share for label, share in enumerate(row) if share > 0.0} for row in shares])


def of_shares(case: Case, named: list[dict[int, float]]) -> torch.Tensor:
    """The loss of rows that name these classes, each with its share."""
    config, dtype = case.config, case.student.dtype
    classes, channels = config["classes"], config["channels"]
    logits, middle = case.student[:, :classes], case.student[:, classes:]
    weight = torch.tensor(config["weight"], dtype=dtype).reshape(channels, classes)
    weak = middle @ weight + torch.tensor(config["bias"], dtype=dtype)
    # Each row's classes, the one with the larger share first; of the second the mean is over the rows that have one.
    ordered = [sorted(shares, key=lambda label: -shares[label]) for shares in named]
    means = [certainty(logits, [(row, labels[k]) for row, labels in enumerate(ordered) if len(labels) > k]) for k in (0, 1)]
    rows = []
    for row, labels in enumerate(ordered):
        target = sum(
            (F.softmax(logits[row].detach(), dim=0)[label] ** 2 + named[row][label] - means[k])
            * -F.log_softmax(logits[row], dim=0)[label]
            for k, label in enumerate(labels)
        )
        others = non_target(logits[row], weak[row].detach(), labels)
        smooth = torch.full([classes], 0.1 / classes, dtype=dtype)
        for label in labels:
            smooth[label] += 0.9 * named[row][label]
        supervised = F.cross_entropy(weak[row], smooth)
        rows.append(config["alpha"] * target + config["beta"] * others + config["mu"] * supervised)
    return torch.stack(rows)


def certainty(logits: torch.Tensor, places: list[tuple[int, int]]) -> torch.Tensor | float:
    """The mean of s² at these rows and classes."""
    squares = [F.softmax(logits[row].detach(), dim=0)[label] ** 2 for row, label in places]
    return torch.stack(squares).mean() if squares else 0.0


def non_target(logits: torch.Tensor, weak: torch.Tensor, labels: list[int]) -> torch.Tensor:
    """The cross-entropy of the other classes among themselves, with shares by place."""
    kept = [index for index in range(len(logits)) if index not in labels and logits[index] > NO_CLASS]
    scores = relative(logits.detach(), labels) + relative(weak, labels)
    ranked = sorted((index for index in range(len(logits)) if logits[index] > NO_CLASS), key=lambda i: -scores[i].item())
    gaps = [(scores[a] - scores[b]) / scores[a] for a, b in zip(ranked, ranked[1:])]
    if min(gaps) < 1e-4:
        raise TooClose
    shares = torch.tensor([1.0 / (ranked.index(index) + 1) for index in kept], dtype=logits.dtype)
    return -(shares / shares.sum() * F.log_softmax(logits[kept], dim=0)).sum()


def relative(logits: torch.Tensor, labels: list[int]) -> torch.Tensor:
    """p_i / (1 − that of the labels), the divisor summed up."""
    p = F.softmax(logits.double(), dim=0)
    return p / torch.stack([p[index] for index in range(len(p)) if index not in labels]).sum()


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


def mixed_case(name: str, rows: int, classes: int, channels: int, alone: list[int] = [], **weights) -> Case:
    """Samples mixed of their own class and another, by shares of their own; those `alone` are of one class."""
    attempt = 0
    while True:
        source = seeded(f"{name} {attempt}")
        made = drawn(name, source, rows, classes, channels, weights)
        for row, label in enumerate(made.labels.tolist()):
            share = 1.0 if row in alone else source.randrange(1, 16) / 16
            other = (label + source.randrange(1, classes)) % classes
            made.teacher[row, label] += share
            made.teacher[row, other] += 1.0 - share
        made.labels = None
        try:
            uskd_mixed(made)
            return made
        except TooClose:
            attempt += 1


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


def mixed_cases() -> list[Case]:
    return [
        mixed_case("all_mixed", 8, 10, 4),
        mixed_case("cifar_weights", 8, 10, 4, alpha=0.1, beta=0.1, mu=0.1),
        mixed_case("target_alone", 8, 10, 4, beta=0.0, mu=0.0),
        mixed_case("others_alone", 8, 10, 4, alpha=0.0, beta=1.0, mu=0.0),
        mixed_case("weak_alone", 8, 10, 4, alpha=0.0, beta=0.0, mu=1.0),
        mixed_case("some_alone", 8, 10, 4, alone=[1, 2, 6], beta=1.0, mu=0.1),
        mixed_case("one_row", 1, 10, 4, beta=1.0),
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
            ),
            Golden(
                "universal_self_mixed.json",
                "the same with the shares of two classes, in the first columns of `teacher`: the first part a sum over the two, "
                "each with its share in the place of 1 and its own mean over the rows that have it, the larger share first; "
                "the second over the classes that are neither; the third with 0.9 * shares + 0.1 / classes",
                uskd_mixed,
                mixed_cases(),
            ),
        ],
    )
