"""Golden values of deep mutual learning: the loss between peers, and two steps of training, each in both orders.

Run as `python tools/golden/mutual.py`, or with `--check` to verify the files that are there.
"""

import argparse
import platform
import sys

import torch
import torch.nn.functional as F

import golden
from golden import ROOT, SEED, Case, Golden, as_float32, error, normals, seeded, stored, write
from soft_label import NO_CLASS, soft_loss

STEPS = "mutual_steps.json"
STEPS_REFERENCE = (
    "linear peers in torch.nn.functional, each with its own torch.optim.SGD and the others' predictions detached; weights "
    "after every step; float64 on float32 inputs"
)


def mutual(case: Case) -> torch.Tensor:
    """The mean over the others of T² · KL(other ‖ student); the others are `[rows, others, classes]`."""
    temperature = case.config["temperature"]

    def row(student: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
        return torch.stack([soft_loss(student, other, temperature) for other in others]).mean()

    return torch.stack([row(student, others) for student, others in zip(case.student, case.teacher)])


def random_case(name: str, temperature: float, rows: int, others: int, classes: int, deviation: float = 3.0) -> Case:
    """A peer and others that know nothing of one another."""
    source = seeded(name)
    student = normals(source, [rows, classes], deviation)
    return Case(name, {"temperature": temperature}, student, normals(source, [rows, others, classes], deviation))


def excluded_case(name: str, by_student: bool) -> Case:
    """Class 2 is left out by all others, and by the student if asked; class 7 in the same way, of some rows."""
    case = random_case(name, 2.0, 5, 3, 10)
    case.teacher[:, :, 2] = NO_CLASS
    case.teacher[1:3, :, 7] = NO_CLASS
    if by_student:
        case.student[:, 2] = NO_CLASS
        case.student[1:3, 7] = NO_CLASS
    return case


def near_case() -> Case:
    """Peers that have nearly agreed, as they do towards the end of a training."""
    case = random_case("near", 1.0, 8, 3, 10)
    noise = normals(seeded("near noise"), [8, 3, 10], 1e-2)
    case.teacher = as_float32(case.student.unsqueeze(1) + noise)
    return case


def cases() -> list[Case]:
    return [
        random_case("two_peers", 1.0, 8, 1, 10),
        random_case("three_peers", 1.0, 8, 2, 10),
        random_case("five_peers", 1.0, 3, 4, 47),
        random_case("three_peers_t4", 4.0, 8, 2, 10),
        random_case("one_row", 1.0, 1, 2, 16),
        random_case("two_classes", 1.0, 3, 2, 2),
        random_case("confident", 1.0, 8, 2, 10, deviation=30.0),
        excluded_case("excluded_by_all", by_student=True),
        excluded_case("excluded_by_others", by_student=False),
        near_case(),
    ]


def step_case(name: str, peers: int, in_turn: bool, rate: float, temperature: float) -> dict:
    """Two steps, and how far PyTorch itself is off in float32."""
    double, single = (taken(name, peers, in_turn, rate, temperature, dtype) for dtype in (torch.float64, torch.float32))
    return {**double, "float32_error": {key: worst(single, double, key) for key in ("losses", "weights")}}


def worst(single: dict, double: dict, key: str) -> float:
    """The largest error of all that is compared at once: one step's losses, one peer's weights."""
    pairs = [(s[key], d[key]) for s, d in zip(single["steps"], double["steps"])]
    if key == "weights":
        pairs = [pair for of_step in pairs for pair in zip(*of_step)]
    return max(error(torch.tensor(s, dtype=torch.float64), torch.tensor(d, dtype=torch.float64)) for s, d in pairs)


def taken(name: str, peers: int, in_turn: bool, rate: float, temperature: float, dtype: torch.dtype) -> dict:
    """Two steps of `peers` linear networks: all at once, or in turn, where each sees those before it as just updated."""
    source = seeded(name)
    features, classes, rows = 5, 4, 6
    weights = [normals(source, [features, classes], 0.5).to(dtype).requires_grad_() for _ in range(peers)]
    first = [weight.detach().flatten().tolist() for weight in weights]
    optimizers = [torch.optim.SGD([weight], lr=rate) for weight in weights]
    batches = [(normals(source, [rows, features]), [source.randrange(classes) for _ in range(rows)]) for _ in range(2)]
    steps = []
    for inputs, labels in batches:
        inputs, labels = inputs.to(dtype), torch.tensor(labels)
        logits = [inputs @ weight for weight in weights]
        losses = []
        for peer in range(peers):
            own = logits[peer]
            loss = F.cross_entropy(own, labels)
            for other in range(peers):
                if other != peer:
                    target = F.softmax(logits[other].detach() / temperature, dim=1)
                    kl = F.kl_div(F.log_softmax(own / temperature, dim=1), target, reduction="batchmean")
                    loss = loss + temperature**2 * kl / (peers - 1)
            losses.append(loss)
            if in_turn:
                update(optimizers[peer], loss)
                logits[peer] = inputs @ weights[peer]
        if not in_turn:
            for optimizer, loss in zip(optimizers, losses):
                update(optimizer, loss)
        steps.append(
            {
                "inputs": inputs.flatten().tolist(),
                "labels": labels.tolist(),
                "losses": [loss.item() for loss in losses],
                "weights": [weight.detach().flatten().tolist() for weight in weights],
            }
        )
    return {
        "name": name,
        "in_turn": in_turn,
        "rate": rate,
        "temperature": temperature,
        "features": features,
        "classes": classes,
        "rows": rows,
        "weights": first,
        "steps": steps,
    }


def update(optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def steps() -> dict:
    """The contents of the file of steps."""
    return {
        "script": "tools/golden/mutual.py",
        "versions": {"python": platform.python_version(), "torch": torch.__version__.split("+")[0]},
        "seed": SEED,
        "reference": STEPS_REFERENCE,
        "cases": [
            step_case("two_at_once", 2, False, 0.5, 1.0),
            step_case("two_in_turn", 2, True, 0.5, 1.0),
            step_case("three_at_once_t2", 3, False, 0.25, 2.0),
            step_case("three_in_turn_t2", 3, True, 0.25, 2.0),
        ],
    }


def main() -> None:
    golden.main(
        __file__,
        [
            Golden(
                "mutual.json",
                "the mean over the other peers of the reference of soft_label.json; gradient by torch.autograd; float64 on "
                "float32 inputs",
                mutual,
                cases(),
            )
        ],
    )
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    path, fresh = ROOT / "testdata" / STEPS, steps()
    if parser.parse_args().check:
        faults = [
            f"{STEPS}, {old['name']}: differs" for old, new in zip(stored(path)["cases"], fresh["cases"]) if not same(old, new)
        ]
        if faults or len(stored(path)["cases"]) != len(fresh["cases"]):
            sys.exit("\n".join(faults) or f"{STEPS}: other cases")
        print(f"checked {len(fresh['cases'])} cases: testdata/{STEPS}")
    else:
        write(path, fresh)
        print(f"wrote {len(fresh['cases'])} cases: testdata/{STEPS}")


def same(old, new) -> bool:
    """Equal but for the rounding of another PyTorch."""
    if isinstance(old, dict):
        # How PyTorch rounds in float32 depends on the processor.
        return old.keys() == new.keys() and all(same(old[key], new[key]) for key in old.keys() - {"float32_error"})
    if isinstance(old, list):
        return len(old) == len(new) and all(same(a, b) for a, b in zip(old, new))
    if isinstance(old, float):
        return abs(old - new) <= 1e-12
    return old == new


if __name__ == "__main__":
    main()
