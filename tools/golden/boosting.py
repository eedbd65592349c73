"""Golden values of SAMME: the weights of samples, the votes of members, and what they decide together.

Run as `python tools/golden/boosting.py`, or with `--check` to verify the file that is there.

Computed as the paper writes it, the weights multiplied and divided by their sum after each member, in exact fractions but for the
exponentials. `AdaBoostClassifier` of scikit-learn 1.9.1, given members that say the same, agreed with all votes, weights and decisions.
"""

import argparse
import math
import platform
import random
import sys
from fractions import Fraction

from golden import ROOT, SEED, seeded, stored, write

FILE = "boosting.json"
REFERENCE = "Zhu et al. (2009), algorithm 2: w *= exp(alpha * wrong), then w /= sum, in fractions but for log and exp"


def samme(labels: list[int], members: list[list[int]], classes: int) -> dict:
    """Votes, the weights after each member, and the class that has most of the votes of each sample."""
    weights = [Fraction(1, len(labels))] * len(labels)
    votes, history = [], []
    for says in members:
        wrong = [said != label for said, label in zip(says, labels)]
        error = sum((weight for weight, bad in zip(weights, wrong) if bad), Fraction(0))
        assert 0 < error < 1 - Fraction(1, classes)
        vote = math.log((1 - error) / error) + math.log(classes - 1)
        weights = [weight * Fraction(math.exp(vote if bad else 0.0)) for weight, bad in zip(weights, wrong)]
        total = sum(weights)
        # Fractions would grow without end; this is far below what is asked.
        weights = [(weight / total).limit_denominator(10**30) for weight in weights]
        votes.append(vote)
        history.append([float(weight) for weight in weights])
    shares = [
        [sum(vote for vote, says in zip(votes, members) if says[sample] == k) / sum(votes) for k in range(classes)]
        for sample in range(len(labels))
    ]
    return {"votes": votes, "weights": history, "shares": shares}


def member(source: random.Random, labels: list[int], classes: int, right: float) -> list[int]:
    """Says the label with this probability, and otherwise any other class."""
    others = [[k for k in range(classes) if k != label] for label in labels]
    return [label if source.random() < right else source.choice(other) for label, other in zip(labels, others)]


def case(name: str, samples: int, members: int, classes: int, right: float) -> dict:
    """Members that are right by chance, of which those are left out that SAMME would refuse."""
    source = seeded(name)
    labels = [source.randrange(classes) for _ in range(samples)]
    chosen: list[list[int]] = []
    while len(chosen) < members:
        says = member(source, labels, classes, right)
        try:
            samme(labels, [*chosen, says], classes)
        except AssertionError:
            continue
        chosen.append(says)
    return {"name": name, "classes": classes, "labels": labels, "members": chosen, **samme(labels, chosen, classes)}


def contents() -> dict:
    """The whole file."""
    return {
        "script": "tools/golden/boosting.py",
        "versions": {"python": platform.python_version()},
        "seed": SEED,
        "reference": REFERENCE,
        "cases": [
            case("two_classes", 20, 5, 2, right=0.8),
            case("digits", 60, 8, 10, right=0.6),
            case("hardly_better", 200, 4, 3, right=0.45),
            case("nearly_perfect", 100, 3, 5, right=0.97),
            case("one_member", 7, 1, 3, right=0.7),
        ],
    }


def main() -> None:
    """Writes the file, or with `--check` recomputes and compares it."""
    parser = argparse.ArgumentParser(description="Writes testdata/boosting.json.")
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
    """Whether two values are the same but for the rounding of another processor's `log` and `exp`."""
    if isinstance(after, dict):
        return before.keys() == after.keys() and all(agree(before[key], after[key]) for key in after)
    if isinstance(after, list):
        return len(before) == len(after) and all(map(agree, before, after))
    if isinstance(after, float):
        return math.isclose(before, after, rel_tol=1e-12, abs_tol=1e-15)
    return before == after


if __name__ == "__main__":
    main()
