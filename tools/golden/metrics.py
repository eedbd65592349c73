"""Golden values of what is measured: accuracy, likelihood, Brier score, calibration, and agreement with a teacher.

Run as `python tools/golden/metrics.py`, or with `--check` to verify the file that is there.

Computed from whole tensors by PyTorch's own cross-entropy, divergence, top-k and `bucketize`, whose bins are open below.
torchmetrics 1.9.0 (in its float32) and scikit-learn 1.9.1 agreed with all cases, but for the likelihood of `confident`, for
which scikit-learn clips probabilities.
"""

import argparse
import platform
import sys

import torch
import torch.nn.functional as F

from golden import ROOT, SEED, as_float32, normal, seeded, stored, write

FILE = "metrics.json"
REFERENCE = "cross_entropy, kl_div, topk and bucketize of PyTorch on whole tensors; float64 on float32 inputs"


def calibration(probs: torch.Tensor, labels: torch.Tensor, bins: int) -> dict:
    """ECE, MCE, and how many samples each bin has: bin b is ((b - 1) / bins, b / bins]."""
    confidence, said = probs.max(dim=1)
    right = (said == labels).double()
    edges = torch.arange(1, bins, dtype=torch.float64) / bins
    place = torch.bucketize(confidence, edges)
    counts = torch.bincount(place, minlength=bins)
    gaps = [(right[place == b].mean() - confidence[place == b].mean()).abs() for b in range(bins) if counts[b] > 0]
    weights = counts[counts > 0].double() / len(labels)
    return {
        "confidence": confidence.mean().item(),
        "counts": counts.tolist(),
        "ece": (weights * torch.stack(gaps)).sum().item(),
        "mce": max(gaps).item(),
    }


def agreement(student: torch.Tensor, teacher: torch.Tensor, k: int) -> dict:
    """What a student has of its teacher."""
    log_q, log_p = F.log_softmax(student, dim=1), F.log_softmax(teacher, dim=1)
    of_student, of_teacher = student.topk(k, dim=1).indices, teacher.topk(k, dim=1).indices
    common = (of_student.unsqueeze(2) == of_teacher.unsqueeze(1)).sum((1, 2))
    return {
        "agreement": (student.argmax(1) == teacher.argmax(1)).double().mean().item(),
        "kl": F.kl_div(log_q, log_p, reduction="batchmean", log_target=True).item(),
        "overlap": (common.double() / k).mean().item(),
        "mass": log_q.exp().gather(1, of_teacher).sum(1).mean().item(),
    }


def best_temperature(logits: torch.Tensor, labels: torch.Tensor) -> float | None:
    """Where the likelihood is largest: by the L-BFGS of Guo et al., and from there by Newton's method on the derivative.

    A minimizer compares values, which are flat where it should stop, and so finds half of the digits. Nowhere if all are right.
    """
    if (logits.argmax(1) == labels).all():
        return None
    log_temperature = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature], max_iter=500, line_search_fn="strong_wolfe")

    def nll() -> torch.Tensor:
        return F.cross_entropy(logits / log_temperature.exp(), labels)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = nll()
        loss.backward()
        return loss

    optimizer.step(closure)
    for _ in range(5):
        (slope,) = torch.autograd.grad(nll(), log_temperature, create_graph=True)
        (bend,) = torch.autograd.grad(slope, log_temperature)
        log_temperature.data -= (slope / bend).detach()
    return log_temperature.exp().item()


def case(name: str, batches: list[int], classes: int, bins: int, k: int, deviation: float = 3.0) -> dict:
    """A student and a teacher that are alike in part, in batches of these many samples."""
    source = seeded(name)
    samples = sum(batches)
    teacher = normal(source, samples, classes, deviation)
    student = as_float32(0.7 * teacher + 0.3 * normal(source, samples, classes, deviation))
    labels = torch.tensor([source.choice([int(row.argmax()), source.randrange(classes)]) for row in student])
    probs = F.softmax(student, dim=1)
    truth = F.one_hot(labels, classes).double()
    in_top_k = (student.topk(k, dim=1).indices == labels.unsqueeze(1)).any(1)
    return {
        "name": name,
        "batches": batches,
        "classes": classes,
        "bins": bins,
        "k": k,
        "student": student.flatten().tolist(),
        "teacher": teacher.flatten().tolist(),
        "labels": labels.tolist(),
        "accuracy": (student.argmax(1) == labels).double().mean().item(),
        "top_k_accuracy": in_top_k.double().mean().item(),
        "nll": F.cross_entropy(student, labels).item(),
        "brier": (probs - truth).square().sum(1).mean().item(),
        **calibration(probs, labels, bins),
        "temperature": best_temperature(student, labels),
        **agreement(student, teacher, k),
    }


def contents() -> dict:
    """The whole file."""
    return {
        "script": "tools/golden/metrics.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]},
        "seed": SEED,
        "reference": REFERENCE,
        "cases": [
            case("digits", [16, 16, 7], 10, bins=15, k=3),
            case("two_classes", [9, 8], 2, bins=10, k=1),
            case("many_classes", [5, 3], 200, bins=15, k=10),
            case("confident", [12, 12], 10, bins=15, k=5, deviation=40.0),
            case("undecided", [12], 10, bins=20, k=2, deviation=0.1),
            case("one_bin", [20], 5, bins=1, k=5),
            case("one_sample", [1], 3, bins=15, k=2),
        ],
    }


RESULTS = ("accuracy", "top_k_accuracy", "nll", "brier", "confidence", "ece", "mce", "agreement", "kl", "overlap", "mass")


def main() -> None:
    """Writes the file, or with `--check` recomputes and compares it."""
    parser = argparse.ArgumentParser(description="Writes testdata/metrics.json.")
    parser.add_argument("--check", action="store_true", help="compare with the file as it is, write nothing")
    path, fresh = ROOT / "testdata" / FILE, contents()
    if not parser.parse_args().check:
        write(path, fresh)
        print(f"wrote {len(fresh['cases'])} cases: testdata/{FILE}")
        return
    old = stored(path)
    faults = [key for key in ("script", "seed", "reference") if old[key] != fresh[key]]
    if len(old["cases"]) != len(fresh["cases"]):
        faults.append("the number of cases")
    for before, after in zip(old["cases"], fresh["cases"]):
        inputs = [key for key in after if key not in (*RESULTS, "temperature") and before.get(key) != after[key]]
        results = [key for key in RESULTS if not abs(before[key] - after[key]) <= 1e-12 * max(1.0, abs(after[key]))]
        found = [case["temperature"] or 0.0 for case in (before, after)]
        results += [] if abs(found[0] - found[1]) <= 1e-10 * found[1] else ["temperature"]
        faults += [f"{after['name']}: {key}" for key in inputs + results]
    if faults:
        sys.exit(f"{FILE}: these differ: " + ", ".join(faults))
    print(f"checked {len(fresh['cases'])} cases: testdata/{FILE}")


if __name__ == "__main__":
    main()
