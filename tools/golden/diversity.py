"""Golden values of an ensemble's diversity: disagreement, correlation of errors, Q, double fault, ambiguity.

Run as `python tools/golden/diversity.py`, or with `--check` to verify the file that is there.

Computed from whole tensors: PyTorch's `corrcoef` of the members' errors, and contingency tables summed from masks.
"""

import argparse
import math
import platform
import sys

import torch
import torch.nn.functional as F

from golden import ROOT, SEED, as_float32, normal, seeded, stored, write

FILE = "diversity.json"
REFERENCE = "corrcoef, masks and softmax of PyTorch on whole tensors; null where a member always errs or never; float64 on float32"


def measures(logits: torch.Tensor, labels: torch.Tensor) -> dict:
    """All of it, of logits `[members, samples, classes]`."""
    said = logits.argmax(2)
    wrong = (said != labels).double()
    right = 1.0 - wrong
    samples = labels.numel()
    n11, n10 = right @ right.T, right @ wrong.T
    n01, n00 = wrong @ right.T, wrong @ wrong.T
    probs = F.softmax(logits, dim=2)
    mean = probs.mean(0)
    truth = F.one_hot(labels, logits.shape[2]).double()
    return {
        "accuracies": right.mean(1).tolist(),
        "ensemble_accuracy": (mean.argmax(1) == labels).double().mean().item(),
        "members_brier": (probs - truth).square().sum(2).mean().item(),
        "ensemble_brier": (mean - truth).square().sum(1).mean().item(),
        "ambiguity": probs.var(0, correction=0).sum(1).mean().item(),
        "disagreement": (said.unsqueeze(0) != said.unsqueeze(1)).double().mean(2).tolist(),
        "correlation": numbers(torch.atleast_2d(torch.corrcoef(wrong))),
        "q": numbers((n11 * n00 - n10 * n01) / (n11 * n00 + n10 * n01)),
        "double_fault": (n00 / samples).tolist(),
    }


def numbers(table: torch.Tensor) -> list[list[float | None]]:
    """Rows, with null for what is no number."""
    return [[None if math.isnan(value) else value for value in row] for row in table.tolist()]


def case(name: str, batches: list[int], members: int, classes: int, alike: float, perfect: bool = False) -> dict:
    """Members that have part of their logits in common, in batches of these many samples."""
    source = seeded(name)
    samples = sum(batches)
    common = normal(source, samples, classes)
    logits = [as_float32(alike * common + (1 - alike) * normal(source, samples, classes)) for _ in range(members)]
    labels = torch.tensor([source.choice([int(row.argmax()), source.randrange(classes)]) for row in common])
    if perfect:
        logits[0] = F.one_hot(labels, classes).double()
    stacked = torch.stack(logits)
    return {
        "name": name,
        "batches": batches,
        "classes": classes,
        "members": [member.flatten().tolist() for member in logits],
        "labels": labels.tolist(),
        **measures(stacked, labels),
    }


def contents() -> dict:
    """The whole file."""
    return {
        "script": "tools/golden/diversity.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]},
        "seed": SEED,
        "reference": REFERENCE,
        "cases": [
            case("digits", [16, 16, 7], 5, 10, alike=0.7),
            case("two_classes", [20, 11], 3, 2, alike=0.5),
            case("strangers", [30], 4, 6, alike=0.0),
            case("one_never_errs", [12, 9], 3, 4, alike=0.6, perfect=True),
            case("one_member", [8], 1, 3, alike=0.5),
            case("many_classes", [6, 2], 2, 200, alike=0.8),
        ],
    }


def main() -> None:
    """Writes the file, or with `--check` recomputes and compares it."""
    torch.set_num_threads(1)
    parser = argparse.ArgumentParser(description="Writes testdata/diversity.json.")
    parser.add_argument("--check", action="store_true", help="compare with the file as it is, write nothing")
    path, fresh = ROOT / "testdata" / FILE, contents()
    if not parser.parse_args().check:
        write(path, fresh)
        print(f"wrote {len(fresh['cases'])} cases: testdata/{FILE}")
        return
    old = stored(path)
    faults = [key for key in ("script", "seed", "reference") if old[key] != fresh[key]]
    faults += [after["name"] for before, after in zip(old["cases"], fresh["cases"]) if not agree(before, after)]
    if faults or len(old["cases"]) != len(fresh["cases"]):
        sys.exit(f"{FILE}: these differ: " + ", ".join(faults or ["the number of cases"]))
    print(f"checked {len(fresh['cases'])} cases: testdata/{FILE}")


def agree(before, after) -> bool:
    """Whether two values are the same but for rounding."""
    if isinstance(after, dict):
        return before.keys() == after.keys() and all(agree(before[key], after[key]) for key in after)
    if isinstance(after, list):
        return len(before) == len(after) and all(map(agree, before, after))
    if isinstance(after, float) and isinstance(before, float):
        return math.isclose(before, after, rel_tol=1e-12, abs_tol=1e-12)
    return before == after


if __name__ == "__main__":
    main()
