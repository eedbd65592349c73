"""Prints the results of the example `cifar10` as Markdown: `python tools/results/cifar10.py out/cifar10/results.json`.

What stands in docs/results/cifar10.md comes from here, so that no number is copied by hand.
"""

import json
import pathlib
import sys

ALIGNED = "features by alignment"
BASELINES = {"features by index": "advantage_over_index", "features evenly spaced": "advantage_over_evenly_spaced"}


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    report = json.loads(pathlib.Path(sys.argv[1]).read_text())
    if not report["scores"]:
        sys.exit(f"{sys.argv[1]} holds no scores: the run ended before its first network was finished")
    seeds = sorted({score["seed"] for score in report["scores"]})
    by = {(score["who"], score["seed"]): score for score in report["scores"]}
    recipe, data = report["recipe"], report["data"]

    print(f"Command: `cifar10 {' '.join(report['command'])}`. burn {report['burn']}, {data['name']}.")
    print(f"Complete: {'yes' if report['complete'] else 'no'}.")
    tested = "validation" if data["validated"] else "test"
    print(f"{data['train']} training images of {recipe['side']} × {recipe['side']} pixels, {data['validation']} validation images, {data['test']} {tested} images.\n")
    print("| Network | parameters | multiply-adds/image | epochs |")
    print("|---|--:|--:|--:|")
    for role, cost in zip(("teacher", "student"), report["costs"]):
        print(f"| {role}, {cost['network']} | {cost['parameters']:,} | {cost['multiply_adds']:,} | {recipe[role + '_training']['epochs']} |")

    print(f"\n| Network | {' | '.join(f'error %, seed {seed}' for seed in seeds)} | mean ± sd (min to max) | gap closed % | agrees with teacher % | seconds |")
    print("|---|" + "--:|" * (len(seeds) + 4))
    for summary in report["summary"]:
        who = summary["who"]
        errors = [f"{100 * by[who, seed]['errors'] / by[who, seed]['images']:.2f}" if (who, seed) in by else "–" for seed in seeds]
        seconds = [by[who, seed]["seconds"] for seed in seeds if (who, seed) in by]
        mean = f"{sum(seconds) / len(seconds):.0f}" if seconds else "–"
        spreads = [spread(summary[name], decimals) for name, decimals in (("error_percent", 2), ("gap_closed_percent", 0), ("agreement_percent", 2))]
        print(f"| {who} | {' | '.join(errors)} | {' | '.join(spreads)} | {mean} |")

    print(f"\n| {ALIGNED} against | percentage points fewer errors, within a seed | seeds in which it is better |")
    print("|---|--:|--:|")
    aligned = next(summary for summary in report["summary"] if summary["who"] == ALIGNED)
    for baseline, name in BASELINES.items():
        pairs = [(by[ALIGNED, seed]["errors"], by[baseline, seed]["errors"]) for seed in seeds if (ALIGNED, seed) in by and (baseline, seed) in by]
        print(f"| {baseline} | {spread(aligned[name], 2)} | {sum(one < other for one, other in pairs)} of {len(pairs)} |")

    print("\n| Seed | by index | evenly spaced | by alignment (CKA) | gained | lost |")
    print("|--:|---|---|---|--:|--:|")
    changes = {change["seed"]: change for change in report["changes"]}
    for alignment in report["alignments"]:
        change = changes.get(alignment["seed"], {"gained": "–", "lost": "–"})
        plans = [plan(alignment[name]) for name in ("by_index", "evenly_spaced", "by_alignment")]
        print(f"| {alignment['seed']} | {' | '.join(plans)} | {change['gained']} | {change['lost']} |")


def plan(pairs: dict) -> str:
    """Pairs of blocks, with their similarity where it is known."""
    words = []
    for pair in pairs["pairs"]:
        alike = f" ({pair['similarity']:.2f})" if pair.get("similarity") is not None else ""
        words.append(f"{pair['student']} → {pair['teacher']}{alike}")
    return ", ".join(words)


def spread(numbers: dict | None, decimals: int) -> str:
    """Mean, standard deviation and range, as the example prints them."""
    if numbers is None:
        return "–"
    mean, sd, low, high = (f"{numbers[key]:.{decimals}f}" for key in ("mean", "sd", "min", "max"))
    return f"{mean} ± {sd} ({low} to {high})"


if __name__ == "__main__":
    main()
