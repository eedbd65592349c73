"""Golden values of DIST: Pearson's correlations of probabilities, over the classes of a row and the rows of a class.

Run as `python tools/golden/correlation.py`, or with `--check` to verify the file that is there.
"""

import torch
import torch.nn.functional as F

from golden import Case, Golden, as_float32, main, normal, seeded

NO_CLASS = float("-inf")


def correlation(case: Case) -> torch.Tensor:
    """The loss of each row, with the batch's class term in each: `[rows]`."""
    temperature, beta, gamma = (case.config[key] for key in ("temperature", "beta", "gamma"))
    p = F.softmax(case.teacher / temperature, dim=1)
    q = F.softmax(case.student / temperature, dim=1)
    of_rows = torch.stack([one_minus_pearson(a, b) for a, b in zip(q, p)])
    of_classes = torch.stack([one_minus_pearson(a, b) for a, b in zip(q.T, p.T)]).mean()
    return temperature**2 * (beta * of_rows + gamma * of_classes)


def one_minus_pearson(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """1 - the covariance over the product of the deviations. Undefined for a constant: 1, or 0 if both are."""
    constant = [bool(x.max() == x.min()) for x in (a, b)]
    if any(constant):
        return torch.tensor(0.0 if all(constant) else 1.0, dtype=a.dtype)
    a, b = a - a.mean(), b - b.mean()
    return 1 - (a * b).sum() / ((a * a).sum().sqrt() * (b * b).sum().sqrt())


def config(temperature: float, beta: float = 1.0, gamma: float = 1.0) -> dict:
    return {"temperature": temperature, "beta": beta, "gamma": gamma}


def random_case(name: str, settings: dict, rows: int, width: int, deviation: float = 3.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    student, teacher = normal(source, rows, width, deviation), normal(source, rows, width, deviation)
    return Case(name, settings, student, teacher)


def huge_case() -> Case:
    """Logits of ±1e4, one of each row the largest: probabilities of 0 and 1, and classes that are 0 in all rows."""
    source = seeded("huge")

    def side() -> torch.Tensor:
        rows = [[source.choice((-1e4, 0.0)) for _ in range(10)] for _ in range(6)]
        for row in rows:
            row[source.randrange(6)] = 1e4
        return as_float32(rows)

    return Case("huge", config(4.0), side(), side())


def undecided_case() -> Case:
    """A student whose first row, and a teacher whose second row, are the same for all classes."""
    case = random_case("undecided", config(4.0), 5, 10)
    case.student[0] = 0.5
    case.teacher[1] = -2.0
    return case


def excluded_case(name: str, by_student: bool) -> Case:
    """Classes 2 and 7 are left out of every row: by the teacher, and by the student if asked."""
    case = random_case(name, config(2.0), 5, 10)
    case.teacher[:, [2, 7]] = NO_CLASS
    if by_student:
        case.student[:, [2, 7]] = NO_CLASS
    return case


def cases() -> list[Case]:
    """Equal sides are left to the laws: 1 - 1 is nothing that a tolerance could be relative to."""
    return [
        random_case("cifar", config(4.0), 8, 10),
        random_case("imagenet", config(1.0, 2.0, 2.0), 8, 10),
        random_case("rows_alone", config(4.0, gamma=0.0), 8, 10),
        random_case("classes_alone", config(4.0, beta=0.0), 8, 10),
        random_case("two_rows", config(4.0), 2, 10),
        random_case("three_classes", config(4.0), 17, 3),
        random_case("one_row", config(4.0), 1, 47),
        random_case("many_classes", config(4.0), 3, 200),
        random_case("confident", config(4.0), 8, 10, deviation=30.0),
        huge_case(),
        undecided_case(),
        excluded_case("excluded_by_both", by_student=True),
        excluded_case("excluded_by_teacher", by_student=False),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "correlation.json",
                "temperature^2 * (beta * (1 - Pearson of the rows of both softmaxes) + gamma * the mean of the same "
                "over columns); where one vector is constant 1, where both are 0; gradient by torch.autograd; "
                "float64 on float32 inputs",
                correlation,
                cases(),
            )
        ],
    )
