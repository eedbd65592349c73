"""Golden values of the losses that treat the label's class unlike the others: decoupled, normalised, weighted, corrected.

Run as `python tools/golden/labelled.py`, or with `--check` to verify the files that are there.
"""

from typing import Callable

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main
from soft_label import NO_CLASS, equal_case, excluded_case, huge_case, labelled, random_case, soft_loss

Row = Callable[[torch.Tensor, torch.Tensor, int, dict], torch.Tensor]


def of_rows(loss: Row) -> Callable[[Case], torch.Tensor]:
    """`per_sample` of a loss that is written for one row: student and teacher `[classes]`, the label, the config."""

    def per_sample(case: Case) -> torch.Tensor:
        rows = zip(case.student, case.teacher, case.labels.tolist())
        return torch.stack([loss(*present(student, teacher, label), case.config) for student, teacher, label in rows])

    return per_sample


def present(student: torch.Tensor, teacher: torch.Tensor, label: int) -> tuple[torch.Tensor, torch.Tensor, int]:
    """The row without the classes that both sides exclude, and where the label is then."""
    kept = student > NO_CLASS
    return student[kept], teacher[kept], int(kept[:label].sum())


def without(logits: torch.Tensor, label: int) -> torch.Tensor:
    """The other classes' logits."""
    return torch.cat([logits[:label], logits[label + 1 :]])


def binary(logits: torch.Tensor, label: int) -> torch.Tensor:
    """Log-probabilities of the label and of the other classes together."""
    log_probs = F.log_softmax(logits, dim=0)
    return torch.stack([log_probs[label], torch.logsumexp(without(log_probs, label), dim=0)])


def decoupled(student: torch.Tensor, teacher: torch.Tensor, label: int, config: dict) -> torch.Tensor:
    """T² · (alpha · TCKD + beta · NCKD), in the paper's names."""
    temperature = config["temperature"]
    student, teacher = student / temperature, teacher / temperature
    tckd = F.kl_div(binary(student, label), binary(teacher, label), reduction="sum", log_target=True)
    # Among themselves the other classes have the soft loss that all classes have, here at T = 1.
    nckd = soft_loss(without(student, label), without(teacher, label), 1.0)
    return temperature**2 * (config["alpha"] * tckd + config["beta"] * nckd)


def normalized(student: torch.Tensor, teacher: torch.Tensor, label: int, config: dict) -> torch.Tensor:
    """−p_y · log q_y − gamma · T² · Σ p̂ · log q̂, the other classes renormalised."""
    temperature = config["temperature"]
    target = -F.softmax(teacher, dim=0)[label] * F.log_softmax(student, dim=0)[label]
    p = F.softmax(without(teacher, label) / temperature, dim=0)
    q = F.log_softmax(without(student, label) / temperature, dim=0)
    return target - config["gamma"] * temperature**2 * (p * q).sum()


def weighted(student: torch.Tensor, teacher: torch.Tensor, label: int, config: dict) -> torch.Tensor:
    """alpha · (1 − exp(−CE_student / CE_teacher)) · T² · KL, the weight without a gradient."""
    with torch.no_grad():
        hard_student, hard_teacher = hard(student, label), hard(teacher, label)
        ratio = torch.zeros_like(hard_student) if hard_student == 0.0 else hard_student / hard_teacher
    return config["alpha"] * (1.0 - torch.exp(-ratio)) * soft_loss(student, teacher, config["temperature"])


def hard(logits: torch.Tensor, label: int) -> torch.Tensor:
    """Cross-entropy with the label as log(1 + Σ exp(z_i − z_label)), which is exact however small it is."""
    return torch.logaddexp(logits.new_zeros(()), torch.logsumexp(without(logits, label) - logits[label], dim=0))


def corrected(student: torch.Tensor, teacher: torch.Tensor, label: int, config: dict) -> torch.Tensor:
    """T² · KL(p* ‖ q), where p* is p mixed with as much of the label's one-hot distribution as gives it its lead."""
    temperature, threshold = config["temperature"], config["threshold"]
    p = F.softmax(teacher / temperature, dim=0)
    best, own = p.max(), p[label]
    if own < best:
        kept = (1.0 - threshold) / (1.0 + best - own)
    elif own + threshold >= 1.0:
        kept = 0.0
    else:
        kept = 1.0 - threshold / (1.0 - own)
    mixed = kept * p + (1.0 - kept) * F.one_hot(torch.tensor(label), len(p))
    return temperature**2 * F.kl_div(F.log_softmax(student / temperature, dim=0), mixed, reduction="sum")


def with_config(case: Case, labels: list[int] | None = None, **config) -> Case:
    """The case with labels (random ones unless given) and more of a configuration."""
    case = labelled(case, case.name, 0.0, labels)
    del case.config["alpha"]
    case.config |= config
    return case


def common_cases(temperature: float, **config) -> list[Case]:
    """What every one of the losses is asked."""
    t = f"t{temperature:g}"
    free = [(row + 1) % 10 for row in range(8)]  # no class of excluded_case
    return [
        with_config(random_case(f"normal_{t}", temperature, 8, 10), **config),
        with_config(random_case(f"one_row_{t}", temperature, 1, 47), **config),
        with_config(random_case(f"two_classes_{t}", temperature, 3, 2), **config),
        with_config(random_case(f"many_classes_{t}", temperature, 2, 300), **config),
        with_config(random_case(f"confident_{t}", temperature, 8, 10, deviation=30.0), **config),
        with_config(huge_case(f"huge_{t}", temperature), **config),
        with_config(excluded_case(f"excluded_by_both_{t}", temperature, by_student=True), free, **config),
        with_config(excluded_case(f"excluded_by_teacher_{t}", temperature, by_student=False), free, **config),
        with_config(equal_case(), **config),
    ]


def sure_case(name: str, by: float, **config) -> Case:
    """A label that leads by about `by` on both sides; what is left for the other classes f32 cannot hold beside a 1."""
    case = with_config(random_case(name, 4.0, 8, 10, deviation=1.0), **config)
    for row, label in enumerate(case.labels.tolist()):
        case.student[row, label] += by
        case.teacher[row, label] += by
    case.student, case.teacher = as_float32(case.student), as_float32(case.teacher)
    return case


def decoupled_cases() -> list[Case]:
    return [
        *common_cases(4.0, alpha=1.0, beta=8.0),
        with_config(random_case("normal_t1", 1.0, 8, 10), alpha=0.5, beta=2.0),
        with_config(random_case("target_only_t2", 2.0, 8, 10), alpha=1.0, beta=0.0),
        with_config(random_case("others_only_t2", 2.0, 8, 10), alpha=0.0, beta=1.0),
        sure_case("sure_t4", 100.0, alpha=1.0, beta=8.0),
    ]


def normalized_cases() -> list[Case]:
    return [
        *common_cases(1.0, gamma=1.5),
        with_config(random_case("normal_t4", 4.0, 8, 10), gamma=0.5),
        with_config(random_case("target_only_t2", 2.0, 8, 10), gamma=0.0),
    ]


def weighted_cases() -> list[Case]:
    certain = with_config(random_case("certain_t2", 2.0, 4, 3), [0, 0, 0, 0], alpha=1.0)
    # Not a trace of a cross-entropy with the label: for the student, the teacher, both, neither.
    for row, (student, teacher) in enumerate(((1e4, 0.0), (0.0, 1e4), (1e4, 1e4), (0.0, 0.0))):
        certain.student[row, 0] = student
        certain.teacher[row, 0] = teacher
    return [*common_cases(2.0, alpha=2.5), certain, sure_case("sure_t4", 12.0, alpha=2.5)]


def corrected_cases() -> list[Case]:
    right = with_config(random_case("right_t1", 1.0, 8, 10), threshold=0.2)
    right.labels = right.teacher.argmax(dim=1)
    draw = with_config(random_case("draw_t1", 1.0, 4, 10), [0, 1, 2, 3], threshold=0.2)
    for row, label in enumerate(draw.labels.tolist()):
        draw.teacher[row, label] = draw.teacher[row].max()
    return [
        *common_cases(1.0, threshold=0.2),
        with_config(random_case("normal_t4", 4.0, 8, 10), threshold=0.5),
        with_config(random_case("threshold0_t2", 2.0, 8, 10), threshold=0.0),
        with_config(random_case("threshold1_t2", 2.0, 8, 10), threshold=1.0),
        right,
        draw,
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "decoupled.json",
                "temperature^2 * (alpha * kl_div of (p_y, 1 - p_y) + beta * kl_div of the softmax over the other "
                "classes), in log space with torch.logsumexp; gradient by torch.autograd; float64 on float32 inputs",
                of_rows(decoupled),
                decoupled_cases(),
            ),
            Golden(
                "normalized.json",
                "-softmax(teacher)_y * log_softmax(student)_y - gamma * temperature^2 * sum of softmax * log_softmax "
                "over the other classes; gradient by torch.autograd; float64 on float32 inputs",
                of_rows(normalized),
                normalized_cases(),
            ),
            Golden(
                "weighted.json",
                "alpha * (1 - exp(-CE(student) / CE(teacher))) under no_grad * the reference of soft_label.json; "
                "gradient by torch.autograd; float64 on float32 inputs",
                of_rows(weighted),
                weighted_cases(),
            ),
            Golden(
                "corrected.json",
                "temperature^2 * kl_div of log_softmax(student / temperature) against softmax(teacher / temperature) "
                "mixed with the label's one-hot distribution; gradient by torch.autograd; float64 on float32 inputs",
                of_rows(corrected),
                corrected_cases(),
            ),
        ],
    )
