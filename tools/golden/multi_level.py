"""Golden values of multi-level logit distillation: probabilities, and their products among samples and among classes.

Run as `python tools/golden/multi_level.py`, or with `--check` to verify the file that is there.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normal, seeded

NO_CLASS = float("-inf")


def multi_level(case: Case) -> torch.Tensor:
    """The loss of each row, with its row of the batch level and the whole class level in each: `[rows]`."""
    return sum(at(case, temperature) for temperature in case.config["temperatures"])


def at(case: Case, temperature: float) -> torch.Tensor:
    """All levels of each row at one temperature: `[rows]`."""
    p = F.softmax(case.teacher / temperature, dim=1)
    q = F.softmax(case.student / temperature, dim=1)
    instance = torch.stack([divergence(s, t, temperature) for s, t in zip(case.student, case.teacher)])
    batch = (torch.einsum("rc,sc->rs", q, q) - torch.einsum("rc,sc->rs", p, p)).pow(2).sum(dim=1)
    classes = case.student.shape[1]
    of_classes = (torch.einsum("rc,rd->cd", q, q) - torch.einsum("rc,rd->cd", p, p)).pow(2).sum() / classes
    weights = (case.config[level] for level in ("instance", "batch", "class"))
    return sum(weight * level for weight, level in zip(weights, (temperature**2 * instance, batch, of_classes)))


def divergence(student: torch.Tensor, teacher: torch.Tensor, temperature: float) -> torch.Tensor:
    """KL of one row; logits are `[classes]`."""
    # What neither side has is no class, and PyTorch would compute -inf - (-inf) = NaN there.
    kept = student > NO_CLASS
    log_q = F.log_softmax(student[kept] / temperature, dim=0)
    return F.kl_div(log_q, F.softmax(teacher[kept] / temperature, dim=0), reduction="sum")


def config(temperatures=(2.0, 3.0, 4.0, 5.0, 6.0), weights=(1.0, 1.0, 1.0)) -> dict:
    return {"temperatures": list(temperatures)} | dict(zip(("instance", "batch", "class"), weights))


def random_case(name: str, settings: dict, rows: int, width: int, deviation: float = 3.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    student, teacher = normal(source, rows, width, deviation), normal(source, rows, width, deviation)
    return Case(name, settings, student, teacher)


def equal_case() -> Case:
    """A student that is its teacher: value 0, gradient 0."""
    case = random_case("equal", config(), 4, 10)
    case.student = case.teacher.clone()
    return case


def huge_case() -> Case:
    """Logits of ±1e4."""
    source = seeded("huge")
    student, teacher = (as_float32([[source.choice((-1e4, 1e4)) for _ in range(10)] for _ in range(4)]) for _ in "st")
    return Case("huge", config(), student, teacher)


def excluded_case() -> Case:
    """Row r leaves out class r on both sides, and its teacher r + 4 as well."""
    case = random_case("excluded", config(), 5, 10)
    for row in range(5):
        case.student[row, row] = case.teacher[row, row] = case.teacher[row, row + 4] = NO_CLASS
    return case


def cases() -> list[Case]:
    return [
        random_case("normal", config(), 8, 10),
        random_case("instances_alone", config(weights=(1.0, 0.0, 0.0)), 4, 10),
        random_case("batch_alone", config(weights=(0.0, 1.0, 0.0)), 8, 10),
        random_case("classes_alone", config(weights=(0.0, 0.0, 1.0)), 8, 10),
        random_case("one_temperature", config([1.0], (0.5, 2.0, 3.0)), 8, 10),
        random_case("more_rows_than_classes", config(), 17, 3),
        random_case("one_row", config(), 1, 47),
        random_case("many_classes", config(), 2, 200),
        random_case("confident", config(), 4, 10, deviation=30.0),
        huge_case(),
        excluded_case(),
        equal_case(),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "multi_level.json",
                "for each temperature T^2 * torch.nn.functional.kl_div of each row, plus the squared differences of its "
                "products with all rows, plus those of all products of classes over the number of classes, of both "
                "softmaxes; gradient by torch.autograd; float64 on float32 inputs",
                multi_level,
                cases(),
            )
        ],
    )
