"""Prints the results of the example `self_distillation` as Markdown: `python tools/results/self_distillation.py RESULTS.json ...`.

Several files are one run in parts, of other seeds or other trainings with the same recipe. What stands in
docs/results/self_distillation.md comes from here, so that no number is copied by hand.
"""

import json
import pathlib
import statistics
import sys

SHALLOW, DEEPEST = 1, 3
LABELS, TAUGHT = "deep supervision", "BYOT"


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    reports = [json.loads(pathlib.Path(name).read_text()) for name in sys.argv[1:]]
    first = reports[0]
    for name, report in zip(sys.argv[1:], reports):
        if not report["scores"]:
            sys.exit(f"{name} holds no scores: the run ended before its first network was finished")
        if (report["recipe"], report["data"]) != (first["recipe"], first["data"]):
            sys.exit(f"{name} has another recipe or other data than {sys.argv[1]}: they are not parts of one run")
    # The way to an exit, then the seed: a run that was repeated counts once, the last time.
    by = {}
    for report in reports:
        for score in report["scores"]:
            by.setdefault((score["way"], score["exit"]), {})[score["seed"]] = score
    seeds = sorted({seed for scores in by.values() for seed in scores})

    for report in reports:
        print(f"Command: `self_distillation {' '.join(report['command'])}`. Complete: {'yes' if report['complete'] else 'no'}.")
    data, training = first["data"], first["recipe"]["training"]
    tested = "held-out training" if data["held_out"] else "test"
    print(f"burn {first['burn']}; {data['train']:,} training and {data['test']:,} {tested} images; {training['epochs']} epochs.\n")

    # Errors, each seed's.
    print(f"| Way of training | exit | {' | '.join(f'error %, seed {seed}' for seed in seeds)} | mean ± sd (min to max) |")
    print("|---|--:|" + "--:|" * (len(seeds) + 1))
    for (way, exit), scores in by.items():
        each = [f"{error(scores[seed]):.2f}" if seed in scores else "–" for seed in seeds]
        print(f"| {way} | {exit} | {' | '.join(each)} | {spread(map(error, scores.values()), 2)} |")

    # Calibration.
    print("\n| Way of training | exit | NLL | Brier | ECE % | MCE % |")
    print("|---|--:|--:|--:|--:|--:|")
    for (way, exit), scores in by.items():
        numbers = [("nll", 1, 3), ("brier", 1, 3), ("ece", 100, 2), ("mce", 100, 1)]
        cells = [mean_and_sd([factor * score[name] for score in scores.values()], decimals) for name, factor, decimals in numbers]
        print(f"| {way} | {exit} | {' | '.join(cells)} |")

    # What is gained, within a seed.
    print("\n| | against | exit | percentage points fewer errors, within a seed | seeds in which it is better | ECE, points less | NLL less |")
    print("|---|---|--:|--:|--:|--:|--:|")
    comparisons = [(TAUGHT, LABELS, exit) for exit in range(SHALLOW, DEEPEST + 1)]
    comparisons += [(way, "plain", exit) for way, exit in by if exit == DEEPEST and way != "plain"]
    for way, other, exit in comparisons:
        ours, theirs = by.get((way, exit), {}), by.get((other, exit), {})
        pairs = [(ours[seed], theirs[seed]) for seed in seeds if seed in ours and seed in theirs]
        if not pairs:
            continue
        fewer = [error(theirs) - error(ours) for ours, theirs in pairs]
        better = sum(points > 0 for points in fewer)
        honest = mean_and_sd([100 * (theirs["ece"] - ours["ece"]) for ours, theirs in pairs], 2)
        likely = mean_and_sd([theirs["nll"] - ours["nll"] for ours, theirs in pairs], 3)
        print(f"| {way} | {other} | {exit} | {spread(fewer, 2)} | {better} of {len(pairs)} | {honest} | {likely} |")

    # What an answer costs.
    costs = next((report["costs"] for report in reports if report["costs"]), [])
    if costs:
        deepest = costs[-1]
        print("\n| Exit | parameters | multiply-adds/image | % of the deepest's | time, % of the deepest's |")
        print("|--:|--:|--:|--:|--:|")
        for cost in costs:
            shares = [f"{100 * cost[name] / deepest[name]:.0f}" for name in ("multiply_adds", "microseconds")]
            print(f"| {cost['exit']} | {cost['parameters']:,} | {cost['multiply_adds']:,} | {' | '.join(shares)} |")

    # What it saves to leave early.
    runs = [run for report in reports for run in report["early_exits"]]
    times = {time["threshold"]: time["microseconds"] for report in reports for time in report["early_exit_times"]}
    print("\n| Leaves when this sure | error %, " + f"{LABELS} | multiply-adds, % | error %, {TAUGHT} | multiply-adds, % | at exit 1 / 2 / 3, % | time, % |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for threshold in [row["threshold"] for row in runs[0]["rows"]] if runs else []:
        cells = []
        for way in (LABELS, TAUGHT):
            rows = [row for run in runs if run["way"] == way for row in run["rows"] if row["threshold"] == threshold]
            if not rows:
                cells += ["–", "–"]
                continue
            cells.append(f"{100 * statistics.mean(1 - row['accuracy'] for row in rows):.2f}")
            cells.append(f"{100 * statistics.mean(row['cost'] for row in rows):.0f}")
        leaving = [f"{100 * statistics.mean(row['samples'][exit] / sum(row['samples']) for row in rows):.0f}" for exit in range(DEEPEST)] if rows else ["–"]
        time = f"{100 * times[threshold] / costs[-1]['microseconds']:.0f}" if threshold in times and costs else "–"
        print(f"| {threshold} | {' | '.join(cells)} | {' / '.join(leaving)} | {time} |")

    # What the teaching costs.
    taught, labels = by.get((TAUGHT, SHALLOW), {}), by.get((LABELS, SHALLOW), {})
    ratios = [taught[seed]["seconds"] / labels[seed]["seconds"] for seed in seeds if seed in taught and seed in labels]
    if ratios:
        print(f"\nTime of a training by {TAUGHT}, as a multiple of {LABELS}: {spread(ratios, 2)}.")


def error(score: dict) -> float:
    """Wrong answers, percent."""
    return 100 * score["errors"] / score["samples"]


def mean_and_sd(numbers: list, decimals: int) -> str:
    """Mean and sample standard deviation."""
    numbers = list(numbers)
    sd = statistics.stdev(numbers) if len(numbers) > 1 else 0.0
    return f"{statistics.mean(numbers):.{decimals}f} ± {sd:.{decimals}f}"


def spread(numbers, decimals: int) -> str:
    """Mean, standard deviation and range."""
    numbers = list(numbers)
    return f"{mean_and_sd(numbers, decimals)} ({min(numbers):.{decimals}f} to {max(numbers):.{decimals}f})"


if __name__ == "__main__":
    main()
