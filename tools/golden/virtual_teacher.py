"""Golden values of what is learnt from a teacher that is right about every label and knows nothing else.

Run as `python tools/golden/virtual_teacher.py`, or with `--check` to verify the file that is there.
"""

import math

import torch
import torch.nn.functional as F

from golden import Case, Golden, main, normal, seeded


def taught(case: Case) -> torch.Tensor:
    """(1 - alpha) · CE + alpha · T² · KL(p_T ‖ q_T), the teacher written down as probabilities and softened as such."""
    alpha, temperature, a = (case.config[name] for name in ("alpha", "temperature", "confidence"))
    classes = case.student.shape[1]
    p = torch.full(case.student.shape, (1.0 - a) / (classes - 1), dtype=torch.float64)
    p[range(len(p)), case.labels] = a
    softened = p ** (1.0 / temperature)
    softened = (softened / softened.sum(dim=1, keepdim=True)).to(case.student.dtype)
    hard = F.cross_entropy(case.student, case.labels, reduction="none")
    soft = F.kl_div(F.log_softmax(case.student / temperature, dim=1), softened, reduction="none").sum(dim=1)
    return (1.0 - alpha) * hard + alpha * temperature**2 * soft


def case(name: str, alpha: float, temperature: float, lead: float, rows: int, classes: int, deviation: float = 3.0) -> Case:
    """A label that leads by `lead` in log-odds.

    That number and not the confidence is chosen, and is one that float32 holds: a teacher who sees only labels cannot know
    which type the student computes in.
    """
    source = seeded(name)
    confidence = 1.0 / (1.0 + (classes - 1) * math.exp(-lead))
    config = {"alpha": alpha, "temperature": temperature, "confidence": confidence}
    student = normal(source, rows, classes, deviation)
    labels = torch.tensor([source.randrange(classes) for _ in range(rows)])
    return Case(name, config, student, torch.zeros_like(student), labels)


def cases() -> list[Case]:
    """Confidences of 0.9885 (ten classes), 0.99 (two, a hundred) and less."""
    return [
        case("cifar10_t20", 0.1, 20.0, 6.65625, 8, 10),
        case("cifar100_t20", 0.1, 20.0, 9.1875, 8, 100),
        case("cifar100_t40", 0.5, 40.0, 9.1875, 8, 100),
        case("two_classes_t20", 0.95, 20.0, 4.59375, 3, 2),
        case("soft_alone_t1", 1.0, 1.0, 6.75, 8, 10),
        case("soft_alone_t20", 1.0, 20.0, 6.75, 8, 10),
        case("undecided_t4", 0.5, 4.0, 0.0, 8, 10),
        case("one_row_t20", 0.1, 20.0, 6.75, 1, 47),
        case("confident_t20", 0.1, 20.0, 6.75, 8, 10, deviation=30.0),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "virtual_teacher.json",
                "(1 - alpha) * torch.nn.functional.cross_entropy(student, labels) + alpha * temperature^2 * kl_div of "
                "log_softmax(student / temperature) against p^(1 / temperature) over its sum, where p is confidence for the "
                "label and (1 - confidence) / (classes - 1) elsewhere; gradient by torch.autograd; float64 on float32 inputs",
                taught,
                cases(),
            )
        ],
    )
