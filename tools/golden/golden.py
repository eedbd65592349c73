"""What every golden script shares: seeded inputs, the reference's gradient, and the file they are written to.

A golden file holds inputs, and the value and gradient that PyTorch computes from them. The Rust tests read
nothing else, so a bug of ours cannot hide in its own reference.
"""

import argparse
import json
import math
import os
import pathlib
import platform
import random
import sys
from dataclasses import dataclass
from typing import Callable

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
SEED = 0


@dataclass
class Case:
    """One input of a loss. `student` and `teacher` are float64, `[rows, classes]` or features; `labels` int64 `[rows]`."""

    name: str
    config: dict
    student: torch.Tensor
    teacher: torch.Tensor
    labels: torch.Tensor | None = None


@dataclass
class Golden:
    """One golden file: `reference` says in a sentence how `per_sample(case) -> [rows]` gets its numbers."""

    file: str
    reference: str
    per_sample: Callable[[Case], torch.Tensor]
    cases: list[Case]


def seeded(name: str) -> random.Random:
    """A source of random numbers of the case's own, so that a new case changes no other.

    Python's generator, because it yields the same numbers under every version of PyTorch.
    """
    return random.Random(f"{SEED} {name}")


def normal(source: random.Random, rows: int, width: int, deviation: float = 3.0) -> torch.Tensor:
    """Normal numbers `[rows, width]` around 0."""
    return as_float32([[source.gauss(0.0, deviation) for _ in range(width)] for _ in range(rows)])


def normals(source: random.Random, shape: list[int], deviation: float = 1.0) -> torch.Tensor:
    """Normal numbers around 0 in any shape."""
    return as_float32([source.gauss(0.0, deviation) for _ in range(math.prod(shape))]).reshape(shape)


def as_float32(numbers) -> torch.Tensor:
    """The float64 tensor of the nearest float32 numbers: tests in either precision then see the same input."""
    return torch.as_tensor(numbers, dtype=torch.float64).float().double()


def main(script: str, goldens: list[Golden]) -> None:
    """The command line of a golden script: writes its files, or with `--check` recomputes and compares them."""
    parser = argparse.ArgumentParser(description="Writes golden values under testdata/.")
    parser.add_argument("--check", action="store_true", help="compare with the files as they are, write nothing")
    check = parser.parse_args().check
    script = pathlib.Path(script).resolve().relative_to(ROOT).as_posix()
    faults = []
    for golden in goldens:
        path = ROOT / "testdata" / golden.file
        fresh = compute(script, golden)
        if check:
            faults += [f"{golden.file}: {fault}" for fault in differences(stored(path), fresh)]
        else:
            write(path, fresh)
        print(f"{'checked' if check else 'wrote'} {len(golden.cases)} cases: testdata/{golden.file}")
    if faults:
        sys.exit("\n".join(faults))


def compute(script: str, golden: Golden) -> dict:
    """The contents of a golden file."""
    return {
        "script": script,
        "versions": {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]},
        "seed": SEED,
        "reference": golden.reference,
        "cases": [compute_case(case, golden.per_sample) for case in golden.cases],
    }


def compute_case(case: Case, per_sample: Callable[[Case], torch.Tensor]) -> dict:
    """One entry of `cases`; `student_grad` is the gradient of the mean over rows."""
    case.student.requires_grad_()
    values = per_sample(case)
    (gradient,) = torch.autograd.grad(values.mean(), case.student)
    # A gradient is a difference of numbers that are right to about 1e-16: what is left below that is rounding of 0.
    gradient[gradient.abs() < 1e-15] = 0.0
    single = Case(case.name, case.config, case.student.detach().float(), case.teacher.float(), case.labels)
    single.student.requires_grad_()
    single_values = per_sample(single)
    (single_gradient,) = torch.autograd.grad(single_values.mean(), single.student)
    rows, *shape = case.student.shape
    of_teacher = list(case.teacher.shape[1:])
    return {
        "name": case.name,
        "config": case.config,
        "rows": rows,
        "width": math.prod(shape),
        **({} if len(shape) == 1 and of_teacher == shape else {"shape": shape}),
        **({} if of_teacher == shape else {"teacher_shape": of_teacher}),
        "student": flat(case.student),
        "teacher": flat(case.teacher),
        **({} if case.labels is None else {"labels": flat(case.labels)}),
        "per_sample": flat(values),
        "student_grad": flat(gradient),
        "float32_error": {
            "per_sample": error(single_values, values),
            "student_grad": error(single_gradient, gradient),
        },
    }


def error(single: torch.Tensor, double: torch.Tensor) -> float:
    """How far PyTorch itself is off in float32, relative to the largest magnitude: how ill-conditioned a case is."""
    scale = double.abs().max().item()
    off = (single.double() - double).abs().max().item()
    return off if scale == 0.0 else off / scale


def flat(tensor: torch.Tensor) -> list:
    """Row-major numbers; JSON has no infinity, so -inf becomes a string."""
    return ["-inf" if number == -math.inf else number for number in tensor.detach().flatten().tolist()]


def write(path: pathlib.Path, contents: dict) -> None:
    """Writes the file with one array a line. A half-written file never takes the old one's place."""
    beside = path.with_suffix(".json.new")
    head = [f'  "{key}": {dumps(value)},\n' for key, value in contents.items() if key != "cases"]
    cases = [
        "    {\n" + ",\n".join(f'      "{key}": {dumps(value)}' for key, value in case.items()) + "\n    }"
        for case in contents["cases"]
    ]
    beside.write_text("{\n" + "".join(head) + '  "cases": [\n' + ",\n".join(cases) + "\n  ]\n}\n")
    os.replace(beside, path)


def dumps(value) -> str:
    """JSON whose floats read back exactly; a NaN or infinity that slipped into a reference is an error."""
    return json.dumps(value, allow_nan=False)


def stored(path: pathlib.Path) -> dict:
    """The golden file as it is."""
    if not path.exists():
        sys.exit(f"{path.relative_to(ROOT)} is missing: run this script without --check to write it")
    return json.loads(path.read_text())


def differences(old: dict, new: dict) -> list[str]:
    """Where two golden files disagree; versions may differ, inputs may not, references by 1e-12 relative.

    Below magnitude 1 the tolerance is 1e-12 absolute: a KL divergence is a sum that cancels, so its rounding error
    follows the size of its terms and not its own.
    """
    names = [case["name"] for case in new["cases"]]
    if [case["name"] for case in old["cases"]] != names:
        return [f"the cases are no longer {', '.join(names)}"]
    faults = [f"{key} differs" for key in ("script", "seed", "reference") if old[key] != new[key]]
    for before, after in zip(old["cases"], new["cases"]):
        # How PyTorch rounds in float32 depends on the processor.
        for key in (before.keys() | after.keys()) - {"float32_error"}:
            if not agree(key, before.get(key), after.get(key)):
                faults.append(f"{after['name']}: {key} differs")
    return faults


def agree(key: str, before, after) -> bool:
    """Whether one field of a case is still what it was."""
    if key not in ("per_sample", "student_grad"):
        return before == after
    if before is None or after is None or len(before) != len(after):
        return False
    return all(math.isclose(b, a, rel_tol=1e-12, abs_tol=1e-12) for b, a in zip(before, after))
