"""Prints the results of the example `mnist` as Markdown: `python tools/results/mnist.py out/mnist/results.json`.

What stands in docs/results/mnist.md comes from here, so that no number is copied by hand.
"""

import json
import pathlib
import sys

MAIN = ["teacher", "student alone", "distilled student"]


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    report = json.loads(pathlib.Path(sys.argv[1]).read_text())
    if not report["scores"]:
        sys.exit(f"{sys.argv[1]} holds no scores: the run ended before its first network was finished")
    networks = list(dict.fromkeys(score["who"] for score in report["scores"]))
    seeds = sorted({score["seed"] for score in report["scores"]})
    by = {(score["who"], score["seed"]): score for score in report["scores"]}
    summary = {entry["who"]: entry for entry in report["summary"]}

    print(f"Command: `mnist {' '.join(report['command'])}`. burn {report['burn']}, {report['data']['name']}.")
    print(f"Complete: {'yes' if report['complete'] else 'no'}.\n")
    print(f"| Network | {' | '.join(f'errors, seed {seed}' for seed in seeds)} | mean ± sd (min to max) | agrees with teacher % |")
    print("|---|" + "--:|" * (len(seeds) + 2))
    for who in networks:
        errors = [str(by[who, seed]["errors"]) if (who, seed) in by else "–" for seed in seeds]
        print(f"| {who} | {' | '.join(errors)} | {spread(summary[who]['errors'], 1)} | {spread(summary[who]['agreement_percent'], 2)} |")

    print(f"\nGap closed, percent: {spread(report['gap_closed_percent'], 0)}\n")
    print("| Network without a 3 | 3s right % | bias of 3 raised by |")
    print("|---|--:|--:|")
    for who in networks:
        if who not in MAIN:
            print(f"| {who} | {spread(summary[who]['threes_percent'], 2)} | {spread(summary[who]['raised_bias'], 2)} |")


def spread(numbers: dict | None, decimals: int) -> str:
    """Mean, standard deviation and range, as the example prints them."""
    if numbers is None:
        return "–"
    mean, sd, low, high = (f"{numbers[key]:.{decimals}f}" for key in ("mean", "sd", "min", "max"))
    return f"{mean} ± {sd} ({low} to {high})"


if __name__ == "__main__":
    main()
