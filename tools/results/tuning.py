"""Prints docs/results/tuning.md from the results of the example `mnist` with `--tune`:

    python tools/results/tuning.py docs/results/tuning.json [docs/results/tuning-halving.json] > docs/results/tuning.md

The second file is that of a run with `--halving`, if there was one. All of the page comes from here, so that no number is copied by hand.
"""

import json
import pathlib
import sys

VERDICTS = {
    "helped": "**On the test images the tuned temperature beats T = 1.**",
    "no_difference": "**On the test images the tuned temperature and T = 1 do not differ by more than chance explains.**",
    "hurt": "**On the test images T = 1 beats the tuned temperature.**",
    "unknown": "**One seed alone was tested, which says nothing yet.**",
}


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    report, *halved = [json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:]]
    if report["own_alpha"] is None:
        sys.exit(f"{sys.argv[1]} compares nothing: the run ended before a seed was tested")
    plan, recipe, data = report["plan"], report["plan"]["recipe"], report["plan"]["data"]
    seeds = sorted({test["seed"] for test in report["tested"]})
    print("# Tuning the temperature, on MNIST\n")
    print("Printed by `tools/results/tuning.py` from the JSON beside this page, which the example wrote:\n")
    print(f"```sh\ncargo run --release --example mnist -- {' '.join(report['command'])}\n```\n")
    print(f"burn {plan['burn']}, {data['name']}. Complete: {'yes' if report['complete'] else 'no'}. {took(report)}[All numbers](tuning.json).\n")
    print(f"{VERDICTS[report['own_alpha']['verdict']]} {' '.join(report['words'])}\n")
    print(f"An interval is Student's, of the mean of {len(seeds)} paired differences: within a seed both students have the same teacher, begin with the same weights and")
    print("see the same images in the same order. It is of seeds, and these test images: other images would spread it further.\n")

    print("## What was done\n")
    learning = data["train"] - plan["validation"]
    print(f"- **Search.** {listed(plan['temperatures'])} as temperatures times {listed(plan['alphas'])} as alphas, each with the seeds {listed(plan['seeds'])}, for {listed(plan['epochs'])} epochs.")
    print(f"  Student: {hidden(recipe['student'])} hidden units; teacher: {hidden(recipe['teacher'])}, one for each seed. Both learn from {learning:,} training images; {plan['validation']:,} others decide.")
    print(f"- **Test.** What was found, with the seeds {listed(seeds)}, which found nothing. Teacher and students learn from all {data['train']:,} training images and are tested on {data['test']:,}")
    print("  images that nothing was chosen by, once.")
    print("- **What is held against what.** Each temperature with the alpha that the search found best for it: this decides, for neither side has an alpha that")
    print("  was chosen for the other. And both with the alpha of the tuned temperature: it shows the temperature by itself, and favours the side that alpha was chosen with.\n")

    print("## The search\n")
    print(f"| temperature | alpha | epochs | {report['search']['search']['name']}, mean ± sd (min to max) |")
    print("|--:|--:|--:|--:|")
    for point in report["ranking"]:
        print(f"| {number(point['mix']['temperature'])} | {number(point['mix']['alpha'])} | {point['epochs']} | {spread(point['errors'], 1)} |")
    print("\n![Errors by temperature and alpha; the darkest is best](tuning.svg)\n")

    print("## The test\n")
    print(f"| Network | {' | '.join(f'errors, seed {seed}' for seed in seeds)} | mean ± sd (min to max) | agrees with teacher % |")
    print("|---|" + "--:|" * (len(seeds) + 2))
    by = {(json.dumps(test["who"]), test["seed"]): test["errors"] for test in report["tested"]}
    for network in report["summary"]:
        errors = [str(by.get((json.dumps(network["who"]), seed), "–")) for seed in seeds]
        print(f"| {network['name']} | {' | '.join(errors)} | {spread(network['errors'], 1)} | {spread(network['agreement_percent'], 2)} |")

    print(f"\n| Errors saved by {name(report['rivals']['tuned'])} | {' | '.join(f'seed {seed}' for seed in seeds)} | mean ± sd (min to max) | 95 % interval of the mean |")
    print("|---|" + "--:|" * (len(seeds) + 2))
    for words, comparison in comparisons(report):
        saved = dict(comparison["saved"])
        cells = [f"{saved[seed]:.0f}" if seed in saved else "–" for seed in seeds]
        interval = "–" if comparison["interval"] is None else "{:.1f} to {:.1f}".format(*comparison["interval"])
        print(f"| against {name(comparison['rival'])}, {words} | {' | '.join(cells)} | {spread(comparison['spread'], 1)} | {interval} |")
    if halved:
        halving(report, halved[0])


def halving(grid: dict, halved: dict) -> None:
    """What successive halving saves, and whether it finds the same."""
    ranking = [point["mix"] for point in grid["ranking"]]
    found = halved["ranking"][0]["mix"]
    place = ranking.index(found) + 1
    costs = [sum(trial["budget"] for trial in report["search"]["trials"]) for report in (grid, halved)]
    print("\n## Does halving pay?\n")
    print(f"With `--halving` ({listed(halved['plan']['epochs'])} epochs) the search trains students for {costs[1]:,} epochs in place of {costs[0]:,}, and teachers as before.")
    print(f"It finds {name(found)}, which is number {place} of {len(ranking)} where all points got all epochs. Of T = 1, unless it goes on, it knows no more than what")
    print("the first epochs show, by which its alpha is chosen too. [All numbers](tuning-halving.json).")


def comparisons(report: dict) -> list:
    """Both comparisons, or one where they are the same."""
    rivals = report["rivals"]
    if rivals["own_alpha"] == rivals["same_alpha"]:
        return [("its own alpha and the same", report["own_alpha"])]
    both = [("with its own alpha", report["own_alpha"]), ("with the same alpha", report["same_alpha"])]
    return [(words, comparison) for words, comparison in both if comparison is not None]


def took(report: dict) -> str:
    """How long it took, where one run did all of it."""
    return f"The run, or its last part, took {report['seconds'] / 60:.1f} minutes. " if report["complete"] else ""


def name(mix: dict) -> str:
    """A mix, as the example prints it."""
    return f"T = {number(mix['temperature'])}, alpha = {number(mix['alpha'])}"


def hidden(size: dict) -> str:
    """The units of each hidden layer."""
    return " + ".join(str(units) for units in size["hidden"])


def listed(values: list) -> str:
    """1, 2 and 4."""
    *before, last = [number(value) for value in values]
    return f"{', '.join(before)} and {last}" if before else last


def number(value: float) -> str:
    """As people write it."""
    return f"{value:g}"


def spread(numbers: dict | None, decimals: int) -> str:
    """Mean, standard deviation and range, as the example prints them."""
    if numbers is None:
        return "–"
    mean, sd, low, high = (f"{numbers[key]:.{decimals}f}" for key in ("mean", "sd", "min", "max"))
    return f"{mean} ± {sd} ({low} to {high})"


if __name__ == "__main__":
    main()
