"""Golden values of the losses that compare samples, or channels, with one another.

Run as `python tools/golden/relations.py`, or with `--check` to verify the files that are there.
"""

import math

import torch

from golden import Case, Golden, main, normals, seeded


def samples(features: torch.Tensor) -> torch.Tensor:
    """All of a sample's numbers in a row."""
    return features.flatten(1)


def unit(vector: torch.Tensor) -> torch.Tensor:
    """A vector over its length; one of zeros as it is, without gradient."""
    length = (vector * vector).sum().detach().sqrt()
    return vector * 0 if length == 0 else vector / (vector * vector).sum().sqrt()


def similarity(case: Case) -> torch.Tensor:
    def rows(x: torch.Tensor) -> torch.Tensor:
        return torch.stack([unit(row) for row in torch.einsum("if,jf->ij", x, x)])

    student, teacher = rows(samples(case.student)), rows(samples(case.teacher))
    return (student - teacher).pow(2).sum(1) / len(student)


def probabilistic_transfer(case: Case) -> torch.Tensor:
    epsilon = case.config["epsilon"]

    def neighbours(x: torch.Tensor) -> torch.Tensor:
        x = torch.stack([unit(row) for row in x])
        kernel = (torch.einsum("if,jf->ij", x, x) + 1) / 2
        return kernel / kernel.sum(1, keepdim=True)

    p, q = neighbours(samples(case.teacher)), neighbours(samples(case.student))
    return (p * torch.log((p + epsilon) / (q + epsilon))).sum(1) / len(p)


def correlation_congruence(case: Case) -> torch.Tensor:
    gamma, order = case.config["gamma"], case.config["order"]

    def kernel(x: torch.Tensor) -> torch.Tensor:
        x = torch.stack([unit(row) for row in x])
        cosines = torch.einsum("if,jf->ij", x, x)
        terms = [math.exp(-2 * gamma) * (2 * gamma) ** p / math.factorial(p) * cosines**p for p in range(order + 1)]
        return sum(terms)

    student, teacher = kernel(samples(case.student)), kernel(samples(case.teacher))
    return (student - teacher).pow(2).sum(1) / len(student)


def inter_channel(case: Case) -> torch.Tensor:
    def correlations(maps: torch.Tensor) -> torch.Tensor:
        products = torch.einsum("bchw,bdhw->bcd", maps, maps)
        return torch.stack([torch.stack([unit(row) for row in of_sample]) for of_sample in products])

    channels = case.student.shape[1]
    return (correlations(case.student) - correlations(case.teacher)).pow(2).sum((1, 2)) / channels


def cka(case: Case) -> torch.Tensor:
    """1 - CKA, divided among the rows by the squared difference of the kernels of norm 1."""
    n = len(case.student)

    def kernel(x: torch.Tensor) -> torch.Tensor:
        product = x @ x.T
        if case.config["debiased"]:
            product = product * (1 - torch.eye(n, dtype=x.dtype))
            row, column, of_all = product.sum(1, keepdim=True), product.sum(0, keepdim=True), product.sum()
            centred = product - row / (n - 2) - column / (n - 2) + of_all / ((n - 1) * (n - 2))
            centred = centred * (1 - torch.eye(n, dtype=x.dtype))
        else:
            centre = torch.eye(n, dtype=x.dtype) - 1 / n
            centred = centre @ product @ centre
        return unit(centred.flatten()).reshape(n, n)

    student, teacher = kernel(samples(case.student)), kernel(samples(case.teacher))
    rows = n * (student - teacher).pow(2).sum(1) / 2
    if case.student.dtype == torch.float64:
        assert math.isclose(rows.mean().item(), 1 - hsic_ratio(case), rel_tol=1e-10, abs_tol=1e-10), case.name
    return rows


def hsic_ratio(case: Case) -> float:
    """CKA by the estimators of HSIC as they are published."""
    student, teacher = (samples(x).detach() for x in (case.student, case.teacher))
    k, l = student @ student.T, teacher @ teacher.T
    n = len(k)
    ones = torch.ones(n, dtype=k.dtype)

    def biased(a: torch.Tensor, b: torch.Tensor) -> float:
        centre = torch.eye(n, dtype=a.dtype) - 1 / n
        return torch.trace(a @ centre @ b @ centre).item() / (n - 1) ** 2

    def unbiased(a: torch.Tensor, b: torch.Tensor) -> float:
        a, b = a - torch.diag(torch.diag(a)), b - torch.diag(torch.diag(b))
        parts = torch.trace(a @ b) + (ones @ a @ ones) * (ones @ b @ ones) / ((n - 1) * (n - 2))
        return ((parts - 2 * (ones @ a @ b @ ones) / (n - 2)) / (n * (n - 3))).item()

    hsic = unbiased if case.config["debiased"] else biased
    return hsic(k, l) / math.sqrt(hsic(k, k) * hsic(l, l))


def relational(case: Case) -> torch.Tensor:
    """Pair by pair and triple by triple, from differences of features."""
    student, teacher = samples(case.student), samples(case.teacher)
    n = len(student)
    loss = torch.zeros(n, dtype=student.dtype)
    if case.config["distance"] > 0:
        of_pairs = [smooth_l1(s - t).sum() / n for s, t in zip(distances(student), distances(teacher))]
        loss = loss + case.config["distance"] * torch.stack(of_pairs)
    if case.config["angle"] > 0:
        of_triples = [smooth_l1(s - t).sum() / n**2 for s, t in zip(angles(student), angles(teacher))]
        loss = loss + case.config["angle"] * torch.stack(of_triples)
    return loss


def distances(x: torch.Tensor) -> torch.Tensor:
    """Each distance over the mean of those that are not 0."""
    rows = [torch.stack([distance(a, b) for b in x]) for a in x]
    d = torch.stack(rows)
    apart = d.detach() > 0
    return d / d[apart].mean() if apart.any() else d


def distance(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """0 without gradient between equal samples."""
    return (a - b).sum() * 0 if torch.equal(a, b) else (a - b).pow(2).sum().sqrt()


def angles(x: torch.Tensor) -> list[torch.Tensor]:
    """For each sample the cosines of the angles at it between each two."""
    towards = [torch.stack([unit(other - at) for other in x]) for at in x]
    return [torch.einsum("jf,kf->jk", e, e) for e in towards]


def smooth_l1(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x.abs() < 1, x.pow(2) / 2, x.abs() - 0.5)


def case_of(name: str, settings: dict, student: list[int], teacher: list[int], deviation: float = 1.0, offset: float = 0.0) -> Case:
    """A student and a teacher that know nothing of each other."""
    source = seeded(name)
    of_student = (normals(source, student, deviation) + offset).float().double()
    return Case(name, settings, of_student, normals(source, teacher, deviation))


def close_case(name: str, settings: dict, shape: list[int]) -> Case:
    """A student that is nearly there."""
    case = case_of(name, settings, shape, shape)
    case.student = (case.teacher + 1e-2 * case.student).float().double()
    return case


def zeros_case(name: str, settings: dict, shape: list[int]) -> Case:
    """Sample 1 of the student and sample 2 of the teacher are zeros; where there are maps, a channel."""
    case = case_of(name, settings, shape, shape)
    if len(shape) == 4:
        case.student[:, 1], case.teacher[:, 2] = 0.0, 0.0
    else:
        case.student[1], case.teacher[2] = 0.0, 0.0
    return case


def repeated_case(name: str, settings: dict, shape: list[int]) -> Case:
    """Two of the student's samples are equal, and two others of the teacher's."""
    case = case_of(name, settings, shape, shape)
    case.student[1], case.teacher[2] = case.student[0], case.teacher[3]
    return case


def cases(settings: dict) -> list[Case]:
    """What every loss on a batch of samples is tried on."""
    return [
        case_of("vectors", settings, [8, 10], [8, 10]),
        case_of("narrow", settings, [6, 3], [6, 47]),
        case_of("tokens_to_vectors", settings, [5, 4, 3], [5, 16]),
        case_of("maps", settings, [5, 3, 4, 2], [5, 4, 2, 2]),
        case_of("large", settings, [7, 16], [7, 16], deviation=1e4),
        case_of("far_away", settings, [7, 16], [7, 16], offset=3.0),
        close_case("close", settings, [6, 12]),
        zeros_case("zeros", settings, [6, 5]),
        repeated_case("repeated", settings, [6, 5]),
    ]


def pairs_of_maps() -> list[Case]:
    return [
        case_of("maps", {}, [3, 4, 5, 2], [3, 4, 3, 3]),
        case_of("one_map", {}, [1, 3, 2, 2], [1, 3, 1, 2]),
        case_of("large", {}, [2, 5, 3, 3], [2, 5, 3, 3], deviation=1e4),
        close_case("close", {}, [3, 4, 3, 2]),
        zeros_case("zeros", {}, [2, 4, 2, 3]),
    ]


def goldens() -> list[Golden]:
    by = "gradient by torch.autograd; float64 on float32 inputs"
    weights = {"distance": 1.0, "angle": 2.0}
    distance, angle = {"distance": 25.0, "angle": 0.0}, {"distance": 0.0, "angle": 50.0}
    debiased = [case_of("debiased", {"debiased": True}, [8, 10], [8, 47]), close_case("debiased_close", {"debiased": True}, [6, 12])]
    return [
        Golden(
            "relational.json",
            "Huber's function of differences of distances over their mean, and of cosines, pair by pair and triple by triple; " + by,
            relational,
            cases(weights)
            + [case_of("distances", distance, [8, 10], [8, 10]), case_of("angles", angle, [8, 10], [8, 10])]
            + [case_of("three_samples", weights, [3, 5], [3, 5])],
        ),
        Golden("similarity.json", "squared difference of products with rows of length 1, over batch^2; " + by, similarity, cases({})),
        Golden(
            "probabilistic_transfer.json",
            "p log((p + eps) / (q + eps)) of normalised (cosine + 1) / 2, over batch^2; " + by,
            probabilistic_transfer,
            cases({"epsilon": 1e-7}),
        ),
        Golden(
            "correlation_congruence.json",
            "squared difference of the series of a Gaussian kernel, over batch^2; " + by,
            correlation_congruence,
            cases({"gamma": 0.4, "order": 2}) + [case_of("order_4", {"gamma": 1.5, "order": 4}, [8, 10], [8, 10])],
        ),
        Golden("inter_channel.json", "squared difference of products of channels with rows of length 1, over channels; " + by, inter_channel, pairs_of_maps()),
        Golden(
            "cka.json",
            "half the squared difference of centred kernels of norm 1, equal to 1 - HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)); " + by,
            cka,
            cases({"debiased": False}) + debiased,
        ),
    ]


if __name__ == "__main__":
    main(__file__, goldens())
