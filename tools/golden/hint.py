"""Golden values of the loss on features themselves.

Run as `python tools/golden/hint.py`, or with `--check` to verify the file that is there.
"""

import torch

from golden import Case, Golden, main, normals, seeded


def hint(case: Case) -> torch.Tensor:
    """The mean square over everything but what `per_sample` keeps apart: samples, and tokens."""
    apart = case.student.dim() - 1 if case.student.dim() == 3 else 1
    return (case.student - case.teacher).pow(2).flatten(apart).mean(-1).flatten()


def random_case(name: str, *shape: int, deviation: float = 1.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    return Case(name, {}, normals(source, shape, deviation), normals(source, shape, deviation))


def close_case(name: str, *shape: int) -> Case:
    """A student that is nearly there."""
    case = random_case(name, *shape)
    case.student = (case.teacher + 1e-3 * case.student).float().double()
    return case


def cases() -> list[Case]:
    return [
        random_case("maps", 3, 4, 5, 2),
        random_case("one_map", 1, 3, 1, 1),
        random_case("tokens", 2, 5, 7),
        random_case("vectors", 8, 10),
        random_case("large", 4, 47, deviation=1e4),
        close_case("close", 3, 4, 2, 2),
    ]


if __name__ == "__main__":
    main(__file__, [Golden("hint.json", "mean square of the difference; gradient by torch.autograd; float64 on float32 inputs", hint, cases())])
