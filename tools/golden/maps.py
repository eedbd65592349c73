"""Golden values of the losses on maps that own no weights: CWD, NST, FSP, CAT-KD and ReviewKD's context loss.

Run as `python tools/golden/maps.py`, or with `--check` to verify the files that are there.
"""

import math

import torch
import torch.nn.functional as F

from golden import Case, Golden, main, normals, seeded


def channel_wise(case: Case) -> torch.Tensor:
    """T^2 times the mean over channels of the divergence of softmaxes over places."""
    temperature = case.config["temperature"]
    log_p = F.log_softmax(case.teacher.flatten(2) / temperature, dim=-1)
    log_q = F.log_softmax(case.student.flatten(2) / temperature, dim=-1)
    return temperature**2 * (log_p.exp() * (log_p - log_q)).sum(-1).mean(-1)


def neuron_selectivity(case: Case) -> torch.Tensor:
    """The biased estimate of the squared MMD, kernel by kernel."""
    s, t = (F.normalize(side.flatten(2), dim=-1) for side in (case.student, case.teacher))

    def mean_kernel(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return torch.einsum("bip,bjp->bij", x, y).pow(2).mean((1, 2))

    return mean_kernel(t, t) + mean_kernel(s, s) - 2 * mean_kernel(s, t)


def flow(case: Case) -> torch.Tensor:
    """The mean squared difference of the two FSP matrices. A row holds a sample's first map and then its last."""

    def matrix(side: torch.Tensor, first: list[int], last: list[int]) -> torch.Tensor:
        a, b = side.split([math.prod(first), math.prod(last)], dim=1)
        a, b = a.reshape(-1, *first), b.reshape(-1, *last)
        size = (min(first[1], last[1]), min(first[2], last[2]))
        a, b = F.adaptive_avg_pool2d(a, size), F.adaptive_avg_pool2d(b, size)
        return torch.einsum("bihw,bjhw->bij", a, b) / math.prod(size)

    of_student = matrix(case.student, case.config["first"], case.config["last"])
    of_teacher = matrix(case.teacher, case.config["teacher_first"], case.config["teacher_last"])
    return (of_student - of_teacher).pow(2).mean((1, 2))


def class_attention(case: Case) -> torch.Tensor:
    """The mean squared difference of class activation maps, pooled, each at length 1."""
    size = case.config["size"]
    s, t = (F.adaptive_avg_pool2d(side, size).flatten(2) for side in (case.student, case.teacher))
    return (F.normalize(s, dim=-1) - F.normalize(t, dim=-1)).pow(2).mean((1, 2))


def hierarchical_context(case: Case) -> torch.Tensor:
    """The mean square of the whole, and of it pooled to 4, 2 and 1 places across, with half the weight each time."""
    height = case.student.shape[2]
    values = [(case.student - case.teacher).pow(2).mean((1, 2, 3))]
    for level in (4, 2, 1):
        if level < height:
            s, t = (F.adaptive_avg_pool2d(side, level) for side in (case.student, case.teacher))
            values.append((s - t).pow(2).mean((1, 2, 3)))
    weights = [0.5**i for i in range(len(values))]
    return sum(weight * value for weight, value in zip(weights, values)) / sum(weights)


def random_case(
    name: str, student: list[int], teacher: list[int] | None = None, deviation: float = 1.0, **config
) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    student_values = normals(source, student, deviation)
    return Case(name, config, student_values, normals(source, teacher or student, deviation))


def close_case(name: str, shape: list[int], **config) -> Case:
    """A student that is nearly there."""
    case = random_case(name, shape, **config)
    case.student = (case.teacher + 1e-2 * case.student).float().double()
    return case


def zero_channels(case: Case) -> Case:
    """The student's first channel is 0 in every sample, the teacher's second in the first."""
    case.student[:, 0] = 0.0
    case.teacher[0, 1] = 0.0
    return case


def flow_case(name: str, rows: int, **maps) -> Case:
    """Maps of these shapes, first and last; the teacher's are the student's unless they are named."""
    maps = {"teacher_first": maps["first"], "teacher_last": maps["last"], **maps}
    width, of_teacher = (math.prod(maps[a]) + math.prod(maps[b]) for a, b in (("first", "last"), ("teacher_first", "teacher_last")))
    return random_case(name, [rows, width], [rows, of_teacher], **maps)


def goldens() -> list[Golden]:
    tail = "gradient by torch.autograd; float64 on float32 inputs"
    return [
        Golden(
            "channel_wise.json",
            f"temperature^2 * mean over channels of KL(softmax of the teacher's places || the student's); {tail}",
            channel_wise,
            [
                random_case("cwd", [3, 4, 5, 2], temperature=4.0),
                random_case("cwd_t1", [2, 3, 4, 4], temperature=1.0),
                random_case("cwd_strong", [2, 3, 3, 3], deviation=30.0, temperature=4.0),
                random_case("cwd_one_channel", [4, 1, 7, 1], temperature=2.0),
                zero_channels(random_case("cwd_zeros", [2, 3, 2, 2], temperature=4.0)),
            ],
        ),
        Golden(
            "neuron_selectivity.json",
            f"mean of (t.t)^2 + mean of (s.s)^2 - 2 * mean of (s.t)^2 over pairs of normalised channels; {tail}",
            neuron_selectivity,
            [
                random_case("nst_few_places", [3, 5, 2, 2]),
                random_case("nst_many_places", [2, 3, 5, 4]),
                random_case("nst_wider_teacher", [2, 3, 2, 3], [2, 8, 2, 3]),
                random_case("nst_wider_student", [2, 8, 2, 3], [2, 3, 2, 3]),
                random_case("nst_one_channel", [2, 1, 3, 3], [2, 4, 3, 3]),
                random_case("nst_large", [2, 4, 3, 3], deviation=1e4),
                zero_channels(random_case("nst_zeros", [2, 4, 2, 2])),
                close_case("nst_close", [2, 6, 2, 2]),
                close_case("nst_close_many_places", [2, 4, 3, 3]),
            ],
        ),
        Golden(
            "flow.json",
            f"mean squared difference of first . last^T / places, after adaptive_avg_pool2d to the smaller size; {tail}",
            flow,
            [
                flow_case("fsp", 3, first=[4, 3, 3], last=[5, 3, 3]),
                flow_case("fsp_shrinks", 2, first=[3, 4, 4], last=[6, 2, 2]),
                flow_case("fsp_odd", 2, first=[2, 5, 7], last=[3, 2, 3]),
                flow_case("fsp_crosswise", 2, first=[2, 5, 2], last=[3, 3, 4]),
                flow_case(
                    "fsp_other_sizes", 2, first=[3, 4, 4], last=[2, 4, 4], teacher_first=[3, 6, 6], teacher_last=[2, 3, 3]
                ),
                flow_case("fsp_one_place", 1, first=[3, 1, 1], last=[4, 1, 1]),
            ],
        ),
        Golden(
            "class_attention.json",
            f"mean squared difference of adaptive_avg_pool2d to `size`, normalised over places; {tail}",
            class_attention,
            [
                random_case("cat", [3, 5, 4, 4], size=2),
                random_case("cat_odd", [2, 3, 5, 3], size=2),
                random_case("cat_other_sizes", [2, 4, 4, 4], [2, 4, 7, 7], size=2),
                random_case("cat_upwards", [2, 4, 1, 3], [2, 4, 6, 6], size=2),
                random_case("cat_fine", [2, 3, 6, 6], size=4),
            ],
        ),
        Golden(
            "hierarchical_context.json",
            f"mean squares of the whole and of adaptive_avg_pool2d to 4, 2 and 1, weights 1, 1/2, 1/4, ... over their sum; {tail}",
            hierarchical_context,
            [
                random_case("hcl_8", [2, 3, 8, 8]),
                random_case("hcl_5", [2, 2, 5, 5]),
                random_case("hcl_4", [3, 2, 4, 4]),
                random_case("hcl_2", [2, 4, 2, 2]),
                random_case("hcl_1", [5, 6, 1, 1]),
                random_case("hcl_oblong", [2, 2, 6, 9]),
                close_case("hcl_close", [2, 3, 8, 8]),
            ],
        ),
    ]


if __name__ == "__main__":
    main(__file__, goldens())
