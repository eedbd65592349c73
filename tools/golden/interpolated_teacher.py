"""Golden values of temporally adaptive interpolated distillation: a target between student and teacher.

Run as `python tools/golden/interpolated_teacher.py`, or with `--check` to verify the file that is there.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normal, seeded

NO_CLASS = float("-inf")


def interpolated_teacher(case: Case) -> torch.Tensor:
    """KL(target ‖ student) of each row: `[rows]`."""
    return torch.stack([row_loss(s, t, case.config["t"]) for s, t in zip(case.student, case.teacher)])


def row_loss(student: torch.Tensor, teacher: torch.Tensor, t: float) -> torch.Tensor:
    """One row; logits are `[classes]`."""
    # What neither side has is no class, and PyTorch would compute -inf - (-inf) = NaN there.
    kept = student > NO_CLASS
    student, teacher = student[kept], teacher[kept]
    ends = {0.0: student.detach(), 1.0: teacher}
    # At the ends the other side has no part in the target, while 0 · -inf is NaN.
    target = ends[t] if t in ends else (1 - t) * student.detach() + t * teacher
    return F.kl_div(F.log_softmax(student, dim=0), F.softmax(target, dim=0), reduction="sum")


def random_case(name: str, t: float, rows: int, width: int, deviation: float = 3.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    student, teacher = normal(source, rows, width, deviation), normal(source, rows, width, deviation)
    return Case(name, {"t": t}, student, teacher)


def equal_case() -> Case:
    """A student that is its teacher, at t = 1, where no rounding of the mix is left: value 0, gradient 0."""
    case = random_case("equal_t1", 1.0, 4, 10)
    case.student = case.teacher.clone()
    return case


def huge_case(t: float) -> Case:
    """Logits of ±1e4."""
    name = f"huge_t{t:g}"
    source = seeded(name)
    student, teacher = (as_float32([[source.choice((-1e4, 1e4)) for _ in range(10)] for _ in range(4)]) for _ in "st")
    return Case(name, {"t": t}, student, teacher)


def excluded_case(t: float) -> Case:
    """Row r leaves out class r on both sides, and its teacher r + 4 as well."""
    case = random_case(f"excluded_t{t:g}", t, 5, 10)
    for row in range(5):
        case.student[row, row] = case.teacher[row, row] = case.teacher[row, row + 4] = NO_CLASS
    return case


def cases() -> list[Case]:
    return [
        *(random_case(f"normal_t{t:g}", t, 4, 10) for t in (0.1, 0.4, 0.7, 1.0)),
        random_case("two_classes_t0.5", 0.5, 3, 2),
        random_case("one_row_t0.5", 0.5, 1, 47),
        random_case("many_classes_t0.5", 0.5, 2, 300),
        random_case("confident_t0.5", 0.5, 4, 10, deviation=30.0),
        huge_case(0.4),
        huge_case(1.0),
        excluded_case(0.4),
        excluded_case(1.0),
        equal_case(),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "interpolated_teacher.json",
                "torch.nn.functional.kl_div of log_softmax(student) against softmax((1 - t) * student.detach() + t * "
                "teacher), summed over the classes the student does not exclude; gradient by torch.autograd; float64 "
                "on float32 inputs",
                interpolated_teacher,
                cases(),
            )
        ],
    )
