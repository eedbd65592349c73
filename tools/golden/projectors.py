"""Golden values of the projectors: the hint loss of a student that went through one.

Run as `python tools/golden/projectors.py`, or with `--check` to verify the file that is there.

`weights` holds a list for everything that the projector keeps, in the order of its fields, row-major: a convolution's
kernel `[out, in, height, width]`, a linear map's matrix `[in, out]`, biases, and of a batch normalisation gamma, beta,
running mean and running variance (which are not used in training, and are 0 and 1).
"""

from typing import Callable

import torch
from torch.nn import functional

from golden import Case, Golden, main, normals, seeded


def conv(features: torch.Tensor, weights: list, kernel: int) -> torch.Tensor:
    """A convolution without a bias."""
    weight = torch.tensor(weights.pop(0), dtype=features.dtype).reshape(-1, features.shape[1], kernel, kernel)
    return functional.conv2d(features, weight, padding=kernel // 2)


def norm(features: torch.Tensor, weights: list) -> torch.Tensor:
    """A batch normalisation that trains."""
    gamma, beta, _, _ = (torch.tensor(weights.pop(0), dtype=features.dtype) for _ in range(4))
    return functional.batch_norm(features, None, None, gamma, beta, training=True, eps=1e-5)


def bias(features: torch.Tensor, weights: list) -> torch.Tensor:
    """A number for each channel of a map, or for each place of the last axis."""
    bias = torch.tensor(weights.pop(0), dtype=features.dtype)
    return features + (bias[:, None, None] if features.dim() == 4 else bias)


def linear(features: torch.Tensor, weights: list) -> torch.Tensor:
    """A linear map of the last axis."""
    matrix = torch.tensor(weights.pop(0), dtype=features.dtype).reshape(features.shape[-1], -1)
    return bias(torch.einsum("...i,io->...o", features, matrix), weights)


def bottleneck(features: torch.Tensor, weights: list) -> torch.Tensor:
    """SimKD's three convolutions, a normalisation and a ReLU behind each."""
    for kernel in (1, 3, 1):
        features = norm(conv(features, weights, kernel), weights).relu()
    return features


def fit(features: torch.Tensor, size: list[int]) -> torch.Tensor:
    """Sides that shrink are pooled, then sides that grow are interpolated."""
    shrunk = [min(old, new) for old, new in zip(features.shape[2:], size)]
    return interpolate(functional.adaptive_avg_pool2d(features, shrunk), size)


def interpolate(features: torch.Tensor, size: list[int]) -> torch.Tensor:
    """Linear between centres, along whatever axes there are."""
    mode = "bilinear" if features.dim() == 4 else "linear"
    return functional.interpolate(features, size, mode=mode, align_corners=False)


def fit_tokens(features: torch.Tensor, seq: int) -> torch.Tensor:
    """The same along the sequence, which is the last axis for PyTorch."""
    along = features.transpose(1, 2)
    along = functional.adaptive_avg_pool1d(along, seq) if seq < features.shape[1] else interpolate(along, [seq])
    return along.transpose(1, 2)


def project(case: Case) -> torch.Tensor:
    """What the projector of this name makes of the student, for a teacher of this shape."""
    features, shape = case.student, list(case.teacher.shape)
    weights = list(case.config["weights"])
    projectors: dict[str, Callable[[], torch.Tensor]] = {
        "conv": lambda: bias(conv(features, weights, 1), weights),
        "conv_norm_relu": lambda: norm(conv(features, weights, 1), weights).relu(),
        "bottleneck": lambda: bottleneck(features, weights),
        "mlp": lambda: linear(linear(features, weights).relu(), weights),
        "resize": lambda: fit(features, shape[2:]),
        "resize_linear": lambda: interpolate(features, shape[2:]),
        "resize_average": lambda: functional.adaptive_avg_pool2d(features, shape[2:]),
        "resample_tokens": lambda: fit_tokens(features, shape[1]),
        "resample_tokens_linear": lambda: interpolate(features.transpose(1, 2), shape[1:2]).transpose(1, 2),
        "pool_map": lambda: features.mean((2, 3)),
        "pool_tokens": lambda: features.mean(1),
        "pool_tokens_first": lambda: features[:, 0],
        "adapt_maps": lambda: bias(conv(fit(features, shape[2:]), weights, 1), weights),
        "adapt_tokens": lambda: linear(fit_tokens(features, shape[1]), weights),
        "adapt_map_to_vector": lambda: linear(features.mean((2, 3)), weights),
        "adapt_tokens_to_vector": lambda: linear(features.mean(1), weights),
    }
    projected = projectors[case.config["projector"]]()
    assert not weights and list(projected.shape) == shape
    return projected


def hint(case: Case) -> torch.Tensor:
    """The mean square over everything but samples and tokens."""
    apart = case.teacher.dim() - 1 if case.teacher.dim() == 3 else 1
    return (project(case) - case.teacher).pow(2).flatten(apart).mean(-1).flatten()


def case(name: str, projector: str, student: list[int], teacher: list[int], *sizes: int | str) -> Case:
    """Random features and weights; `sizes` says how long each list of weights is, and "norm N" stands for one's four."""
    source = seeded(name)
    weights = []
    for size in sizes:
        if isinstance(size, int):
            weights.append(normals(source, [size]).tolist())
        else:
            channels = int(size.removeprefix("norm "))
            weights += [normals(source, [channels]).tolist() for _ in range(2)] + [[0.0] * channels, [1.0] * channels]
    config = {"projector": projector, "weights": weights}
    return Case(name, config, normals(source, student), normals(source, teacher))


def cases() -> list[Case]:
    return [
        case("conv", "conv", [2, 3, 2, 3], [2, 4, 2, 3], 12, 4),
        case("conv_norm_relu", "conv_norm_relu", [3, 3, 2, 2], [3, 4, 2, 2], 12, "norm 4"),
        case("bottleneck", "bottleneck", [3, 3, 3, 4], [3, 4, 3, 4], 6, "norm 2", 36, "norm 2", 8, "norm 4"),
        case("bottleneck_odd", "bottleneck", [4, 2, 2, 2], [4, 5, 2, 2], 4, "norm 2", 36, "norm 2", 10, "norm 5"),
        case("mlp_tokens", "mlp", [2, 3, 4], [2, 3, 5], 20, 5, 25, 5),
        case("mlp_vectors", "mlp", [5, 4], [5, 3], 12, 3, 9, 3),
        case("resize_smaller", "resize", [2, 3, 5, 7], [2, 3, 3, 2]),
        case("resize_larger", "resize", [2, 2, 3, 2], [2, 2, 5, 7]),
        case("resize_lower_and_wider", "resize", [2, 2, 5, 2], [2, 2, 3, 4]),
        case("resize_smaller_linear", "resize_linear", [2, 2, 7, 5], [2, 2, 3, 2]),
        case("resize_larger_average", "resize_average", [2, 2, 2, 3], [2, 2, 5, 4]),
        case("resample_shorter", "resample_tokens", [2, 5, 3], [2, 3, 3]),
        case("resample_longer", "resample_tokens", [2, 3, 3], [2, 7, 3]),
        case("resample_shorter_linear", "resample_tokens_linear", [2, 9, 3], [2, 4, 3]),
        case("pool_map", "pool_map", [3, 4, 2, 3], [3, 4]),
        case("pool_tokens", "pool_tokens", [3, 5, 4], [3, 4]),
        case("pool_tokens_first", "pool_tokens_first", [3, 5, 4], [3, 4]),
        case("adapt_to_smaller_maps", "adapt_maps", [2, 3, 4, 4], [2, 5, 2, 2], 15, 5),
        case("adapt_to_larger_maps", "adapt_maps", [2, 3, 2, 2], [2, 2, 4, 3], 6, 2),
        case("adapt_to_longer_tokens", "adapt_tokens", [2, 3, 4], [2, 5, 2], 8, 2),
        case("adapt_map_to_vector", "adapt_map_to_vector", [3, 4, 2, 2], [3, 5], 20, 5),
        case("adapt_tokens_to_vector", "adapt_tokens_to_vector", [3, 4, 2], [3, 5], 10, 5),
    ]


if __name__ == "__main__":
    reference = "torch.nn.functional, then the mean square of the difference; gradient by torch.autograd; float64 on float32 inputs"
    main(__file__, [Golden("projectors.json", reference, hint, cases())])
