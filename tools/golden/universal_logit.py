"""Golden values of universal logit distillation: sorted probabilities of two vocabularies.

Run as `python tools/golden/universal_logit.py`, or with `--check` to verify the file that is there.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normal, seeded

NO_CLASS = float("-inf")


def universal_logit(case: Case) -> torch.Tensor:
    """Sum of |q - p| of each row, probabilities largest first: `[rows]`."""
    return torch.stack([row_loss(s, t, case.config["temperature"]) for s, t in zip(case.student, case.teacher)])


def row_loss(student: torch.Tensor, teacher: torch.Tensor, temperature: float) -> torch.Tensor:
    """One row; a class of logit -inf is cut off, so that the two sides really differ in length."""
    p, q = (
        torch.sort(F.softmax(logits[logits > NO_CLASS] / temperature, dim=0), descending=True).values
        for logits in (teacher, student)
    )
    length = max(len(p), len(q))
    p, q = F.pad(p, (0, length - len(p))), F.pad(q, (0, length - len(q)))
    return (q - p).abs().sum()


def random_case(name: str, temperature: float, rows: int, width: int, deviation: float = 3.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    student, teacher = normal(source, rows, width, deviation), normal(source, rows, width, deviation)
    return Case(name, {"temperature": temperature}, student, teacher)


def equal_case() -> Case:
    """A student that is its teacher: value 0, gradient 0."""
    case = random_case("equal", 1.0, 4, 10)
    case.student = case.teacher.clone()
    return case


def huge_case() -> Case:
    """Logits of about ±1e4, no two of a row the same, since a kink has no gradient."""
    source = seeded("huge")
    sides = [[[source.choice((-1e4, 1e4)) + 2.0 * column for column in range(10)] for _ in range(4)] for _ in "st"]
    return Case("huge", {"temperature": 4.0}, *map(as_float32, sides))


def narrower(name: str, student: int, teacher: int) -> Case:
    """Vocabularies of these sizes, in 10 columns."""
    case = random_case(name, 1.0, 4, 10)
    case.student[:, student:] = NO_CLASS
    case.teacher[:, teacher:] = NO_CLASS
    return case


def cases() -> list[Case]:
    return [
        random_case("normal_t1", 1.0, 8, 10),
        random_case("normal_t4", 4.0, 8, 10),
        random_case("two_classes_t2", 2.0, 3, 2),
        random_case("one_row", 1.0, 1, 47),
        random_case("many_classes", 1.0, 2, 300),
        random_case("confident", 1.0, 8, 10, deviation=10.0),
        huge_case(),
        narrower("narrow_student", 6, 10),
        narrower("narrow_teacher", 10, 3),
        equal_case(),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "universal_logit.json",
                "the sum of |q - p| over torch.sort of both softmaxes, largest first, the shorter padded with zeros; "
                "gradient by torch.autograd; float64 on float32 inputs",
                universal_logit,
                cases(),
            )
        ],
    )
