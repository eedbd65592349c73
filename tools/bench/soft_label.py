"""Hinton's soft loss, forward and backward: this project, burn's operations composed by hand, and PyTorch, in one run.

PyTorch is timed here, the other two by `cargo bench --bench soft_label`, one after the other and on the
same number of threads.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ModuleNotFoundError:
    sys.exit("PyTorch is missing: pip install -r tools/requirements.txt")

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPES = [(128, 10), (256, 100), (1024, 1000), (512, 32000), (256, 128256)]
TEMPERATURE = 4.0
CARGO_BENCH = ["cargo", "bench", "--bench", "soft_label"]


def main() -> None:
    options = arguments()
    if shutil.which("cargo") is None:
        sys.exit("cargo is missing: install Rust, https://rustup.rs")
    if options.threads:
        torch.set_num_threads(options.threads)
    target = target_directory()
    if not options.reuse:
        # Compile first: nothing may run beside what is being timed.
        cargo([*CARGO_BENCH, "--no-run"])

    load = [os.getloadavg()[0]]
    times = {"torch": {shape: time_torch(shape, soft_loss) for shape in SHAPES}}
    if options.compile:
        compiled = torch.compile(soft_loss, dynamic=False)
        times["torch_compile"] = {shape: time_torch(shape, compiled) for shape in SHAPES}
    load.append(os.getloadavg()[0])
    if not options.reuse:
        cargo(CARGO_BENCH)
    load.append(os.getloadavg()[0])
    for name in ("kd", "textbook"):
        times[name] = {shape: read_criterion(target, name, shape) for shape in SHAPES}

    report = {
        "copy_bytes_per_second": copy_bandwidth(target),
        "cpus": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "load_average": load,
        "rows": [row(shape, times) for shape in SHAPES],
    }
    for entry in report["rows"]:
        floor = 1e3 * 3 * 4 * entry["shape"][0] * entry["shape"][1] / report["copy_bytes_per_second"]
        entry["floor_milliseconds"] = floor
        entry["ratios"]["kd/floor"] = entry["milliseconds"]["kd"]["median"] / floor
    table = markdown(report)
    print(table)
    if options.json:
        write(options.json, json.dumps(report, indent=2) + "\n")
    if options.markdown:
        write(options.markdown, table)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Times Hinton's soft loss here, in composed burn and in PyTorch.")
    parser.add_argument("--threads", type=int, help="threads for all three; by default as many as PyTorch takes")
    parser.add_argument("--compile", action="store_true", help="time torch.compile too; needs a C++ compiler")
    parser.add_argument("--reuse", action="store_true", help="take the last `cargo bench` instead of running it")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write the numbers, in milliseconds")
    parser.add_argument("--markdown", type=pathlib.Path, metavar="FILE", help="write the table")
    options = parser.parse_args()
    if options.threads is not None and options.threads < 1:
        parser.error(f"--threads {options.threads}: at least 1")
    return options


def cargo(command: list[str]) -> None:
    """Runs cargo with PyTorch's number of threads; its output goes where it does not mix with the table."""
    environment = os.environ | {"RAYON_NUM_THREADS": str(torch.get_num_threads())}
    if subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr).returncode != 0:
        sys.exit(f"`{' '.join(command)}` failed")


def target_directory() -> pathlib.Path:
    """Where cargo builds, whether CARGO_TARGET_DIR, a config or nothing says so."""
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE)
    if run.returncode != 0:
        sys.exit(f"`{' '.join(command)}` failed")
    return pathlib.Path(json.loads(run.stdout)["target_directory"])


def soft_loss(student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
    """The loss as PyTorch's users write it."""
    student = F.log_softmax(student / TEMPERATURE, dim=1)
    teacher = F.log_softmax(teacher / TEMPERATURE, dim=1)
    return F.kl_div(student, teacher, reduction="batchmean", log_target=True) * TEMPERATURE**2


def time_torch(shape: tuple[int, int], loss) -> list[float]:
    """Milliseconds of each run of the loss and the student's gradient, after a warm-up."""
    generator = torch.Generator().manual_seed(0)
    student = (3.0 * torch.randn(shape, generator=generator)).requires_grad_()
    teacher = 3.0 * torch.randn(shape, generator=generator)

    def step() -> float:
        start = time.perf_counter()
        student.grad = None
        loss(student, teacher).backward()
        return 1e3 * (time.perf_counter() - start)

    repeat(step, seconds=1.0, at_least=3)
    return repeat(step, seconds=4.0, at_least=20)


def repeat(step, seconds: float, at_least: int) -> list[float]:
    """What `step` returned, over and over until both limits are reached."""
    results, end = [], time.perf_counter() + seconds
    while len(results) < at_least or time.perf_counter() < end:
        results.append(step())
    return results


def read_criterion(target: pathlib.Path, name: str, shape: tuple[int, int]) -> list[float]:
    """Milliseconds per iteration of each sample that criterion kept."""
    path = target / "criterion" / "soft_label" / name / f"{shape[0]}x{shape[1]}" / "new" / "sample.json"
    if not path.exists():
        sys.exit(f"no result of criterion for {name} {shape}: run `{' '.join(CARGO_BENCH)}`, or leave out --reuse")
    sample = json.loads(path.read_text())
    return [nanoseconds / runs / 1e6 for nanoseconds, runs in zip(sample["times"], sample["iters"])]


def copy_bandwidth(target: pathlib.Path) -> float:
    """Bytes read and written per second by a plain copy on all threads."""
    estimates = json.loads((target / "criterion" / "copy" / "16384000" / "new" / "estimates.json").read_text())
    return 2 * 4 * 16384000 / (estimates["median"]["point_estimate"] / 1e9)


def row(shape: tuple[int, int], times: dict) -> dict:
    """Medians, quartiles and ratios of one shape."""
    summary = {name: summarise(by_shape[shape]) for name, by_shape in times.items()}
    kd = summary["kd"]["median"]
    ratios = {f"kd/{name}": kd / other["median"] for name, other in summary.items() if name != "kd"}
    return {"shape": shape, "milliseconds": summary, "ratios": ratios}


def summarise(samples: list[float]) -> dict:
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return {"median": median, "quartiles": [low, high], "samples": len(samples)}


def markdown(report: dict) -> str:
    """The table, and the circumstances it was taken in."""
    titles = {"kd": "kd", "textbook": "burn composed", "torch": "PyTorch", "torch_compile": "torch.compile"}
    names = [name for name in titles if name in report["rows"][0]["milliseconds"]]
    others = names[1:]
    head = ["rows × classes", *(f"{titles[n]} ms" for n in names), *(f"{titles[n]} / kd" for n in others), "kd / floor"]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for entry in report["rows"]:
        cells = [timing(entry["milliseconds"][name]) for name in names]
        ratios = [f"{1 / entry['ratios'][f'kd/{name}']:.1f}" for name in others]
        ratios.append(f"{entry['ratios']['kd/floor']:.1f}")
        lines.append([" × ".join(map(str, entry["shape"])), *cells, *ratios])
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    bandwidth = report["copy_bytes_per_second"] / 1e9
    load = ", ".join(f"{number:.1f}" for number in report["load_average"])
    return (
        f"{table}\n\nForward and backward, float32, T = {TEMPERATURE:g}; median (quartiles). The floor is student and teacher "
        f"read once and the gradient written once at the bandwidth of a copy, {bandwidth:.1f} GB/s. {report['cpus']} CPUs, "
        f"{report['threads']} threads each, PyTorch {report['torch']}; load average before PyTorch, before cargo, "
        f"after: {load}.\n"
    )


def timing(summary: dict) -> str:
    low, high = summary["quartiles"]
    return f"{summary['median']:.3g} ({low:.3g}–{high:.3g})"


def write(path: pathlib.Path, text: str) -> None:
    """A half-written file never takes the old one's place."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text)
    os.replace(beside, path)


if __name__ == "__main__":
    main()
