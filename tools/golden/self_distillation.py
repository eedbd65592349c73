"""Golden values of the losses of networks that teach themselves: from their past, their last batch, their class, their views.

Run as `python tools/golden/self_distillation.py`, or with `--check` to verify the files that are there.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, main, normals, seeded
from soft_label import equal_case, excluded_case, huge_case, labelled, random_case, soft_loss


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
    return [
        *cases,
        with_alpha(random_case("confident", 1.0, 8, 10, deviation=30.0), 0.8),
        with_alpha(huge_case("huge", 1.0), 0.8),
        with_alpha(excluded_case("excluded_by_past", 1.0, by_student=False), 0.8, FREE),
        with_alpha(equal_case(), 0.8),
    ]


def hard(case: Case) -> torch.Tensor:
    """Cross-entropy of each row with its label: `[rows]`."""
    return F.cross_entropy(case.student, case.labels, reduction="none")


def class_wise(case: Case) -> torch.Tensor:
    """CE + weight * T^2 * KL(softmax(other / T) || softmax(student / T)) of each row."""
    pairs = zip(case.student, case.teacher)
    soft = torch.stack([soft_loss(student, other, case.config["temperature"]) for student, other in pairs])
    return hard(case) + case.config["weight"] * soft


def last_batch(case: Case) -> torch.Tensor:
    """CE of each row, and for the first of them, of which something was said, weight * soft * rows / shared more."""
    shared, weight = case.config["shared"], case.config["weight"]
    values = list(hard(case))
    for row in range(shared):
        soft = soft_loss(case.student[row], case.teacher[row], case.config["temperature"])
        values[row] = values[row] + weight * soft * len(values) / shared
    return torch.stack(values)


def distortion(case: Case) -> torch.Tensor:
    """T^2 * KL in both directions, in each the first distribution detached: `[rows]`."""
    temperature = case.config["temperature"]
    pairs = list(zip(case.student, case.teacher))
    there = [soft_loss(first, second.detach(), temperature) for first, second in pairs]
    back = [soft_loss(second, first.detach(), temperature) for first, second in pairs]
    return torch.stack(there) + torch.stack(back)


def mean_discrepancy(case: Case) -> torch.Tensor:
    """The squared length of the difference of the batch's means, for each row (a token is one): `[rows]`."""
    student, teacher = (
        side.flatten(0, 1) if side.dim() == 3 else side.flatten(1) for side in (case.student, case.teacher)
    )
    value = torch.linalg.vector_norm(student.mean(dim=0) - teacher.mean(dim=0)) ** 2
    return value.expand(len(student))


def weighed(case: Case, weight: float, labels: list[int] | None = None, **config) -> Case:
    """The case with labels and a weight."""
    case = labelled(case, case.name, 0.0, labels)
    del case.config["alpha"]
    case.config |= {"weight": weight} | config
    return case


FREE = [(row + 1) % 10 for row in range(8)]  # no class of excluded_case


def class_wise_cases() -> list[Case]:
    return [
        weighed(random_case("default", 4.0, 8, 10), 1.0),
        weighed(random_case("strong_t2", 2.0, 3, 47), 3.0),
        weighed(random_case("label_only", 4.0, 5, 3), 0.0),
        weighed(random_case("one_row_t1", 1.0, 1, 10), 0.5),
        weighed(random_case("confident", 4.0, 8, 10, deviation=30.0), 1.0),
        weighed(huge_case("huge", 4.0), 1.0),
        weighed(excluded_case("excluded_by_other", 4.0, by_student=False), 1.0, FREE),
        weighed(equal_case(), 1.0),
    ]


def last_batch_cases() -> list[Case]:
    return [
        weighed(random_case("half", 3.0, 8, 10), 1.0, shared=4),
        weighed(random_case("all", 3.0, 4, 10), 1.0, shared=4),
        weighed(random_case("one_of_five_t2", 2.0, 5, 47), 2.0, shared=1),
        weighed(random_case("more_than_half_t1", 1.0, 7, 3), 0.5, shared=5),
        weighed(random_case("first_step", 3.0, 6, 10), 1.0, shared=0),
        weighed(random_case("label_only", 3.0, 6, 10), 0.0, shared=3),
        weighed(huge_case("huge", 3.0), 1.0, shared=4),
        weighed(excluded_case("excluded_by_past", 3.0, by_student=False), 1.0, FREE, shared=4),
    ]


def distortion_cases() -> list[Case]:
    return [
        random_case("default", 3.0, 8, 10),
        random_case("normal_t1", 1.0, 8, 10),
        random_case("two_classes_t4", 4.0, 3, 2),
        random_case("one_row_t20", 20.0, 1, 47),
        random_case("confident", 3.0, 8, 10, deviation=30.0),
        huge_case("huge", 3.0),
        equal_case(),
    ]


def mean_discrepancy_cases() -> list[Case]:
    def case(name: str, shape: list[int]) -> Case:
        source = seeded(name)
        return Case(name, {}, normals(source, shape), normals(source, shape))

    return [case("vectors", [8, 16]), case("one", [1, 3]), case("maps", [5, 3, 2, 4])]


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
            Golden(
                "class_wise.json",
                "torch.nn.functional.cross_entropy(student, labels) + weight * the reference of soft_label.json; gradient "
                "by torch.autograd; float64 on float32 inputs",
                class_wise,
                class_wise_cases(),
            ),
            Golden(
                "last_batch.json",
                "torch.nn.functional.cross_entropy(student, labels), and for the first `shared` rows weight * rows / shared "
                "* the reference of soft_label.json more; gradient by torch.autograd; float64 on float32 inputs",
                last_batch,
                last_batch_cases(),
            ),
            Golden(
                "distortion.json",
                "the reference of soft_label.json in both directions, its teacher detached, student and teacher being the "
                "views; gradient by torch.autograd; float64 on float32 inputs",
                distortion,
                distortion_cases(),
            ),
            Golden(
                "mean_discrepancy.json",
                "torch.linalg.vector_norm of the difference of torch.mean over the batch, squared; gradient by "
                "torch.autograd; float64 on float32 inputs",
                mean_discrepancy,
                mean_discrepancy_cases(),
            ),
        ],
    )
