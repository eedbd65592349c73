"""Prints the results of the example `ensemble` as Markdown: `python tools/results/ensemble.py out/ensemble/results.json`.

Several files, of one seed or more each, are printed as one run. What stands in docs/results/ensemble.md comes from here, so that no number is copied by hand.
"""

import json
import math
import pathlib
import sys


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    reports = [json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:]]
    scores = [score for report in reports for score in report["scores"]]
    if not scores:
        sys.exit("there are no scores: the run ended before its first network was finished")
    seeds = sorted({score["seed"] for score in scores})
    report = reports[0]
    if any([other["recipe"], other["data"]] != [report["recipe"], report["data"]] for other in reports):
        sys.exit("these are not the results of one recipe on the same images")
    data = report["data"]
    for other in reports:
        print(f"Command: `ensemble {' '.join(other['command'])}`. Complete: {'yes' if other['complete'] else 'no'}.")
    print(f"\nburn {report['burn']}, {data['name']}: {data['train']} images to learn from, {data['validation']} held out, {data['test']} to be tested on.\n")

    members = {seed: [score for score in scores if score["seed"] == seed and score["who"].startswith("member ")] for seed in seeds}
    others = list(dict.fromkeys(score["who"] for score in scores if not score["who"].startswith("member ")))
    by = {(score["who"], score["seed"]): score for score in scores}
    print(f"| Network | {' | '.join(f'errors, seed {seed}' for seed in seeds)} | mean ± sd (min to max) | NLL | ECE % | agrees with the ensemble % |")
    print("|---|" + "--:|" * (len(seeds) + 4))
    means = [mean([member["errors"] for member in members[seed]]) for seed in seeds]
    row("a member, mean of all", [f"{value:.1f}" for value in means], means, [score for seed in seeds for score in members[seed]])
    for who in others:
        found = [by.get((who, seed)) for seed in seeds]
        errors = [str(score["errors"]) if score else "–" for score in found]
        there = [score for score in found if score]
        row(who, errors, [score["errors"] for score in there], there)

    print("\n| Student | gain kept %, " + " | ".join(f"seed {seed}" for seed in seeds) + " | mean ± sd | of the mean errors | over a member | of the NLL, over a member |")
    print("|---|" + "--:|" * (len(seeds) + 4))
    for who in others:
        if who.startswith("student"):
            kept = [gain(by, who, [seed]) for seed in seeds]
            there = [value for value in kept if value is not None]
            over = [number(gain(by, who, seeds, members, of)) for of in ("errors", "nll")]
            print(f"| {who} | {' | '.join(number(value) for value in kept)} | {spread(there, 0)} | {number(gain(by, who, seeds))} | {' | '.join(over)} |")

    print("\n| Seed | members right % | together right % | two disagree % | both wrong % | correlation of errors | recorded MB |")
    print("|--:|" + "--:|" * 6)
    for entry in (entry for other in reports for entry in other["members"]):
        found = entry["diversity"]
        alone = 100 * mean(found["accuracies"])
        cells = [f"{alone:.2f}", f"{100 * found['ensemble_accuracy']:.2f}", f"{100 * pairs(found['disagreement']):.2f}"]
        cells += [f"{100 * pairs(found['double_fault']):.2f}", f"{pairs(found['correlation']):.3f}", f"{entry['recording']['bytes'] / 1e6:.0f}"]
        print(f"| {entry['seed']} | {' | '.join(cells)} |")

    print("\n| Networks | parameters | multiply-adds per image | µs per image | times the one |")
    print("|--:|" + "--:|" * 4)
    for cost in report["costs"]:
        ratio = cost["microseconds"] / report["costs"][0]["microseconds"]
        print(f"| {cost['networks']} | {cost['parameters']:,} | {cost['multiply_adds']:,} | {cost['microseconds']:.1f} | {ratio:.1f} |")


def row(name: str, cells: list[str], errors: list[float], scores: list[dict]) -> None:
    """A line of the first table."""
    nll, ece = spread([score["nll"] for score in scores], 4, False), spread([100 * score["ece"] for score in scores], 2, False)
    agreement = [100 * score["agreement"] for score in scores if score["agreement"] is not None]
    print(f"| {name} | {' | '.join(cells)} | {spread(errors, 1)} | {nll} | {ece} | {spread(agreement, 2, False)} |")


def gain(by: dict, who: str, seeds: list[int], members: dict | None = None, of: str = "errors") -> float | None:
    """Percent of what the ensemble gains over a network alone, or over a member if there are members, that this student keeps, of the errors or the NLL of these seeds together."""
    sums = []
    for name in ("a network alone", who, "ensemble, mean of probabilities"):
        found = [by.get((name, seed)) for seed in seeds]
        if not all(found):
            return None
        sums.append(sum(score[of] for score in found))
    baseline, student, ensemble = sums
    if members:
        baseline = sum(mean([member[of] for member in members[seed]]) for seed in seeds)
    return 100 * (baseline - student) / (baseline - ensemble) if baseline > ensemble else None


def pairs(table: list[list[float]]) -> float:
    """The mean over each two members."""
    return mean([table[one][two] for one in range(len(table)) for two in range(one + 1, len(table))])


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def number(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def spread(numbers: list[float], decimals: int, whole: bool = True) -> str:
    """Mean, standard deviation and range, as the example prints them."""
    if not numbers:
        return "–"
    middle = mean(numbers)
    sd = math.sqrt(sum((value - middle) ** 2 for value in numbers) / (len(numbers) - 1)) if len(numbers) > 1 else 0.0
    text = f"{middle:.{decimals}f} ± {sd:.{decimals}f}"
    return f"{text} ({min(numbers):.{decimals}f} to {max(numbers):.{decimals}f})" if whole else text


if __name__ == "__main__":
    main()
