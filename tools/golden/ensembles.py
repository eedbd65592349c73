"""Golden values of ensembles: what each rule says, losses against each member, and a Dirichlet student's loss.

Run as `python tools/golden/ensembles.py`, or with `--check` to verify the files that are there.
"""

import itertools

import torch
import torch.nn.functional as F

from golden import Case, Golden, main, normal, normals, seeded

ROWS, MEMBERS, CLASSES = 6, 4, 10


def weights_by_sample(case: Case) -> torch.Tensor:
    """Weights `[rows, members]` that differ by sample, as the papers' formulas say."""
    if case.config["rule"] == "weighted_by_entropy":
        p = F.softmax(case.teacher, dim=2)
        entropies = -(p * F.log_softmax(case.teacher, dim=2)).sum(dim=2)
        return share_of_others(entropies)
    labels = torch.tensor(case.config["labels"])
    each = [F.cross_entropy(case.teacher[:, m], labels, reduction="none") for m in range(case.teacher.shape[1])]
    return share_of_others(F.softmax(torch.stack(each, dim=1), dim=1))


def share_of_others(numbers: torch.Tensor) -> torch.Tensor:
    """(1 - own / sum) / (members - 1); 1 - own / sum is added up of the others', or float64 would lose its digits."""
    members = numbers.shape[1]
    others = [sum(numbers[:, k] for k in range(members) if k != m) for m in range(members)]
    return torch.stack(others, dim=1) / numbers.sum(dim=1, keepdim=True) / (members - 1)


def shares(case: Case) -> torch.Tensor:
    """Weights `[members]`, the same for all samples."""
    weights = case.config.get("weights") or [1.0] * case.teacher.shape[1]
    weights = torch.tensor(weights, dtype=case.teacher.dtype)
    return weights / weights.sum()


def combined(case: Case) -> torch.Tensor:
    """What the ensemble says, `[rows, classes]`."""
    rule, said = case.config["rule"], case.teacher
    log_p = F.log_softmax(said, dim=2)
    if rule == "mean_of_probs":
        return torch.logsumexp(log_p + shares(case).log()[None, :, None], dim=1)
    if rule == "geometric_mean":
        return F.log_softmax((log_p * shares(case)[None, :, None]).sum(dim=1), dim=1)
    if rule == "mean_of_logits":
        return (said * shares(case)[None, :, None]).sum(dim=1)
    if rule == "best_member":
        labels = case.config["labels"]
        return torch.stack([max(row, key=lambda member: member[label]) for row, label in zip(log_p, labels)])
    return torch.logsumexp(log_p + weights_by_sample(case).log()[:, :, None], dim=1)


def spoken(case: Case) -> torch.Tensor:
    """The student's numbers times what the ensemble says: the gradient is what it says, over rows."""
    return (case.student * combined(case)).sum(dim=1)


def min_norm(case: Case, most: float = 0.6) -> torch.Tensor:
    """Weights `[members]`, none above `most`, of the shortest sum of mean gradients.

    Each weight is 0, `most` or free: of all such choices, solved for the free ones, the shortest that is allowed.
    """
    with torch.no_grad():
        temperature, members = case.config["temperature"], case.teacher.shape[1]
        q = F.softmax(case.student / temperature, dim=1)
        mean = (q[:, None, :] - F.softmax(case.teacher / temperature, dim=2)).mean(dim=0).double()
        found = []
        for choice in itertools.product((0.0, most, None), repeat=members):
            free = [m for m in range(members) if choice[m] is None]
            weights = torch.tensor([0.0 if part is None else part for part in choice], dtype=torch.float64)
            left = 1 - weights.sum()
            if free:
                # Equal slopes for the free ones, and a sum of 1: Lagrange's conditions.
                system = torch.ones(len(free) + 1, len(free) + 1, dtype=torch.float64)
                system[:-1, :-1], system[-1, -1] = mean[free] @ mean[free].T, 0.0
                right = torch.cat([-(mean[free] @ (weights @ mean)), left[None]])
                weights[free] = torch.linalg.solve(system, right)[:-1]
            elif left.abs() > 1e-9:
                continue
            if weights.min() >= 0 and weights.max() <= most:
                found.append(weights)
        return min(found, key=lambda w: (w @ mean).norm().item()).to(case.student.dtype)


def per_teacher(case: Case) -> torch.Tensor:
    """The weighted mean over members of T^2 * KL(member || student)."""
    temperature = case.config["temperature"]
    log_q = F.log_softmax(case.student / temperature, dim=1)
    if case.config["rule"] in ("", "min_norm"):
        weights = (min_norm(case) if case.config["rule"] else shares(case)).expand(case.teacher.shape[:2])
    else:
        weights = weights_by_sample(case)
    total = 0.0
    for m in range(case.teacher.shape[1]):
        log_p = F.log_softmax(case.teacher[:, m] / temperature, dim=1)
        total = total + weights[:, m] * temperature**2 * (log_p.exp() * (log_p - log_q)).sum(dim=1)
    return total


def dirichlet(case: Case) -> torch.Tensor:
    """Minus the mean over members of PyTorch's log-density of the Dirichlet distribution."""
    temperature, smoothing = case.config["temperature"], case.config["smoothing"]
    classes = case.student.shape[1]
    density = torch.distributions.Dirichlet((case.student / temperature).exp(), validate_args=False)
    p = (1 - smoothing) * F.softmax(case.teacher / temperature, dim=2) + smoothing / classes
    return -torch.stack([density.log_prob(p[:, m]) for m in range(p.shape[1])]).mean(dim=0)


def case(name: str, settings: dict, deviation: float = 3.0, members: int = MEMBERS, labelled: bool = False) -> Case:
    """A student and members that know nothing of one another."""
    source = seeded(name)
    if labelled:
        settings = {**settings, "labels": [source.randrange(CLASSES) for _ in range(ROWS)]}
    student = normal(source, ROWS, CLASSES)
    return Case(name, settings, student, normals(source, [ROWS, members, CLASSES], deviation))


def rule_cases() -> list[Case]:
    """Each rule on ordinary members and on very sure ones; means with weights as well; one member alone."""
    weights = [0.5, 0.0, 3.0, 1.5]
    means = ("mean_of_probs", "geometric_mean", "mean_of_logits")
    by_label = ("weighted_by_confidence", "best_member")
    cases = [case(rule, {"rule": rule}) for rule in means]
    # A weight of 0 has the logarithm -inf, which logsumexp takes.
    cases += [case(f"{rule}_weighted", {"rule": rule, "weights": weights}) for rule in means]
    cases += [case(f"{rule}_sure", {"rule": rule}, deviation=100.0) for rule in means]
    cases += [case(rule, {"rule": rule}, labelled=True) for rule in by_label]
    cases += [case(f"{rule}_sure", {"rule": rule}, deviation=15.0, labelled=True) for rule in by_label]
    cases += [case(f"{rule}_two", {"rule": rule}, members=2, labelled=True) for rule in by_label]
    for name, deviation, members in (("", 3.0, 4), ("_vague", 0.1, 4), ("_two", 3.0, 2)):
        rule = "weighted_by_entropy"
        cases.append(case(f"{rule}{name}", {"rule": rule}, deviation, members))
    return cases


def per_teacher_cases() -> list[Case]:
    return [
        case("equal", {"rule": "", "temperature": 1.0}),
        case("weighted_t4", {"rule": "", "temperature": 4.0, "weights": [1.0, 0.0, 2.0, 5.0]}),
        case("one", {"rule": "", "temperature": 2.0}, members=1),
        case("entropy_t4", {"rule": "weighted_by_entropy", "temperature": 4.0}),
        case("min_norm_t1", {"rule": "min_norm", "temperature": 1.0}, members=3),
        case("min_norm_t4", {"rule": "min_norm", "temperature": 4.0}),
        case("confidence_t4", {"rule": "weighted_by_confidence", "temperature": 4.0}, labelled=True),
    ]


def dirichlet_cases() -> list[Case]:
    """Students around the members, small alphas and large ones."""
    def settings(temperature: float, smoothing: float) -> dict:
        return {"temperature": temperature, "smoothing": smoothing}

    large = case("large_alphas", settings(1.0, 1e-3))
    large.student = (large.student / 3 + 8).float().double()
    small = case("small_alphas", settings(1.0, 1e-3))
    small.student = (small.student * 3 - 12).float().double()
    near = case("near", settings(1.0, 1e-3), deviation=0.25)
    near.student = (near.teacher.mean(dim=1) + 4).float().double()
    return [
        case("ordinary", settings(1.0, 1e-3)),
        case("annealed", settings(10.0, 1e-3)),
        case("not_smoothed", settings(1.0, 0.0)),
        case("sure_members", settings(1.0, 1e-2), deviation=60.0),
        case("one_member", settings(2.5, 1e-4), members=1),
        large,
        small,
        near,
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "ensemble_rules.json",
                "student * what the ensemble says, summed over classes, so that the gradient times rows is what it says; "
                "rules by the papers' formulas with torch.logsumexp and log_softmax; float64 on float32 inputs",
                spoken,
                rule_cases(),
            ),
            Golden(
                "per_teacher.json",
                "the weighted mean over members of temperature^2 * KL(member || student); gradient by torch.autograd; "
                "float64 on float32 inputs",
                per_teacher,
                per_teacher_cases(),
            ),
            Golden(
                "dirichlet.json",
                "minus the mean over members of torch.distributions.Dirichlet(exp(student / temperature)).log_prob of "
                "smoothed softmax(member / temperature); gradient by torch.autograd; float64 on float32 inputs",
                dirichlet,
                dirichlet_cases(),
            ),
        ],
    )
