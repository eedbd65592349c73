"""Golden values of the soft loss on standardised logits.

Run as `python tools/golden/standardized.py`, or with `--check` to verify the file that is there.
"""

import torch

from golden import Case, Golden, main
from soft_label import NO_CLASS, equal_case, excluded_case, huge_case, random_case, soft_loss


def standardized(logits: torch.Tensor) -> torch.Tensor:
    """One row `[classes]` less its mean, divided by its standard deviation (Bessel's), over the classes that exist."""
    kept = logits > NO_CLASS
    values = logits[kept]
    # A constant row has no scale, and stays as it is but for its mean.
    std = values.std() if values.max() > values.min() else 1.0
    return torch.full_like(logits, NO_CLASS).masked_scatter(kept, (values - values.mean()) / std)


def per_sample(case: Case) -> torch.Tensor:
    """Hinton's soft loss of the standardised rows: `[rows]`."""
    rows = zip(case.student, case.teacher)
    return torch.stack([soft_loss(standardized(s), standardized(t), case.config["temperature"]) for s, t in rows])


def constant_case() -> Case:
    """A constant student, a constant teacher, and both; 4 is a mean without rounding error."""
    case = random_case("constant_t2", 2.0, 3, 10)
    case.student[0] = case.teacher[1] = case.student[2] = case.teacher[2] = 4.0
    return case


def cases() -> list[Case]:
    return [
        random_case("normal_t2", 2.0, 8, 10),
        random_case("normal_t1", 1.0, 8, 10),
        random_case("normal_t4", 4.0, 8, 10),
        random_case("one_row_t2", 2.0, 1, 47),
        random_case("three_classes_t2", 2.0, 8, 3),
        random_case("many_classes_t2", 2.0, 2, 300),
        random_case("confident_t2", 2.0, 8, 10, deviation=30.0),
        huge_case("huge_t2", 2.0),
        excluded_case("excluded_by_both_t2", 2.0, by_student=True),
        excluded_case("excluded_by_teacher_t2", 2.0, by_student=False),
        constant_case(),
        equal_case(),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "standardized.json",
                "the reference of soft_label.json on rows less torch.mean over torch.std (unbiased) of the classes "
                "that exist, a constant row's std being 1; gradient by torch.autograd; float64 on float32 inputs",
                per_sample,
                cases(),
            )
        ],
    )
