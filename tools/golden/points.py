"""Golden values of the losses that compare a student's features with a teacher's, number by number or sample by sample.

Run as `python tools/golden/points.py`, or with `--check` to verify the files that are there.
"""

import math
import random
from typing import Callable

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normals, seeded

BY_AUTOGRAD = "; gradient by torch.autograd; float64 on float32 inputs"


def samples(x: torch.Tensor) -> torch.Tensor:
    """`[rows, numbers]`: a token is a row, a map is one row."""
    return x.flatten(0, 1) if x.dim() == 3 else x.flatten(1)


def vectors(x: torch.Tensor) -> torch.Tensor:
    """`[rows, vectors, hidden]`: one vector for a sample or a token, one for each place of a map."""
    return x.flatten(2).transpose(1, 2) if x.dim() == 4 else samples(x).unsqueeze(1)


def smooth_l1(case: Case) -> torch.Tensor:
    losses = F.smooth_l1_loss(case.student, case.teacher, reduction="none", beta=case.config["beta"])
    return samples(losses).mean(1)


def cosine(case: Case) -> torch.Tensor:
    s, t = vectors(case.student), vectors(case.teacher)
    return (1 - (s * t).sum(-1) / (norm(s) * norm(t))).mean(1)


def normalized_hint(case: Case) -> torch.Tensor:
    s, t = samples(case.student), samples(case.teacher)
    return (s / norm(s)[:, None] - t / norm(t)[:, None]).pow(2).sum(1)


def norm(x: torch.Tensor) -> torch.Tensor:
    """The length of the vectors along the last axis."""
    return (x * x).sum(-1).sqrt()


def attention_transfer(case: Case) -> torch.Tensor:
    def attention(x: torch.Tensor) -> torch.Tensor:
        summed = x.abs().pow(case.config["p"]).sum(1).flatten(1)
        return summed / norm(summed)[:, None]

    apart = attention(case.student) - attention(case.teacher)
    return norm(apart) if case.config["distance"] == "Norm" else apart.pow(2).mean(1)


def per_channel(values: list[float], like: torch.Tensor) -> torch.Tensor:
    """One value for each channel, which are the second axis of maps and the last of vectors and tokens."""
    shape = [1] * like.dim()
    shape[1 if like.dim() == 4 else -1] = len(values)
    return torch.tensor(values, dtype=like.dtype).reshape(shape)


def variational(case: Case) -> torch.Tensor:
    variance = F.softplus(per_channel(case.config["alpha"], case.student)) + 1e-5
    log_density = torch.distributions.Normal(case.student, variance.sqrt()).log_prob(case.teacher)
    return -samples(log_density).mean(1) - math.log(2 * math.pi) / 2


def activation_boundary(case: Case) -> torch.Tensor:
    margin = case.config["margin"]
    fires = (case.teacher > 0).to(case.student.dtype)
    vector = fires * F.relu(margin - case.student) + (1 - fires) * F.relu(margin + case.student)
    return samples(vector).pow(2).sum(1)


def partial_l2(case: Case) -> torch.Tensor:
    target = torch.maximum(case.teacher, per_channel(case.config["margins"], case.teacher))
    counts = ~((case.student <= target) & (target <= 0))
    return samples((target - case.student).pow(2) * counts).sum(1)


def factor_transfer(case: Case) -> torch.Tensor:
    s, t = samples(case.student), samples(case.teacher)
    return (s / norm(s)[:, None] - t / norm(t)[:, None]).abs().sum(1)


def random_case(name: str, config: dict, *shape: int, channels: int | None = None, deviation: float = 1.0) -> Case:
    """A student and a teacher that know nothing of each other; `channels` are the teacher's, if they are others."""
    source = seeded(name)
    student = normals(source, shape, deviation)
    if channels is not None:
        shape = (shape[0], channels, *shape[2:])
    return Case(name, config, student, normals(source, shape, deviation))


def close_case(name: str, config: dict, *shape: int) -> Case:
    """A student that is nearly there."""
    case = random_case(name, config, *shape)
    case.student = (case.teacher + 1e-3 * case.student).float().double()
    return case


def of_any_rank(config: dict) -> list[Case]:
    return [
        random_case("maps", config, 3, 4, 5, 2),
        random_case("one_map", config, 1, 3, 1, 1),
        random_case("tokens", config, 2, 5, 7),
        random_case("vectors", config, 8, 10),
        random_case("large", config, 4, 47, deviation=1e4),
        random_case("small", config, 4, 47, deviation=1e-4),
    ]


def smooth_l1_cases() -> list[Case]:
    l1, smooth = {"beta": 0.0}, {"beta": 1.0}
    return of_any_rank(smooth) + [
        close_case("close", smooth, 3, 4, 2, 2),
        random_case("narrow", {"beta": 0.1}, 3, 4, 5, 2),
        random_case("l1_maps", l1, 3, 4, 5, 2),
        random_case("l1_tokens", l1, 2, 5, 7),
        close_case("l1_close", l1, 8, 10),
    ]


def attention_cases() -> list[Case]:
    """Each distance, with the teacher's channels as many, more and fewer than the student's."""
    cases = []
    for distance in ("MeanSquare", "Norm"):
        config = {"distance": distance, "p": 2.0}
        cases += [
            random_case(f"{distance}_maps", config, 3, 4, 5, 2),
            random_case(f"{distance}_wider_teacher", config, 3, 2, 3, 4, channels=7),
            random_case(f"{distance}_narrower_teacher", config, 2, 6, 3, 3, channels=2),
            random_case(f"{distance}_large", config, 2, 3, 4, 4, deviation=1e4),
            close_case(f"{distance}_close", config, 2, 4, 8, 8),
        ]
        cases += [
            random_case(f"{distance}_p{p}", {"distance": distance, "p": p}, 3, 4, 3, 3, channels=5)
            for p in (1.0, 1.5, 4.0)
        ]
    return cases


def with_channels(key: str, draw: Callable[[random.Random], float]) -> list[Case]:
    """Cases of every rank, with a random value for each channel as their configuration."""
    cases = []
    for name, *shape in [("maps", 3, 4, 5, 2), ("one_map", 1, 3, 1, 1), ("tokens", 2, 5, 7), ("vectors", 8, 10)]:
        source = seeded(f"{key} {name}")
        channels = shape[1 if len(shape) == 4 else -1]
        values = as_float32([draw(source) for _ in range(channels)]).tolist()
        cases.append(random_case(name, {key: values}, *shape))
    return cases


def boundary_cases() -> list[Case]:
    return [
        random_case("maps", {"margin": 1.0}, 3, 4, 5, 2, deviation=2.0),
        random_case("tokens", {"margin": 1.0}, 2, 5, 7, deviation=2.0),
        random_case("vectors", {"margin": 1.0}, 8, 10, deviation=2.0),
        random_case("large", {"margin": 1.0}, 4, 47, deviation=1e4),
        random_case("no_margin", {"margin": 0.0}, 3, 4, 5, 2),
        random_case("wide_margin", {"margin": 5.0}, 3, 4, 5, 2),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "smooth_l1.json",
                "mean of torch's smooth_l1_loss over a sample" + BY_AUTOGRAD,
                smooth_l1,
                smooth_l1_cases(),
            ),
            Golden("cosine.json", "mean of 1 - cosine over a sample's vectors" + BY_AUTOGRAD, cosine, of_any_rank({})),
            Golden(
                "normalized_hint.json",
                "squared distance of the samples at length 1" + BY_AUTOGRAD,
                normalized_hint,
                of_any_rank({}) + [close_case("close", {}, 3, 4, 2, 2)],
            ),
            Golden(
                "attention_transfer.json",
                "the sums over channels of abs(x)^p, at length 1: their distance, or its square over places" + BY_AUTOGRAD,
                attention_transfer,
                attention_cases(),
            ),
            Golden(
                "variational.json",
                "minus torch's log-density of the teacher, the student its mean, less that of 2 pi" + BY_AUTOGRAD,
                variational,
                with_channels("alpha", lambda source: source.gauss(1.0, 3.0)),
            ),
            Golden(
                "activation_boundary.json",
                "squared norm of relu(margin -+ student), on the side of the teacher" + BY_AUTOGRAD,
                activation_boundary,
                boundary_cases(),
            ),
            Golden(
                "partial_l2.json",
                "squared distance to max(teacher, margin), but where the student is lower and that is not above 0" + BY_AUTOGRAD,
                partial_l2,
                with_channels("margins", lambda source: -abs(source.gauss(0.0, 0.7))),
            ),
            Golden(
                "factor_transfer.json",
                "sum of the absolute differences of the samples at length 1" + BY_AUTOGRAD,
                factor_transfer,
                of_any_rank({}),
            ),
        ],
    )
