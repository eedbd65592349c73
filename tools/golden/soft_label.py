"""Golden values of the soft-label losses: Hinton's soft loss, and its mix with the hard loss.

Run as `python tools/golden/soft_label.py`, or with `--check` to verify the files that are there.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normal, seeded

NO_CLASS = float("-inf")


def soft_loss(student: torch.Tensor, teacher: torch.Tensor, temperature: float) -> torch.Tensor:
    """T² · KL(softmax(teacher / T) ‖ softmax(student / T)) of one row; logits are `[classes]`."""
    # A class both exclude is absent from both distributions, yet PyTorch would compute -inf - (-inf) = NaN there.
    # Indexing drops it, and autograd scatters the gradient back with a 0 in its place.
    kept = student > NO_CLASS
    student, teacher = student[kept], teacher[kept]
    log_probs = F.log_softmax(student / temperature, dim=0)
    if (teacher == NO_CLASS).any():
        # Only the teacher excludes a class: in log space that is 0 · -inf = NaN, with probabilities 0 · log 0 = 0.
        divergence = F.kl_div(log_probs, F.softmax(teacher / temperature, dim=0), reduction="sum")
    else:
        target = F.log_softmax(teacher / temperature, dim=0)
        divergence = F.kl_div(log_probs, target, reduction="sum", log_target=True)
    return temperature**2 * divergence


def soft_label(case: Case) -> torch.Tensor:
    """Hinton's soft loss of each row: `[rows]`."""
    rows = zip(case.student, case.teacher)
    return torch.stack([soft_loss(student, teacher, case.config["temperature"]) for student, teacher in rows])


def knowledge_distillation(case: Case) -> torch.Tensor:
    """(1 - alpha) · CE + alpha · T² · KL of each row: `[rows]`; the cross-entropy knows no temperature."""
    alpha = case.config["alpha"]
    hard = F.cross_entropy(case.student, case.labels, reduction="none")
    return (1.0 - alpha) * hard + alpha * soft_label(case)


def random_case(name: str, temperature: float, rows: int, width: int, deviation: float = 3.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    student, teacher = normal(source, rows, width, deviation), normal(source, rows, width, deviation)
    return Case(name, {"temperature": temperature}, student, teacher)


def correlated_case() -> Case:
    """A student so close to its teacher that the divergence is far smaller than the terms it sums."""
    case = random_case("correlated_t20", 20.0, 8, 10)
    noise = normal(seeded("correlated_t20 noise"), 8, 10, deviation=1e-2)
    case.student = as_float32(case.teacher + noise)
    return case


def equal_case() -> Case:
    """A student that is its teacher: value 0, gradient 0."""
    case = random_case("equal_t4", 4.0, 8, 10)
    case.student = case.teacher.clone()
    return case


def huge_case(name: str, temperature: float) -> Case:
    """Logits of ±1e4, whose exponentials are 0 or overflow while the divergence is finite."""
    source = seeded(name)
    student, teacher = (as_float32([[source.choice((-1e4, 1e4)) for _ in range(10)] for _ in range(8)]) for _ in "st")
    return Case(name, {"temperature": temperature}, student, teacher)


def excluded_case(name: str, temperature: float, by_student: bool) -> Case:
    """Row r leaves out the classes r and r + 3, counted in a circle: the teacher does, and the student if asked."""
    case = random_case(name, temperature, 8, 10)
    for row in range(8):
        for column in (row % 10, (row + 3) % 10):
            case.teacher[row, column] = NO_CLASS
            if by_student:
                case.student[row, column] = NO_CLASS
    return case


def soft_label_cases() -> list[Case]:
    return [
        random_case("normal_t1", 1.0, 8, 10),
        random_case("normal_t4", 4.0, 8, 10),
        random_case("normal_t20", 20.0, 8, 10),
        random_case("two_classes_t2", 2.0, 3, 2),
        random_case("three_classes_t4", 4.0, 47, 3),
        random_case("one_row_t4", 4.0, 1, 47),
        random_case("many_classes_t4", 4.0, 5, 1000),
        random_case("confident_t4", 4.0, 8, 10, deviation=30.0),
        huge_case("huge_t1", 1.0),
        huge_case("huge_t4", 4.0),
        excluded_case("excluded_by_both_t4", 4.0, by_student=True),
        excluded_case("excluded_by_teacher_t4", 4.0, by_student=False),
        equal_case(),
        correlated_case(),
    ]


def labelled(case: Case, name: str, alpha: float, labels: list[int] | None = None) -> Case:
    """The case with labels, random ones unless given, and a share `alpha` for the soft loss."""
    rows, width = case.student.shape
    source = seeded(f"{name} labels")
    labels = labels or [source.randrange(width) for _ in range(rows)]
    return Case(name, case.config | {"alpha": alpha}, case.student, case.teacher, torch.tensor(labels))


def knowledge_distillation_cases() -> list[Case]:
    cases = []
    for rows, width in ((8, 10), (3, 2), (5, 47)):
        for temperature in (1.0, 4.0, 20.0):
            for alpha in (0.0, 0.1, 0.5, 0.9, 1.0):
                name = f"{rows}x{width}_t{temperature:g}_alpha{alpha:g}"
                cases.append(labelled(random_case(name, temperature, rows, width), name, alpha))
    cases.append(labelled(huge_case("huge_t4_alpha0.5", 4.0), "huge_t4_alpha0.5", 0.5))
    # The label is never an excluded class: its cross-entropy would be infinite.
    name = "excluded_by_both_t4_alpha0.5"
    cases.append(labelled(excluded_case(name, 4.0, by_student=True), name, 0.5, [(row + 1) % 10 for row in range(8)]))
    return cases


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "soft_label.json",
                "temperature^2 * torch.nn.functional.kl_div of log_softmax(student / temperature) against "
                "softmax(teacher / temperature), summed over the classes the student does not exclude; gradient by "
                "torch.autograd; float64 on float32 inputs",
                soft_label,
                soft_label_cases(),
            ),
            Golden(
                "knowledge_distillation.json",
                "(1 - alpha) * torch.nn.functional.cross_entropy(student, labels) + alpha * the reference of "
                "soft_label.json; gradient by torch.autograd; float64 on float32 inputs",
                knowledge_distillation,
                knowledge_distillation_cases(),
            ),
        ],
    )
