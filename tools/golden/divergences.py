"""Golden values of the divergences between softened distributions other than Hinton's, and of the logits' mean square.

Run as `python tools/golden/divergences.py`, or with `--check` to verify the files that are there. Everything is written in
logarithms from the definitions; nothing here is torch's KL.
"""

import math

import torch

from golden import Case, Golden, as_float32, main, normal, seeded
from soft_label import equal_case, excluded_case, huge_case, random_case


def softened(case: Case) -> tuple[torch.Tensor, torch.Tensor]:
    """Log-probabilities (teacher, student) at the case's temperature: `[rows, classes]`."""
    temperature = case.config["temperature"]
    return tuple(torch.log_softmax(logits / temperature, dim=1) for logits in (case.teacher, case.student))


def expected(log_weights: torch.Tensor, log_ratio: torch.Tensor) -> torch.Tensor:
    """Σ exp(log_weights) · log_ratio of each row; what has no weight does not count, and has no gradient."""
    absent = log_weights.isneginf()
    ratio = torch.where(absent, 0.0, log_ratio)
    return (torch.where(absent, 0.0, log_weights).exp() * ratio * ~absent).sum(dim=1)


def finite(log_probs: torch.Tensor) -> torch.Tensor:
    """−∞ as a number so low that its exponential is 0: autograd differentiates what torch.where does not choose."""
    return torch.where(log_probs.isneginf(), -1e30, log_probs)


def kl(log_a: torch.Tensor, log_b: torch.Tensor) -> torch.Tensor:
    """KL(a ‖ b) of each row."""
    return expected(log_a, finite(log_a) - finite(log_b))


def mixture(log_a: torch.Tensor, log_b: torch.Tensor, share_of_a: float) -> torch.Tensor:
    """log(share · a + (1 − share) · b)."""
    if share_of_a == 0.0:
        return log_b
    return torch.logaddexp(finite(log_a) + math.log(share_of_a), finite(log_b) + math.log(1.0 - share_of_a))


def times_squared(case: Case, values: torch.Tensor) -> torch.Tensor:
    return values * case.config["temperature"] ** 2


def reverse_kl(case: Case) -> torch.Tensor:
    p, q = softened(case)
    return times_squared(case, kl(q, p))


def symmetric_kl(case: Case) -> torch.Tensor:
    p, q = softened(case)
    forward = case.config["forward_share"]
    return times_squared(case, forward * kl(p, q) + (1.0 - forward) * kl(q, p))


def jensen_shannon(case: Case) -> torch.Tensor:
    p, q = softened(case)
    beta = case.config["beta"]
    if beta in (0.0, 1.0):  # the rule of GKD's code
        return times_squared(case, kl(p, q) if beta == 0.0 else kl(q, p))
    m = mixture(p, q, beta)
    return times_squared(case, beta * kl(p, m) + (1.0 - beta) * kl(q, m))


def skew_kl(case: Case) -> torch.Tensor:
    p, q = softened(case)
    return times_squared(case, kl(p, mixture(p, q, case.config["alpha"])))


def skew_reverse_kl(case: Case) -> torch.Tensor:
    p, q = softened(case)
    return times_squared(case, kl(q, mixture(q, p, case.config["alpha"])))


def total_variation(case: Case) -> torch.Tensor:
    p, q = softened(case)
    return case.config["temperature"] * 0.5 * (p.exp() - q.exp()).abs().sum(dim=1)


def soft_cross_entropy(case: Case) -> torch.Tensor:
    p, q = softened(case)
    return times_squared(case, -expected(p, finite(q)))


def adaptive_kl(case: Case) -> torch.Tensor:
    """Row by row, in the words of the paper: walk down the teacher's classes until their mass exceeds µ."""
    p, q = softened(case)
    weights = []
    for teacher, student in zip(p.exp().tolist(), q.detach().exp().tolist()):
        order = sorted(range(len(teacher)), key=lambda i: -teacher[i])
        head, tail, mass = 0.0, 0.0, 0.0
        for place, i in enumerate(order):
            mass += teacher[i]
            if place == 0 or mass <= case.config["head"]:
                head += abs(teacher[i] - student[i])
            else:
                tail += abs(teacher[i] - student[i])
        weights.append(head / (head + tail) if head + tail else 0.5)
    w = torch.tensor(weights, dtype=p.dtype)
    return times_squared(case, w * kl(p, q) + (1.0 - w) * kl(q, p))


def logit_mse(case: Case) -> torch.Tensor:
    return (case.student - case.teacher).square().mean(dim=1)


def close_case() -> Case:
    """A student close to its teacher, but no closer than a divergence in f32 can resolve."""
    case = random_case("close_t4", 4.0, 8, 10)
    case.student = as_float32(case.teacher + normal(seeded("close_t4 noise"), 8, 10, deviation=0.3))
    return case


def cases(*, infinite: bool = False, **config) -> list[Case]:
    """What every divergence is tried on; `infinite` ones leave out a class that only one side has."""
    chosen = [
        random_case("normal_t1", 1.0, 8, 10),
        random_case("normal_t4", 4.0, 8, 10),
        random_case("two_classes_t2", 2.0, 3, 2),
        random_case("three_classes_t4", 4.0, 47, 3),
        random_case("one_row_t4", 4.0, 1, 47),
        random_case("confident_t4", 4.0, 8, 10, deviation=30.0),
        huge_case("huge_t4", 4.0),
        excluded_case("excluded_by_both_t4", 4.0, by_student=True),
        close_case(),
        equal_case(),
    ]
    if not infinite:
        chosen.append(excluded_case("excluded_by_teacher_t4", 4.0, by_student=False))
    for case in chosen:
        case.config = case.config | config
    return chosen


def renamed(cases: list[Case], suffix: str) -> list[Case]:
    for case in cases:
        case.name += suffix
    return cases


def without_kinks(cases: list[Case]) -> list[Case]:
    """The total variation's gradient at equality is a choice, not a fact, and its choice is tested elsewhere."""
    return [case for case in cases if not case.name.startswith(("equal", "huge"))]


def without_ties(cases: list[Case]) -> list[Case]:
    """Of classes the teacher thinks equally likely either may be the one that still fits into the head."""
    return [case for case in cases if not case.name.startswith("huge")]


def plain(cases: list[Case]) -> list[Case]:
    """Cases for a loss without parameters that knows no excluded classes."""
    kept = [case for case in cases if not case.name.startswith("excluded")]
    for case in kept:
        case.config = {}
    return kept


if __name__ == "__main__":
    how = "; gradient by torch.autograd; float64 on float32 inputs"
    main(
        __file__,
        [
            Golden("reverse_kl.json", "temperature^2 * KL(student || teacher) from log_softmax" + how, reverse_kl, cases(infinite=True)),
            Golden(
                "symmetric_kl.json",
                "temperature^2 * (forward * KL(teacher || student) + (1 - forward) * KL(student || teacher))" + how,
                symmetric_kl,
                cases(infinite=True, forward_share=0.3),
            ),
            Golden(
                "jensen_shannon.json",
                "temperature^2 * (beta * KL(teacher || m) + (1 - beta) * KL(student || m)) with logaddexp for m; forward and "
                "reverse KL at the ends" + how,
                jensen_shannon,
                cases(beta=0.5)
                + renamed(cases(beta=0.1), "_beta0.1")[:3]
                + renamed(cases(beta=0.9), "_beta0.9")[:3]
                + renamed(cases(beta=0.0), "_beta0")[:2]
                + renamed(cases(beta=1.0), "_beta1")[:2],
            ),
            Golden(
                "skew_kl.json",
                "temperature^2 * KL(teacher || alpha * teacher + (1 - alpha) * student) with logaddexp" + how,
                skew_kl,
                cases(alpha=0.1) + renamed(cases(alpha=0.0), "_alpha0")[:2] + renamed(cases(alpha=0.7), "_alpha0.7")[:3],
            ),
            Golden(
                "skew_reverse_kl.json",
                "temperature^2 * KL(student || (1 - alpha) * teacher + alpha * student) with logaddexp" + how,
                skew_reverse_kl,
                cases(alpha=0.1) + renamed(cases(alpha=0.0), "_alpha0")[:2] + renamed(cases(alpha=0.7), "_alpha0.7")[:3],
            ),
            Golden(
                "total_variation.json",
                "temperature * half the sum of absolute differences of softmax" + how,
                total_variation,
                without_kinks(cases()),
            ),
            Golden("soft_cross_entropy.json", "temperature^2 * -sum(p * log_softmax(student))" + how, soft_cross_entropy, cases()),
            Golden(
                "adaptive_kl.json",
                "temperature^2 * (w * KL(teacher || student) + (1 - w) * KL(student || teacher)), w by walking down the "
                "teacher's classes one by one" + how,
                adaptive_kl,
                without_ties(cases(infinite=True, head=0.5)) + renamed(cases(infinite=True, head=0.9), "_head0.9")[:3],
            ),
            Golden("logit_mse.json", "mean of (student - teacher)^2" + how, logit_mse, plain(cases())),
        ],
    )
