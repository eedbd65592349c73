"""Golden values of linear CKA over minibatches.

Run as `python tools/golden/align.py`, or with `--check` to verify the file that is there.

HSIC without bias is computed as Song et al. (2012) write it, with traces and sums of Gram matrices whose diagonal is 0, and
not by centring; HSIC with bias on features, as Kornblith et al. (2019) write it for linear kernels. Neither takes the mean
out of the features first where the formula does not.
"""

import argparse
import math
import platform
import sys

import torch

from golden import ROOT, SEED, as_float32, normals, seeded, stored, write

FILE = "align.json"
REFERENCE = "CKA over minibatches (Nguyen et al., 2021) in PyTorch; float64 on float32 inputs"


def gram(layer: torch.Tensor) -> torch.Tensor:
    """The products of each sample with each."""
    samples = layer.reshape(len(layer), -1)
    return torch.einsum("ip,jp->ij", samples, samples)


def debiased_hsic(x: torch.Tensor, y: torch.Tensor) -> float:
    """HSIC₁ of Song et al.: tr(K̃·L̃), the product of the sums, and the sum of the product."""
    n = len(x)
    k, l = gram(x), gram(y)
    k.fill_diagonal_(0.0)
    l.fill_diagonal_(0.0)
    one = torch.ones(n, dtype=torch.float64)
    first = torch.trace(k @ l)
    second = (one @ k @ one) * (one @ l @ one) / ((n - 1) * (n - 2))
    third = 2.0 * (one @ k @ l @ one) / (n - 2)
    return ((first + second - third) / (n * (n - 3))).item()


def biased_hsic(x: torch.Tensor, y: torch.Tensor) -> float:
    """‖Yᵀ·X‖² of centred features, over (n − 1)²."""
    n = len(x)
    x, y = x.reshape(n, -1), y.reshape(n, -1)
    return ((y - y.mean(0)).T @ (x - x.mean(0))).pow(2).sum().item() / (n - 1) ** 2


def cka(batches: list[tuple], hsic) -> list[list[float]]:
    """The table: HSIC averaged over batches first, and then divided."""

    def mean(a, i, b, j):
        return sum(hsic(batch[a][i], batch[b][j]) for batch in batches) / len(batches)

    layers = [range(len(side)) for side in batches[0]]
    return [
        [mean(0, i, 1, j) / math.sqrt(mean(0, i, 0, i) * mean(1, j, 1, j)) for j in layers[1]]
        for i in layers[0]
    ]


def batch(source, samples: int, student: list, teacher: list, offset: float) -> tuple:
    """Layers that see the same 3 hidden causes through different matrices, with noise of their own."""
    causes = normals(source, [samples, 3])

    def layer(number: int, shape: list[int]):
        # The same matrix in each batch, by the layer's number.
        mixing = normals(seeded(f"mixing {number} {shape}"), [3, math.prod(shape)])
        noise = normals(source, [samples, math.prod(shape)], 0.2 * (number % 10 + 1))
        return as_float32(((causes @ mixing).tanh() + noise + offset).reshape(samples, *shape))

    return (
        [layer(number, shape) for number, shape in enumerate(student)],
        [layer(10 + number, shape) for number, shape in enumerate(teacher)],
    )


def case(name: str, samples: list[int], student: list, teacher: list, debiased: bool = True, offset: float = 0.0) -> dict:
    """One table, of batches of these many samples and layers of these shapes."""
    source = seeded(name)
    batches = [batch(source, n, student, teacher, offset) for n in samples]
    as_lists = [[[layer.flatten().tolist() for layer in side] for side in sides] for sides in batches]
    return {
        "name": name,
        "debiased": debiased,
        "samples": samples,
        "student_shapes": student,
        "teacher_shapes": teacher,
        "batches": as_lists,
        "cka": cka(batches, debiased_hsic if debiased else biased_hsic),
    }


def contents() -> dict:
    """The whole file."""
    return {
        "script": "tools/golden/align.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]},
        "seed": SEED,
        "reference": REFERENCE,
        "cases": [
            case("every_rank", [8, 8, 5], [[6], [2, 3, 2], [3, 4]], [[5], [4, 2, 2], [2, 3], [9]]),
            case("the_smallest_batch", [4], [[3]], [[2], [7]]),
            case("far_from_zero", [12, 12], [[6], [10]], [[8]], offset=10.0),
            case("biased", [8, 8, 5], [[6], [2, 3, 2]], [[5], [2, 3]], debiased=False),
        ],
    }


def main() -> None:
    """Writes the file, or with `--check` recomputes and compares it."""
    parser = argparse.ArgumentParser(description="Writes testdata/align.json.")
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
        inputs = [key for key in after if key != "cka" and before.get(key) != after[key]]
        apart = (torch.tensor(before["cka"]) - torch.tensor(after["cka"])).abs().max()
        faults += [f"{after['name']}: {key}" for key in inputs + (["cka"] if not apart <= 1e-9 else [])]
    if faults:
        sys.exit(f"{FILE}: these differ: " + ", ".join(faults))
    print(f"checked {len(fresh['cases'])} cases: testdata/{FILE}")


if __name__ == "__main__":
    main()
