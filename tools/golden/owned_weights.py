"""Golden values of the losses on maps with weights, the loss's own or a teacher's: MGD, ReviewKD, SimKD, SRRL and FT's
translator.

The weights are in each case's config. Run as `python tools/golden/owned_weights.py`, or with `--check` to verify the files
that are there.
"""

import math
import random

import torch
import torch.nn.functional as F

from golden import Case, Golden, main, normals, seeded


def masked_generative(case: Case) -> torch.Tensor:
    """The mean square of what two convolutions make of the part that is kept, less the teacher."""
    channels = case.student.shape[1]
    first, second = (weights(case, name).reshape(channels, channels, 3, 3) for name in ("first", "second"))
    first_bias, second_bias = (weights(case, name) for name in ("first_bias", "second_bias"))
    kept = weights(case, "kept").reshape(case.config["kept_shape"])
    hidden = F.relu(F.conv2d(case.student * kept, first, first_bias, padding=1))
    generated = F.conv2d(hidden, second, second_bias, padding=1)
    return (generated - case.teacher).pow(2).mean((1, 2, 3))


def review(case: Case) -> torch.Tensor:
    """The sum over levels of the context loss of the fused map. A row holds a sample's maps, one after the other."""
    student, teacher = maps(case.student, case.config["student"]), maps(case.teacher, case.config["teacher"])
    numbers = iter(weights(case, "weights"))

    def take(*shape: int) -> torch.Tensor:
        return torch.stack([next(numbers) for _ in range(math.prod(shape))]).reshape(shape)

    def norm(x: torch.Tensor) -> torch.Tensor:
        return F.batch_norm(x, None, None, take(x.shape[1]), take(x.shape[1]), training=True)

    hidden, y, value = case.config["hidden"], None, 0.0
    for s, t in list(zip(student, teacher))[::-1]:
        x = norm(F.conv2d(s, take(hidden, s.shape[1], 1, 1)))
        if y is not None:
            y = F.interpolate(y, x.shape[2:], mode="nearest")
            a = torch.sigmoid(F.conv2d(torch.cat([x, y], 1), take(2, 2 * hidden, 1, 1), take(2)))
            x = x * a[:, :1] + y * a[:, 1:]
        y = F.interpolate(x, t.shape[2:], mode="nearest")
        value = value + context(norm(F.conv2d(y, take(t.shape[1], hidden, 3, 3), padding=1)), t)
    assert next(numbers, None) is None
    return value


def context(s: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """The hierarchical context loss of square maps."""
    total, weight, sum_of_weights = (s - t).pow(2).mean((1, 2, 3)), 1.0, 1.0
    for level in (4, 2, 1):
        if level < s.shape[2]:
            weight /= 2
            pooled = F.adaptive_avg_pool2d(s, level) - F.adaptive_avg_pool2d(t, level)
            total, sum_of_weights = total + weight * pooled.pow(2).mean((1, 2, 3)), sum_of_weights + weight
    return total / sum_of_weights


def reused_classifier(case: Case) -> torch.Tensor:
    """The mean square of a 1x1 convolution of the student, less the teacher."""
    weight = weights(case, "projector").reshape(case.teacher.shape[1], case.student.shape[1])
    return (torch.einsum("oi,bihw->bohw", weight, case.student) - case.teacher).pow(2).mean((1, 2, 3))


def regression(case: Case) -> torch.Tensor:
    """alpha * the mean square of the features' difference + beta * that of what the head makes of their means."""
    head = weights(case, "head").reshape(case.student.shape[1], -1)
    s, t = (side.mean((2, 3)) @ head for side in (case.student, case.teacher))
    of_features = (case.student - case.teacher).pow(2).mean((1, 2, 3))
    return case.config["alpha"] * of_features + case.config["beta"] * (s - t).pow(2).mean(1)


def translator(case: Case) -> torch.Tensor:
    """Three 3x3 convolutions, batch normalisation and a leaky ReLU behind each, then the L1 distance at length 1."""
    numbers, x = iter(case.config["weights"]), case.student

    def take() -> torch.Tensor:
        return torch.tensor(next(numbers), dtype=x.dtype)

    for _ in range(3):
        weight = take().reshape(-1, x.shape[1], 3, 3)
        x = F.conv2d(x, weight, None if case.config["norm"] else take(), padding=1)
        if case.config["norm"]:
            gamma, beta, _, _ = (take() for _ in range(4))
            x = F.batch_norm(x, None, None, gamma, beta, training=True)
        x = F.leaky_relu(x, 0.1)
    assert next(numbers, None) is None
    return (F.normalize(x.flatten(1)) - F.normalize(case.teacher.flatten(1))).abs().sum(1)


def weights(case: Case, name: str) -> torch.Tensor:
    """A list of the config in the precision that is asked for."""
    return torch.tensor(case.config[name], dtype=case.student.dtype)


def maps(rows: torch.Tensor, shapes: list[list[int]]) -> list[torch.Tensor]:
    """The maps of these shapes that each row holds."""
    parts = rows.split([math.prod(shape) for shape in shapes], dim=1)
    return [part.reshape(-1, *shape) for part, shape in zip(parts, shapes)]


def listed(source: random.Random, count: int, deviation: float = 0.3) -> list[float]:
    """Normal numbers that float32 holds, for a config."""
    return normals(source, [count], deviation).tolist()


def masked_case(name: str, shape: list[int], kept_shape: list[int], share: float) -> Case:
    """A mask of zeros and ones, of which `share` is 1 on average."""
    source, channels = seeded(name), shape[1]
    config = {
        "first": listed(source, channels**2 * 9),
        "first_bias": listed(source, channels),
        "second": listed(source, channels**2 * 9),
        "second_bias": listed(source, channels),
        "kept": [float(source.random() < share) for _ in range(math.prod(kept_shape))],
        "kept_shape": kept_shape,
    }
    return Case(name, config, normals(source, shape), normals(source, shape))


def review_case(name: str, rows: int, hidden: int, student: list[list[int]], teacher: list[list[int]]) -> Case:
    """Weights in the order in which they are used, from the deepest level on; norms have scales around 1."""
    source, values = seeded(name), []
    for level in range(len(student))[::-1]:
        values += listed(source, hidden * student[level][0]) + norm_weights(source, hidden)
        if level + 1 < len(student):
            values += listed(source, 4 * hidden + 2)
        values += listed(source, teacher[level][0] * hidden * 9) + norm_weights(source, teacher[level][0])
    config = {"student": student, "teacher": teacher, "hidden": hidden, "weights": values}
    sides = [normals(source, [rows, sum(map(math.prod, shapes))]) for shapes in (student, teacher)]
    return Case(name, config, *sides)


def norm_weights(source: random.Random, channels: int) -> list[float]:
    return (1.0 + normals(source, [channels], 0.3)).float().tolist() + listed(source, channels)


def reused_case(name: str, student: list[int], channels: int) -> Case:
    source = seeded(name)
    teacher = [student[0], channels, *student[2:]]
    config = {"projector": listed(source, channels * student[1])}
    return Case(name, config, normals(source, student), normals(source, teacher))


def regression_case(name: str, shape: list[int], classes: int, alpha: float = 1.0, beta: float = 1.0) -> Case:
    source = seeded(name)
    config = {"alpha": alpha, "beta": beta, "head": listed(source, shape[1] * classes, 1.0)}
    return Case(name, config, normals(source, shape), normals(source, shape))


def translator_case(name: str, student: list[int], channels: int, norm: bool) -> Case:
    """Weights layer by layer; a norm's scale and shift, and its running mean and variance, which training does not use."""
    source, values = seeded(name), []
    for before, after in ((student[1], student[1]), (student[1], channels), (channels, channels)):
        values.append(listed(source, before * after * 9))
        if norm:
            numbers = norm_weights(source, after)
            values += [numbers[:after], numbers[after:], [0.0] * after, [1.0] * after]
        else:
            values.append(listed(source, after))
    teacher = [student[0], channels, *student[2:]]
    return Case(name, {"norm": norm, "weights": values}, normals(source, student), normals(source, teacher))


def goldens() -> list[Golden]:
    tail = "gradient by torch.autograd; float64 on float32 inputs"
    return [
        Golden(
            "masked_generative.json",
            f"mean square of conv2d(relu(conv2d(student * kept))) - teacher; {tail}",
            masked_generative,
            [
                masked_case("mgd_places", [2, 3, 5, 4], [2, 1, 5, 4], 0.35),
                masked_case("mgd_channels", [3, 4, 3, 3], [3, 4, 1, 1], 0.5),
                masked_case("mgd_all_kept", [2, 2, 4, 4], [2, 1, 4, 4], 1.0),
                masked_case("mgd_one_place", [2, 5, 1, 1], [2, 5, 1, 1], 0.5),
            ],
        ),
        Golden(
            "review.json",
            f"attention-based fusion from deep to shallow, sum over levels of the hierarchical context loss; {tail}",
            review,
            [
                review_case("review", 3, 4, [[3, 8, 8], [5, 4, 4], [6, 1, 1]], [[4, 8, 8], [6, 4, 4], [7, 1, 1]]),
                review_case("review_other_sizes", 2, 3, [[2, 5, 5], [3, 2, 2]], [[3, 7, 7], [4, 3, 3]]),
                review_case("review_one_level", 4, 3, [[2, 3, 3]], [[5, 3, 3]]),
            ],
        ),
        Golden(
            "reused_classifier.json",
            f"mean square of a 1x1 convolution of the student - teacher; {tail}",
            reused_classifier,
            [reused_case("simkd", [3, 4, 3, 2], 6), reused_case("simkd_one_place", [2, 5, 1, 1], 3)],
        ),
        Golden(
            "regression.json",
            f"alpha * mean square of features + beta * mean square of (mean over places) @ head; {tail}",
            regression,
            [
                regression_case("srrl", [3, 5, 2, 2], 10),
                regression_case("srrl_weighted", [2, 4, 3, 1], 3, alpha=0.5, beta=2.0),
                regression_case("srrl_features_alone", [2, 4, 2, 2], 3, beta=0.0),
                regression_case("srrl_head_alone", [2, 4, 2, 2], 3, alpha=0.0),
            ],
        ),
        Golden(
            "translator.json",
            f"L1 distance at length 1 of three 3x3 convolutions, each with batch_norm and leaky_relu of 0.1; {tail}",
            translator,
            [
                translator_case("ft_translator", [3, 3, 4, 3], 4, norm=True),
                translator_case("ft_translator_bare", [2, 4, 3, 3], 2, norm=False),
            ],
        ),
    ]


if __name__ == "__main__":
    main(__file__, goldens())
