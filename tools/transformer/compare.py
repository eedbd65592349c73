#!/usr/bin/env python3
"""Opens folders that `Bert::save` wrote with Python's `transformers`, and compares what both make of the same texts.

    compare.py FOLDER... [--tolerance 1e-4]

Beside `config.json` and `model.safetensors` a folder has `outputs.safetensors`: `ids`, perhaps `mask` and `token_types`, and what was
made of them: `hidden_states.0` (the embeddings') and on, `attentions.0` and on, `pooled`, `token_logits`, `class_logits`. Prints the largest
difference of each, relative to the largest number; ends with 1 if one is above the tolerance, or a weight is missing or left over.

Needs `torch`, `transformers` and `safetensors`.
"""

import argparse
import json
import logging
import os
import pathlib
import sys

# Nothing is fetched: all there is to compare is in the folder.
os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import transformers
from safetensors.torch import load_file


def model(folder: pathlib.Path):
    """The model of the folder, with every weight of its file and no other."""
    (architecture,) = json.loads((folder / "config.json").read_text())["architectures"]
    kind = getattr(transformers, architecture)
    made, info = kind.from_pretrained(
        folder, attn_implementation="eager", output_loading_info=True, local_files_only=True, dtype=torch.float32
    )
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if info[problem]:
            sys.exit(f"{folder}: {problem.replace('_', ' ')}: {', '.join(map(str, info[problem]))}")
    return made.eval()


@torch.no_grad()
def outputs(made, arrays: dict) -> dict:
    """What the model makes of the texts, by the names of the file."""
    said = made(
        input_ids=arrays["ids"],
        attention_mask=arrays.get("mask"),
        token_type_ids=arrays.get("token_types"),
        output_hidden_states=True,
        output_attentions=True,
    )
    logits = {3: "token_logits", 2: "class_logits"}
    named = {f"hidden_states.{layer}": states for layer, states in enumerate(said.hidden_states)}
    named |= {f"attentions.{layer}": probs for layer, probs in enumerate(said.attentions)}
    if said.get("pooler_output") is not None:
        named["pooled"] = said.pooler_output
    if said.get("logits") is not None:
        named[logits[said.logits.dim()]] = said.logits
    return named


def compare(folder: pathlib.Path) -> float:
    """Prints how far apart each output is, and returns the largest."""
    made = model(folder)
    ours = load_file(folder / "outputs.safetensors")
    theirs = outputs(made, ours)
    absent = theirs.keys() - ours.keys()
    if absent:
        sys.exit(f"{folder}/outputs.safetensors lacks {', '.join(sorted(absent))}")
    worst = 0.0
    for name, expected in theirs.items():
        found = ours[name]
        if found.shape != expected.shape:
            sys.exit(f"{folder}: {name} has shape {list(found.shape)}, not {list(expected.shape)}")
        apart = ((found - expected).abs().max() / expected.abs().max()).item()
        # Not a number is further apart than any.
        worst = apart if not apart <= worst else worst
        print(f"  {name:20} {str(list(found.shape)):20} {apart:.1e}")
    print(f"{folder.name}, {type(made).__name__}: at most {worst:.1e} apart")
    return worst


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=pathlib.Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    args = parser.parse_args()
    logging.disable(logging.WARNING)
    transformers.utils.logging.disable_progress_bar()
    too_far = [folder for folder in args.folders if not compare(folder) <= args.tolerance]
    if too_far:
        sys.exit(f"more than {args.tolerance:.0e} apart: {', '.join(map(str, too_far))}")


if __name__ == "__main__":
    main()
