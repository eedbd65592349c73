"""Golden values of BYOT: labels at every exit, and the deepest exit's answers and features for the others. And of labels alone.

In byot.json a row holds a sample's logits at all exits, and then its features at all exits, shallow to deep; adapters are in the config.
Run as `python tools/golden/byot.py`, or with `--check` to verify the files that are there.
"""

import math
import random

import torch
import torch.nn.functional as F

from golden import Case, Golden, main, normal, normals, seeded


def byot(case: Case) -> torch.Tensor:
    """The weighted sum over exits; the deepest teaches as a constant, and learns from the labels alone."""
    config, shapes = case.config, case.config["shapes"]
    sizes = [config["classes"]] * len(shapes) + [math.prod(shape) for shape in shapes]
    parts = case.student.split(sizes, dim=1)
    logits, features = parts[: len(shapes)], parts[len(shapes) :]
    weights = config["weights"] or [1.0] * len(shapes)
    temperature, alpha, beta = config["temperature"], config["alpha"], config["beta"]
    target = (logits[-1] / temperature).softmax(1).detach()

    total = weights[-1] * F.cross_entropy(logits[-1], case.labels, reduction="none")
    for exit in range(len(shapes) - 1):
        hard = F.cross_entropy(logits[exit], case.labels, reduction="none")
        log_probs = (logits[exit] / temperature).log_softmax(1)
        soft = temperature**2 * F.kl_div(log_probs, target, reduction="none").sum(1)
        adapted = adapt(case, exit, features[exit])
        distance = (adapted - features[-1].detach()).pow(2).sum(1)
        total = total + weights[exit] * ((1 - alpha) * hard + alpha * soft + beta * distance)
    return total


def hard_label(case: Case) -> torch.Tensor:
    """Cross-entropy with the label alone."""
    return F.cross_entropy(case.student, case.labels, reduction="none")


def adapt(case: Case, exit: int, features: torch.Tensor) -> torch.Tensor:
    """The features times the exit's matrix, if there are any."""
    if not case.config["adapters"]:
        return features
    matrix = torch.tensor(case.config["adapters"][exit], dtype=features.dtype)
    return features @ matrix.reshape(features.shape[1], -1)


def byot_case(name: str, rows: int, classes: int, shapes: list[list[int]], **changes) -> Case:
    """Exits whose features have these shapes; an adapter for each if the shapes differ."""
    source = seeded(name)
    adapters = []
    if any(shape != shapes[-1] for shape in shapes):
        adapters = [normals(source, [shape[0] * shapes[-1][0]], 0.3).tolist() for shape in shapes[:-1]]
    config = {"classes": classes, "shapes": shapes, "adapters": adapters, "weights": []}
    config |= {"alpha": 0.1, "beta": 1e-6, "temperature": 3.0} | changes
    logits = normals(source, [rows, classes * len(shapes)], 3.0)
    features = normals(source, [rows, sum(map(math.prod, shapes))])
    return Case(name, config, torch.cat([logits, features], 1), torch.zeros(rows, 1).double(), labels(source, rows, classes))


def hard_label_case(name: str, rows: int, classes: int, deviation: float = 3.0, ruled_out: int = 0) -> Case:
    """Logits and labels; the last classes are ruled out, and no sample's label."""
    source = seeded(f"hard label {name}")
    student = normal(source, rows, classes, deviation)
    student[:, classes - ruled_out :] = -math.inf
    return Case(name, {}, student, torch.zeros(rows, 1).double(), labels(source, rows, classes - ruled_out))


def labels(source: random.Random, rows: int, classes: int) -> torch.Tensor:
    return torch.tensor([source.randrange(classes) for _ in range(rows)])


def cases() -> list[Case]:
    return [
        byot_case("default", 8, 10, [[6]] * 3),
        byot_case("features_count", 8, 10, [[6]] * 3, beta=0.1, alpha=0.3),
        byot_case("weights", 5, 3, [[6]] * 3, beta=0.1, weights=[0.25, 1.5, 2.0]),
        byot_case("no_weight_in_the_middle", 5, 3, [[6]] * 3, beta=0.1, weights=[1.0, 0.0, 1.0]),
        byot_case("answers_alone", 4, 10, [[6]] * 2, alpha=1.0, beta=0.0, temperature=1.0),
        byot_case("labels_alone", 4, 10, [[6]] * 4, alpha=0.0, beta=0.0),
        byot_case("maps", 3, 10, [[2, 3, 2]] * 3, beta=0.05, temperature=4.0),
        byot_case("tokens", 3, 10, [[5, 4]] * 2, beta=0.05, temperature=20.0, alpha=0.9),
        byot_case("adapters", 6, 10, [[4], [5], [7]], beta=0.2),
        byot_case("one_row", 1, 47, [[3]] * 3, beta=1.0, alpha=0.5, temperature=2.0),
    ]


def hard_label_cases() -> list[Case]:
    return [
        hard_label_case("default", 8, 10),
        hard_label_case("two_classes", 5, 2),
        hard_label_case("one_row", 1, 47),
        hard_label_case("nearly_even", 6, 10, deviation=0.01),
        hard_label_case("sure", 6, 10, deviation=40.0),
        hard_label_case("classes_that_do_not_exist", 4, 12, ruled_out=3),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "byot.json",
                "sum over exits of weight * ((1 - alpha) * F.cross_entropy + alpha * temperature^2 * F.kl_div(deepest.detach()) "
                "+ beta * squared distance to the deepest features.detach()), the deepest exit F.cross_entropy alone; gradient "
                "by torch.autograd; float64 on float32 inputs",
                byot,
                cases(),
            ),
            Golden(
                "hard_label.json",
                "F.cross_entropy(student, labels, reduction='none'); gradient by torch.autograd; float64 on float32 inputs",
                hard_label,
                hard_label_cases(),
            ),
        ],
    )
