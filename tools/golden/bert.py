"""Small BERTs with random weights, and what Python's `transformers` makes of them.

Run as `python tools/golden/bert.py`, or with `--check` to verify the folders that are there. Each folder of `testdata/bert/` is a
model as `save_pretrained` writes it, with `golden.json` beside: inputs, every layer's hidden states and attention, what the
heads say, and gradients. The weights are float32, the rest is computed from them in float64.
"""

import argparse
import logging
import pathlib
import platform
import sys
import tempfile

import torch
import transformers
from safetensors.torch import load_file

from golden import ROOT, SEED, dumps, normals, seeded, stored

FOLDER = ROOT / "testdata" / "bert"
REFERENCE = "transformers with eager attention; gradients by torch.autograd; float64 on float32 weights"

# Odd sizes beside even ones, so that nothing fits by chance.
SIZES = dict(
    vocab_size=29,
    hidden_size=12,
    num_hidden_layers=3,
    num_attention_heads=3,
    intermediate_size=20,
    max_position_embeddings=11,
    type_vocab_size=2,
)
MODELS = {
    "encoder": (transformers.BertModel, {}),
    "masked_language": (transformers.BertForMaskedLM, {}),
    "classes": (transformers.BertForSequenceClassification, {"id2label": {0: "no", 1: "perhaps", 2: "yes"}}),
}

# Ids, the tokens that count and the types; nothing where all count, or are of the first type. 0 fills up.
INPUTS = {
    "whole": ([[2, 7, 28, 1, 5, 3], [4, 4, 9, 20, 11, 3]], None, None),
    "padded": (
        [[2, 8, 17, 21, 9, 3], [2, 5, 3, 0, 0, 0], [0, 0, 2, 23, 6, 3]],
        [[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 0, 1, 1, 1, 1]],
        [[0, 0, 0, 1, 1, 1], [0, 1, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1]],
    ),
    "one_token": ([[13]], None, None),
    "all_positions": ([[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]], None, [[0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]]),
}


def model(name: str):
    """A model whose weights are large enough that every part of it shows."""
    kind, options = MODELS[name]
    made = kind(transformers.BertConfig(**SIZES, **options, attn_implementation="eager")).eval()
    with torch.no_grad():
        for parameter, values in made.named_parameters():
            drawn = normals(seeded(f"{name} {parameter}"), list(values.shape), 0.4)
            values.copy_(drawn + 1.0 if parameter.endswith("LayerNorm.weight") else drawn)
    return made


def weighting(like: torch.Tensor) -> torch.Tensor:
    """The cosine of each place: what a value counts in the loss."""
    return torch.arange(like.numel(), dtype=torch.float64).cos().reshape(like.shape)


def case(made, name: str) -> dict:
    """What the model says of one input."""
    ids, counts, types = (None if part is None else torch.tensor(part) for part in INPUTS[name])
    output = made(
        input_ids=ids,
        attention_mask=counts,
        token_type_ids=types,
        output_hidden_states=True,
        output_attentions=True,
    )
    pooled, logits = output.get("pooler_output"), output.get("logits")
    last = output.hidden_states[-1]
    mask = (torch.ones_like(ids) if counts is None else counts).double()[:, :, None]
    loss = (last * weighting(last) * mask).sum()
    for said in (pooled, logits):
        if said is not None:
            # The pooler reads the first token, which must count. PyTorch keeps what fills up from learning even if it does not.
            loss = loss + (said * weighting(said) * (mask if said.dim() == 3 else mask[:, 0])).sum()
    encoder = getattr(made, "bert", made)
    layer = encoder.encoder.layer[0]
    learning = {
        "word_embeddings": encoder.embeddings.word_embeddings.weight,
        "position_embeddings": encoder.embeddings.position_embeddings.weight,
        "query": layer.attention.self.query.weight,
        "norm": layer.attention.output.LayerNorm.weight,
        "inner": layer.intermediate.dense.weight,
    }
    gradients = torch.autograd.grad(loss, list(learning.values()))
    return {
        "name": name,
        "ids": INPUTS[name][0],
        "mask": INPUTS[name][1],
        "token_types": INPUTS[name][2],
        "hidden_states": [numbers(states) for states in output.hidden_states],
        "attentions": [numbers(probs) for probs in output.attentions],
        "pooled": None if pooled is None else numbers(pooled),
        "logits": None if logits is None else numbers(logits),
        "gradients": {name: numbers(gradient) for name, gradient in zip(learning, gradients)},
    }


def numbers(tensor: torch.Tensor) -> list[float]:
    """Row by row."""
    return tensor.detach().flatten().tolist()


def golden(made) -> dict:
    """The whole file."""
    versions = {"python": platform.python_version(), "torch": torch.__version__, "transformers": transformers.__version__}
    return {
        "script": "tools/golden/bert.py",
        "versions": {name: version.split("+")[0] for name, version in versions.items()},
        "seed": SEED,
        "reference": REFERENCE,
        "cases": [case(made.double(), name) for name in INPUTS],
    }


def text(contents: dict) -> str:
    """JSON with a case's part a line."""
    head = [f'  "{key}": {dumps(value)},\n' for key, value in contents.items() if key != "cases"]
    cases = [",\n".join(f'      "{key}": {dumps(value)}' for key, value in case.items()) for case in contents["cases"]]
    return "{\n" + "".join(head) + '  "cases": [\n    {\n' + "\n    },\n    {\n".join(cases) + "\n    }\n  ]\n}\n"


def differences(old, new, at: str = "") -> list[str]:
    """Where two files disagree; versions may, and numbers by 1e-9."""
    if isinstance(new, dict) and isinstance(old, dict):
        keys = [key for key in old.keys() | new.keys() if key != "versions"]
        return [fault for key in keys for fault in differences(old.get(key), new.get(key), f"{at} {key}")]
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [fault for place, pair in enumerate(zip(old, new)) for fault in differences(*pair, f"{at} {place}")]
    close = isinstance(new, float) and isinstance(old, float) and abs(new - old) <= 1e-9
    return [] if close or new == old else [at]


def check(name: str, made, folder: pathlib.Path) -> list[str]:
    """How the folder differs from what would be written now."""
    with tempfile.TemporaryDirectory() as fresh:
        made.save_pretrained(fresh)
        places = (folder, pathlib.Path(fresh))
        before, after = (load_file(place / "model.safetensors") for place in places)
        configurations = [stored(place / "config.json") for place in places]
    same = before.keys() == after.keys() and all(torch.equal(before[key], after[key]) for key in after)
    faults = [f"config.json {field}" for field in other_fields(*configurations)]
    faults += [] if same else ["model.safetensors"]
    faults += [f"golden.json{fault}" for fault in differences(stored(folder / "golden.json"), golden(made))]
    return [f"{name}: {fault}" for fault in faults]


def other_fields(old: dict, new: dict) -> list[str]:
    """The fields in which two configurations differ; the version of `transformers` says nothing of the model."""
    fields = sorted(old.keys() | new.keys())
    return [field for field in fields if field != "transformers_version" and old.get(field) != new.get(field)]


def main() -> None:
    """Writes the folders, or with `--check` recomputes and compares them."""
    parser = argparse.ArgumentParser(description="Writes the folders of testdata/bert/.")
    parser.add_argument("--check", action="store_true", help="compare with the folders as they are, write nothing")
    checking = parser.parse_args().check
    logging.disable(logging.WARNING)
    faults = []
    for name in MODELS:
        made, folder = model(name), FOLDER / name
        if checking:
            faults += check(name, made, folder)
            continue
        folder.mkdir(parents=True, exist_ok=True)
        made.save_pretrained(folder)
        (folder / "golden.json").write_text(text(golden(made)))
        print(f"wrote {len(INPUTS)} cases: testdata/bert/{name}")
    if faults:
        sys.exit("these differ: " + ", ".join(faults))
    if checking:
        print(f"checked {len(MODELS)} folders of testdata/bert")


if __name__ == "__main__":
    main()
