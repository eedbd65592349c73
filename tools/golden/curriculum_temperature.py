"""Golden values of curriculum temperature: Hinton's soft loss at T = start + range * sigmoid(theta).

Run as `python tools/golden/curriculum_temperature.py`, or with `--check` to verify the file that is there.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normal, seeded

NO_CLASS = float("-inf")


def curriculum_temperature(case: Case) -> torch.Tensor:
    """T² · KL(softmax(teacher / T) ‖ softmax(student / T)) of each row: `[rows]`."""
    settings = case.config["temperature"]
    theta = torch.tensor(settings["theta"], dtype=case.student.dtype)
    temperature = settings["start"] + settings["range"] * torch.sigmoid(theta)
    return torch.stack([row_loss(s, t, temperature) for s, t in zip(case.student, case.teacher)])


def row_loss(student: torch.Tensor, teacher: torch.Tensor, temperature: torch.Tensor) -> torch.Tensor:
    """One row; logits are `[classes]`."""
    # What neither side has is no class, and PyTorch would compute -inf - (-inf) = NaN there.
    kept = student > NO_CLASS
    student, teacher = student[kept] / temperature, teacher[kept] / temperature
    log_q = F.log_softmax(student, dim=0)
    if (teacher == NO_CLASS).any():
        return temperature**2 * F.kl_div(log_q, F.softmax(teacher, dim=0), reduction="sum")
    return temperature**2 * F.kl_div(log_q, F.log_softmax(teacher, dim=0), reduction="sum", log_target=True)


def random_case(name: str, theta: float, rows: int, width: int, start=1.0, reach=20.0, deviation=3.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    student, teacher = normal(source, rows, width, deviation), normal(source, rows, width, deviation)
    return Case(name, {"temperature": {"start": start, "range": reach, "theta": theta}}, student, teacher)


def equal_case() -> Case:
    """A student that is its teacher: value 0, gradient 0."""
    case = random_case("equal", 0.0, 4, 10)
    case.student = case.teacher.clone()
    return case


def huge_case() -> Case:
    """Logits of ±1e4."""
    case = random_case("huge", -2.0, 4, 10)
    source = seeded("huge logits")
    case.student, case.teacher = (
        as_float32([[source.choice((-1e4, 1e4)) for _ in range(10)] for _ in range(4)]) for _ in "st"
    )
    return case


def excluded_case() -> Case:
    """Row r leaves out class r on both sides, and its teacher r + 4 as well."""
    case = random_case("excluded", -1.0, 5, 10)
    for row in range(5):
        case.student[row, row] = case.teacher[row, row] = case.teacher[row, row + 4] = NO_CLASS
    return case


def cases() -> list[Case]:
    return [
        *(random_case(f"normal_theta{theta:g}", theta, 4, 10) for theta in (-8.0, -1.0, 1.0, 8.0)),
        random_case("other_range", 0.5, 4, 10, start=0.5, reach=4.0),
        random_case("two_classes", -1.0, 3, 2),
        random_case("one_row", -1.0, 1, 47),
        random_case("many_classes", -1.0, 2, 300),
        random_case("confident", -3.0, 4, 10, deviation=30.0),
        huge_case(),
        excluded_case(),
        equal_case(),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "curriculum_temperature.json",
                "T^2 * torch.nn.functional.kl_div of log_softmax(student / T) against softmax(teacher / T), with T = "
                "start + range * sigmoid(theta); gradient by torch.autograd; float64 on float32 inputs",
                curriculum_temperature,
                cases(),
            )
        ],
    )
