"""The relational losses at batch 256, forward and backward: this project and PyTorch, in one run.

PyTorch is timed here, this project by `cargo bench --bench relational`, one after the other and on the same number of
threads.
"""

import argparse
import json
import math
import os
import pathlib
import sys

from soft_label import F, cargo, summarise, target_directory, time_torch, timing, torch, write

SHAPE = (256, 512)
CARGO_BENCH = ["cargo", "bench", "--bench", "relational"]
EPSILON = 1e-7
# With these glibc keeps memory that was freed for what comes next, as this project's bench does by its allocator.
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "1000000000", "MALLOC_MMAP_THRESHOLD_": "1000000000"}
# Of the same numbers as maps of 4 x 4.
CHANNELS = 32
# Of CRD: samples it remembers, negatives of each sample, numbers in an embedding, temperature.
SAMPLES, NEGATIVES, EMBEDDING, TEMPERATURE = 50_000, 16_384, 128, 0.07


def main() -> None:
    options = arguments()
    if not KEEP_MEMORY.items() <= os.environ.items():
        # glibc looks when a process begins.
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **KEEP_MEMORY})
    if options.threads:
        torch.set_num_threads(options.threads)
    if not options.reuse:
        # Compile first: nothing may run beside what is being timed.
        cargo([*CARGO_BENCH, "--no-run"])
    load = [os.getloadavg()[0]]
    of_torch = {name: time_torch(SHAPE, loss) for name, loss in LOSSES.items()}
    load.append(os.getloadavg()[0])
    if not options.reuse:
        cargo(CARGO_BENCH)
    load.append(os.getloadavg()[0])
    target = target_directory()
    report = {
        "cpus": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "load_average": load,
        "rows": [row(name, read_criterion(target, OURS.get(name, name)), of_torch[name]) for name in LOSSES],
    }
    table = markdown(report)
    print(table)
    if options.json:
        write(options.json, json.dumps(report, indent=2) + "\n")
    if options.markdown:
        write(options.markdown, table)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Times the relational losses here and in PyTorch.")
    parser.add_argument("--threads", type=int, help="threads for both; by default as many as PyTorch takes")
    parser.add_argument("--reuse", action="store_true", help="take the last `cargo bench` instead of running it")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the numbers, in milliseconds")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="write the table")
    options = parser.parse_args()
    if options.threads is not None and options.threads < 1:
        parser.error(f"--threads {options.threads}: at least 1")
    return options


def mean_distances(x: torch.Tensor) -> torch.Tensor:
    """All distances over the mean of the positive ones."""
    squares = x.pow(2).sum(1)
    squared = (squares[:, None] + squares - 2 * x @ x.T).clamp(min=1e-12)
    # Out of place: in PyTorch a root may not be changed before its gradient is taken.
    d = squared.sqrt() * (1 - torch.eye(len(x)))
    return d / d[d > 0].mean()


def distances(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        of_teacher = mean_distances(teacher)
    return F.smooth_l1_loss(mean_distances(student), of_teacher)


def cosines(x: torch.Tensor) -> torch.Tensor:
    """Of differences of features, as the authors' code forms them: `[batch, batch, batch]`."""
    towards = F.normalize(x[None] - x[:, None], dim=2)
    return towards @ towards.transpose(1, 2)


def angles(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        of_teacher = cosines(teacher)
    return 2 * F.smooth_l1_loss(cosines(student), of_teacher)


def cosines_of_products(x: torch.Tensor) -> torch.Tensor:
    """The same from the products of samples, as this project forms them."""
    x = x - x.mean(0)
    products = x @ x.T
    squares = products.diagonal()[:, None]
    squared = squares + squares.T - 2 * products
    diagonal = torch.eye(len(x), dtype=torch.bool)
    inverse = squared.masked_fill(diagonal, 1.0).rsqrt().masked_fill(diagonal, 0.0)
    offset = products - squares / 2
    return (products[None] - offset[:, :, None] - offset[:, None]) * inverse[:, :, None] * inverse[:, None]


def angles_of_products(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        of_teacher = cosines_of_products(teacher)
    return 2 * F.smooth_l1_loss(cosines_of_products(student), of_teacher)


def similarity(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    of_student, of_teacher = (F.normalize(x @ x.T) for x in (student, teacher))
    return (of_student - of_teacher).pow(2).sum() / len(student) ** 2


def neighbours(x: torch.Tensor) -> torch.Tensor:
    x = F.normalize(x)
    kernel = (x @ x.T + 1) / 2
    return kernel / kernel.sum(1, keepdim=True)


def probabilistic_transfer(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    p, q = neighbours(teacher), neighbours(student)
    return (p * torch.log((p + EPSILON) / (q + EPSILON))).mean()


def kernel(x: torch.Tensor) -> torch.Tensor:
    x = F.normalize(x)
    cosine = x @ x.T
    return sum(math.exp(-0.8) * 0.8**p / math.factorial(p) * cosine**p for p in range(3))


def correlation_congruence(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    return F.mse_loss(kernel(student), kernel(teacher))


def cka(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    k, l = ((x - x.mean(0)) @ (x - x.mean(0)).T for x in (student, teacher))
    return 1 - (k * l).sum() / (k.norm() * l.norm())


def inter_channel(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    def gram(x: torch.Tensor) -> torch.Tensor:
        maps = x.view(len(x), CHANNELS, -1)
        return F.normalize(maps @ maps.transpose(1, 2), dim=2)

    return (gram(student) - gram(teacher)).pow(2).sum() / (CHANNELS * len(student))


class Contrast:
    """CRD's two embeddings, what it remembers of student and teacher, and negatives drawn beforehand."""

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(1)
        rows, width = SHAPE
        self.embed = [torch.nn.Linear(width, EMBEDDING) for _ in range(2)]
        bound = (3 / EMBEDDING) ** 0.5
        self.memory = [bound * (2 * torch.rand(SAMPLES, EMBEDDING, generator=generator) - 1) for _ in range(2)]
        own, negatives = torch.arange(rows)[:, None], torch.randint(SAMPLES, (rows, NEGATIVES), generator=generator)
        self.ids = torch.cat([own, negatives], 1)

    def loss(self, scores_of, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        """Of the scores `[batch, 1 + negatives]` that a function makes of embeddings and memory."""
        # In an optimizer's hands gradients begin anew with each step.
        for layer in self.embed:
            layer.zero_grad()
        embedded = [F.normalize(layer(x)) for layer, x in zip(self.embed, (student, teacher))]
        losses = []
        for anchor, memory in zip(embedded, reversed(self.memory)):
            odds = scores_of(anchor, memory, self.ids) / TEMPERATURE - math.log(NEGATIVES / SAMPLES)
            losses.append(-F.logsigmoid(odds[:, 0]) - F.logsigmoid(-odds[:, 1:]).sum(1))
        return sum(losses).mean()


def scores_of_negatives(anchor: torch.Tensor, memory: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Each negative's embedding is fetched, as the authors' code does: `[batch, 1 + negatives, embedding]`."""
    fetched = memory.index_select(0, ids.view(-1)).view(*ids.shape, -1)
    return torch.bmm(fetched, anchor[:, :, None])[:, :, 0]


def scores_of_all(anchor: torch.Tensor, memory: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """Products with the whole memory, of which those of the negatives are taken, as in this project."""
    return (anchor @ memory.T).gather(1, ids)


CONTRAST = Contrast()


def contrastive(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    return CONTRAST.loss(scores_of_negatives, student, teacher)


def contrastive_of_products(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    return CONTRAST.loss(scores_of_all, student, teacher)


LOSSES = {
    "distances": distances,
    "angles": angles,
    "angles_of_products": angles_of_products,
    "similarity": similarity,
    "probabilistic_transfer": probabilistic_transfer,
    "correlation_congruence": correlation_congruence,
    "cka": cka,
    "inter_channel": inter_channel,
    "contrastive": contrastive,
    "contrastive_of_products": contrastive_of_products,
}

# What PyTorch computes in two ways and this project in one.
OURS = {"angles_of_products": "angles", "contrastive_of_products": "contrastive"}


def read_criterion(target: pathlib.Path, name: str) -> list[float]:
    """Milliseconds per iteration of each sample that criterion kept."""
    path = target / "criterion" / "relational" / name / f"{SHAPE[0]}x{SHAPE[1]}" / "new" / "sample.json"
    if not path.exists():
        sys.exit(f"no result of criterion for {name}: run `{' '.join(CARGO_BENCH)}`, or leave out --reuse")
    sample = json.loads(path.read_text())
    return [nanoseconds / runs / 1e6 for nanoseconds, runs in zip(sample["times"], sample["iters"])]


def row(name: str, kd: list[float], of_torch: list[float]) -> dict:
    """Medians, quartiles and ratio of one loss."""
    milliseconds = {"kd": summarise(kd), "torch": summarise(of_torch)}
    return {
        "loss": name,
        "milliseconds": milliseconds,
        "least": {"kd": min(kd), "torch": min(of_torch)},
        "torch/kd": milliseconds["torch"]["median"] / milliseconds["kd"]["median"],
    }


def markdown(report: dict) -> str:
    """The table, and the circumstances it was taken in."""
    lines = ["| loss | kd ms | PyTorch ms | PyTorch / kd | of the least |", "| --- | ---: | ---: | ---: | ---: |"]
    for entry in report["rows"]:
        of_kd, of_torch = (timing(entry["milliseconds"][name]) for name in ("kd", "torch"))
        least = entry["least"]["torch"] / entry["least"]["kd"]
        lines.append(f"| {entry['loss']} | {of_kd} | {of_torch} | {entry['torch/kd']:.1f} | {least:.1f} |")
    load = ", ".join(f"{number:.1f}" for number in report["load_average"])
    table = "\n".join(lines)
    return (
        f"{table}\n\nForward and backward, float32, {SHAPE[0]} samples of {SHAPE[1]} features; median (quartiles). "
        f"{report['cpus']} CPUs, {report['threads']} threads each, PyTorch {report['torch']}; load average before PyTorch, "
        f"before cargo, after: {load}.\n"
    )


if __name__ == "__main__":
    main()
