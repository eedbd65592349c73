"""Golden values of the soft-label loss against a teacher known by its k best classes, by four rules for the others.

Run as `python tools/golden/sparse_soft_label.py`, or with `--check` to verify the file that is there.
"""

import torch

from golden import Case, Golden, as_float32, main, normal, seeded

NO_CLASS = float("-inf")


def sparse_soft_label(case: Case) -> torch.Tensor:
    """The loss of each row: `[rows]`."""
    rows = zip(case.student, case.teacher)
    return torch.stack([row_loss(student, teacher, **case.config) for student, teacher in rows])


def row_loss(student: torch.Tensor, teacher: torch.Tensor, k: int, temperature: float, rule: str) -> torch.Tensor:
    """One row by the definition; logits are `[classes]`."""
    # What neither side has is no class; dropping it keeps 0 · (-inf - (-inf)) out of PyTorch's products.
    kept = ~((student == NO_CLASS) & (teacher == NO_CLASS))
    student, teacher = student[kept], teacher[kept]
    p = torch.softmax(teacher / temperature, dim=0)
    q = torch.softmax(student / temperature, dim=0)
    log_q = torch.log_softmax(student / temperature, dim=0)
    best = torch.topk(teacher, min(k, len(teacher))).indices
    best = best[p[best] > 0]
    others = torch.ones_like(p, dtype=torch.bool)
    others[best] = False
    log_p = torch.log_softmax(teacher / temperature, dim=0)[best]
    p_k, log_q_k = p[best], log_q[best]
    p_mass, log_q_mass = p_k.sum(), torch.logsumexp(log_q_k, dim=0)
    loss = (p_k * (log_p - log_q_k)).sum()
    if rule == "TailBucket":
        tail = p[others].sum()
        if tail > 0:
            loss = loss + tail * (tail.log() - torch.logsumexp(log_q[others], dim=0))
    elif rule == "BothRenormalised":
        loss = (p_k / p_mass * ((log_p - p_mass.log()) - (log_q_k - log_q_mass))).sum()
    elif rule == "TeacherRenormalised":
        loss = (p_k / p_mass * ((log_p - p_mass.log()) - log_q_k)).sum()
    else:
        assert rule == "Truncated"
    assert torch.isfinite(q).all()
    return temperature**2 * loss


RULES = ("TailBucket", "Truncated", "BothRenormalised", "TeacherRenormalised")


def random_case(name: str, config: dict, rows: int, width: int, deviation: float = 3.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    student, teacher = normal(source, rows, width, deviation), normal(source, rows, width, deviation)
    return Case(name, config, student, teacher)


def config(k: int, temperature: float, rule: str = "TailBucket") -> dict:
    return {"k": k, "temperature": temperature, "rule": rule}


def huge_case(rule: str) -> Case:
    """Logits of about ±1e4, none of the teacher's twice: which of two equal classes is the better is anyone's guess."""
    name = f"huge_{rule}"
    source = seeded(name)
    sides = [[[source.choice((-1e4, 1e4)) + 64.0 * c for c in range(10)] for _ in range(4)] for _ in "st"]
    return Case(name, config(3, 4.0, rule), *map(as_float32, sides))


def excluded_case(rule: str) -> Case:
    """Row r leaves out the classes r and r + 3 on both sides, and its teacher r + 5 as well."""
    name = f"excluded_{rule}"
    case = random_case(name, config(4, 2.0, rule), 5, 10)
    for row in range(5):
        for column in (row, row + 3):
            case.student[row, column] = case.teacher[row, column] = NO_CLASS
        case.teacher[row, row + 5] = NO_CLASS
    return case


def equal_case() -> Case:
    """A student that is its teacher, in all classes, so that no tail is the rounding of 1 - P: value 0, gradient 0."""
    case = random_case("equal", config(10, 4.0), 4, 10)
    case.student = case.teacher.clone()
    return case


def few_classes_case() -> Case:
    """A teacher that has fewer classes than it may name, so there is no tail."""
    case = random_case("fewer_than_k", config(6, 1.0), 4, 8)
    case.teacher[:, 4:] = NO_CLASS
    return case


def cases() -> list[Case]:
    cases = []
    for rule in RULES:
        for k, temperature in ((1, 1.0), (3, 4.0), (10, 2.0)):
            name = f"normal_k{k}_t{temperature:g}_{rule}"
            cases.append(random_case(name, config(k, temperature, rule), 4, 10))
        cases.append(huge_case(rule))
        cases.append(excluded_case(rule))
    cases.append(random_case("one_row", config(5, 1.0), 1, 47))
    cases.append(random_case("two_classes", config(1, 2.0), 3, 2))
    cases.append(random_case("many_classes", config(64, 1.0), 2, 200))
    cases.append(random_case("confident", config(3, 1.0), 4, 10, deviation=10.0))
    cases.append(equal_case())
    cases.append(few_classes_case())
    return cases


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "sparse_soft_label.json",
                "temperature^2 * the sum over the teacher's k best classes of p * (log p - log q), plus by TailBucket "
                "that of all others taken as one class; by the other rules with p, or p and q, divided by their mass; "
                "gradient by torch.autograd; float64 on float32 inputs",
                sparse_soft_label,
                cases(),
            )
        ],
    )
