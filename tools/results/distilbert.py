"""Prints the results of the example `distilbert` as Markdown: `python tools/results/distilbert.py out/distilbert/results.json`.

Several files, of other seeds or tasks with the same teacher and students, are printed as one run. What stands in docs/results/distilbert.md comes from here, so that no number is copied by hand.
"""

import json
import math
import pathlib
import sys

STUDENTS = {
    "whole": "student: teacher's layers, triple loss",
    "without_teacher": "student: teacher's layers, masked tokens alone",
    "without_corpus": "student: teacher's layers, no training on the corpus",
    "from_nothing": "student: random weights, triple loss",
}

OTHERS = {
    "teacher": "teacher",
    "taught": "first student, taught the task by the teacher as well",
    "adapted": "student: teacher's layers, teacher's vectors of the task's texts",
    "adapted_and_taught": "student: the teacher's vectors, taught the task by the teacher as well",
}


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    reports = [json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:]]
    report = reports[0]
    if any([other["teacher"], other["students"]] != [report["teacher"], report["students"]] for other in reports):
        sys.exit("these are not the results of one teacher and its students")
    recipe = report["recipe"]
    for other in reports:
        print(f"Command: `distilbert {' '.join(other['command'])}`. Complete: {'yes' if other['complete'] else 'no'}.")
    print(f"\nburn {report['burn']}.\n")
    for step in ("prepare", "distil", "finetune", "embed"):
        found = recipe[step]
        steps = f"{found['steps']} steps" if found["steps"] else "as many steps as the epochs make"
        print(f"- {step}: {steps} of {found['batch']} texts, learning rate {found['learning_rate']:g}")
    if "adapt" in recipe:
        found = recipe["adapt"]
        print(f"- vectors of a task's texts: {recipe['adapt_epochs']} epoch(s) of {found['batch']} texts, learning rate {found['learning_rate']:g}")

    print("\n| Network | parameters | layers | nats per hidden token | steps | tokens read | tokens/s |")
    print("|---|" + "--:|" * 6)
    language("teacher", report["teacher"])
    for student in report["students"]:
        language(STUDENTS[student["variation"]], student)

    scores = [score for other in reports for score in other["scores"]]
    for task in dict.fromkeys(score["task"] for score in scores):
        of_task = [score for score in scores if score["task"] == task]
        seeds = sorted({score["seed"] for score in of_task})
        print(f"\nTask {task}, {of_task[0]['samples']} texts tested on.\n")
        print(f"| Network | {' | '.join(f'accuracy %, seed {seed}' for seed in seeds)} | mean ± sd (min to max) | of the teacher's % | NLL | ECE % |")
        print("|---|" + "--:|" * (len(seeds) + 4))
        by = {(name(score["who"]), score["seed"]): score for score in of_task}
        for who in dict.fromkeys(who for who, _ in by):
            found = [by.get((who, seed)) for seed in seeds]
            there = [score for score in found if score]
            accuracies = [100 * score["accuracy"] for score in there]
            teachers = [by.get(("teacher", score["seed"])) for score in there]
            kept = [100 * score["accuracy"] / teacher["accuracy"] for score, teacher in zip(there, teachers) if teacher]
            cells = [f"{100 * score['accuracy']:.1f}" if score else "–" for score in found]
            nll, ece = spread([score["nll"] for score in there], 3, False), spread([100 * score["ece"] for score in there], 1, False)
            print(f"| {who} | {' | '.join(cells)} | {spread(accuracies, 1)} | {spread(kept, 1)} | {nll} | {ece} |")

        # Runs of before there were such students have nothing of the kind; students of one seed share theirs.
        vectors = {seed: score["vectors"] for (_, seed), score in by.items() if score.get("vectors")}
        for seed, (before, after) in sorted(vectors.items()):
            print(f"\nVectors, seed {seed}: cosine {before['cosine']:.3f} before, {after['cosine']:.3f} after; pairs {before['pairs']:.3f}, {after['pairs']:.3f}")

    if report["encoders"]:
        print("\n| Encoder learned by | cosine before | after | correlation of pairs before | after |")
        print("|---|" + "--:|" * 4)
    for encoder in report["encoders"]:
        before, after = encoder["before"], encoder["after"]
        print(f"| {encoder['loss']} | {before['cosine']:.4f} | {after['cosine']:.4f} | {before['pairs']:.4f} | {after['pairs']:.4f} |")


def name(who: str | dict) -> str:
    if isinstance(who, dict):
        return STUDENTS[who["student"]]
    return OTHERS[who]


def language(who: str, found: dict) -> None:
    """A line of the first table."""
    parameters, layers = found["size"]
    course = found["course"]
    cells = [f"{course['steps']:,}", f"{course['tokens']:,}", f"{course['tokens'] / course['seconds']:.0f}"] if course else ["–"] * 3
    print(f"| {who} | {parameters:,} | {layers} | {found['cross_entropy']:.3f} | {' | '.join(cells)} |")


def spread(numbers: list[float], decimals: int, whole: bool = True) -> str:
    """Mean, standard deviation and range, as the example prints them."""
    if not numbers:
        return "–"
    middle = sum(numbers) / len(numbers)
    sd = math.sqrt(sum((value - middle) ** 2 for value in numbers) / (len(numbers) - 1)) if len(numbers) > 1 else 0.0
    text = f"{middle:.{decimals}f} ± {sd:.{decimals}f}"
    return f"{text} ({min(numbers):.{decimals}f} to {max(numbers):.{decimals}f})" if whole else text


if __name__ == "__main__":
    main()
