"""Golden values of the contrastive loss: embeddings, a memory and negatives that are given.

Run as `python tools/golden/contrastive.py`, or with `--check` to verify the file that is there.
"""

import torch

from golden import Case, Golden, main, normals, seeded

EMBEDDING = 4


def contrastive(case: Case) -> torch.Tensor:
    """Sample by sample and negative by negative, with the paper's probability."""
    config, dtype = case.config, case.student.dtype
    tensor = lambda name, rows: torch.tensor(config[name], dtype=dtype).reshape(rows, -1)
    samples = len(config["student_memory"]) // EMBEDDING
    memories = {side: tensor(f"{side}_memory", samples) for side in ("student", "teacher")}
    negatives = torch.tensor(config["negatives"]).reshape(len(case.student), -1)

    def embeddings(side: str, features: torch.Tensor) -> torch.Tensor:
        embedded = features @ tensor(f"{side}_weight", features.shape[1]) + tensor(f"{side}_bias", 1)
        return embedded / embedded.pow(2).sum(1, keepdim=True).sqrt()

    def told_apart(anchor: torch.Tensor, memory: torch.Tensor, own: int, others: torch.Tensor) -> torch.Tensor:
        """-log P of its own and -log(1 - P) of each other."""
        share = len(others) / samples

        def score(index: int) -> torch.Tensor:
            return torch.exp(anchor @ memory[index] / config["temperature"])

        right = score(own) / (score(own) + share)
        wrong = [share / (score(int(other)) + share) for other in others]
        return -torch.log(right) - sum(torch.log(p) for p in wrong)

    anchors = zip(embeddings("student", case.student), embeddings("teacher", case.teacher), config["indices"], negatives)
    return torch.stack(
        [told_apart(s, memories["teacher"], own, others) + told_apart(t, memories["student"], own, others) for s, t, own, others in anchors]
    )


def case_of(name: str, batch: int, student: int, teacher: int, samples: int, negatives: int, temperature: float = 0.07) -> Case:
    source = seeded(name)
    numbers = lambda *shape: normals(source, shape).flatten().tolist()

    def memory() -> list[float]:
        rows = normals(source, [samples, EMBEDDING])
        return (rows / rows.norm(dim=1, keepdim=True)).float().double().flatten().tolist()

    config = {
        "temperature": temperature,
        "student_weight": numbers(student, EMBEDDING),
        "student_bias": numbers(EMBEDDING),
        "teacher_weight": numbers(teacher, EMBEDDING),
        "teacher_bias": numbers(EMBEDDING),
        "student_memory": memory(),
        "teacher_memory": memory(),
        "indices": source.sample(range(samples), batch),
        "negatives": [source.randrange(samples) for _ in range(batch * negatives)],
    }
    return Case(name, config, normals(source, [batch, student]), normals(source, [batch, teacher]))


def cases() -> list[Case]:
    return [
        case_of("few", 3, 5, 7, samples=6, negatives=4),
        case_of("more_negatives_than_samples", 4, 3, 2, samples=5, negatives=11),
        case_of("warm", 5, 8, 3, samples=20, negatives=7, temperature=1.0),
        case_of("one_sample", 1, 6, 6, samples=3, negatives=1),
    ]


if __name__ == "__main__":
    main(
        __file__,
        [
            Golden(
                "contrastive.json",
                "-log P - sum of log(1 - P) of negatives, P = e^(cosine / t) / (e^(cosine / t) + negatives / samples), on both "
                "sides; gradient by torch.autograd; float64 on float32 inputs",
                contrastive,
                cases(),
            )
        ],
    )
