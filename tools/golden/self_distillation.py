"""Golden values of the losses of networks that teach themselves: from their past, their last batch, their class, their views.

Run as `python tools/golden/self_distillation.py`, or with `--check` to verify the files that are there.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, main
from soft_label import equal_case, excluded_case, huge_case, labelled, random_case


def progressive(case: Case) -> torch.Tensor:
    """Cross-entropy with (1 - alpha) * onehot + alpha * softmax(past), less what it is for the target itself."""
    alpha = case.config["alpha"]
    losses = []
    for student, past, label in zip(case.student, case.teacher, case.labels):
        onehot = F.one_hot(label, len(student)).to(student.dtype)
        target = (1.0 - alpha) * onehot + alpha * F.softmax(past, dim=0)
        kept = target > 0.0  # 0 * log 0 is NaN to PyTorch
        cross_entropy = -(target[kept] * F.log_softmax(student, dim=0)[kept]).sum()
        losses.append(cross_entropy + (target[kept] * target[kept].log()).sum())
    return torch.stack(losses)


def with_alpha(case: Case, alpha: float, labels: list[int] | None = None) -> Case:
    """The case with labels and a share `alpha` of the past, and no temperature."""
    case = labelled(case, case.name, alpha, labels)
    del case.config["temperature"]
    return case


def progressive_cases() -> list[Case]:
    cases = []
    for rows, width in ((8, 10), (3, 2), (5, 47)):
        for alpha in (0.0, 0.008, 0.4, 0.8, 1.0):
            cases.append(with_alpha(random_case(f"{rows}x{width}_alpha{alpha:g}", 1.0, rows, width), alpha))
    free = [(row + 1) % 10 for row in range(8)]  # no class of excluded_case
    return [
        *cases,
        with_alpha(random_case("confident", 1.0, 8, 10, deviation=30.0), 0.8),
        with_alpha(huge_case("huge", 1.0), 0.8),
        with_alpha(excluded_case("excluded_by_past", 1.0, by_student=False), 0.8, free),
        with_alpha(equal_case(), 0.8),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "progressive.json",
                "-sum of target * torch.log_softmax(student) + sum of target * log(target), with target = (1 - alpha) * "
                "onehot(label) + alpha * softmax(past); gradient by torch.autograd; float64 on float32 inputs",
                progressive,
                progressive_cases(),
            ),
        ],
    )
