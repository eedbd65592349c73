#!/usr/bin/env python3
"""Writes a teacher's outputs as the crate kd-cache reads them, with nothing of ours.

    from write import write_cache
    key = {"teacher": "resnet50, sha256 of its file", "dataset": "photos, by index", "view": "plain", "what": "logits"}
    write_cache("teacher-logits", key, batches())        # batches of (ids, {"logits": array of [samples, classes]})

`view` must be "plain" for samples that nothing is done to. Logits are written as they are, before any temperature. Arrays are
of float32, float16 or int32, without NaN and +inf (-inf rules a class out); columns are `logits`; or `top_ids` (int32), `top_log_probs` and `tail`; or `features.NAME`.

From a shell it writes the example that the tests read: `write.py FOLDER`. Needs `safetensors` and `numpy`.
"""

import argparse
import json
import os
import zlib
from pathlib import Path

import numpy as np
from safetensors.numpy import save

TYPES = {"float32": "F32", "float16": "F16", "int32": "I32"}


def write_cache(folder, key, batches):
    """One shard for each batch, then the manifest, which is what makes them a cache."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    columns, shards, seen = [], [], set()
    for ids, arrays in batches:
        ids = np.ascontiguousarray(ids, "<u8")
        arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        form = [{"name": n, "dtype": TYPES[str(a.dtype)], "shape": list(a.shape[1:])} for n, a in arrays.items()]
        columns = columns or form
        if form != columns or any(len(array) != len(ids) for array in arrays.values()):
            raise ValueError(f"a batch of {form} in a cache of {columns}, or with another number of ids")
        if len(set(ids.tolist())) != len(ids) or not seen.isdisjoint(ids.tolist()):
            raise ValueError("a sample comes twice")
        for name, array in arrays.items():
            bad = np.isnan(array) | np.isposinf(array)
            if bad.any():
                sample = ids[np.argwhere(bad)[0][0]]
                raise ValueError(f"'{name}' of sample {sample} is NaN or infinite, from which nobody can learn")
        seen.update(ids.tolist())
        contents = save({"ids": ids, **arrays})
        name = f"shard-{len(shards):05}.safetensors"
        write_whole(folder / name, contents)
        shards.append({
            "file": name,
            "samples": len(ids),
            "bytes": len(contents),
            "crc32": zlib.crc32(contents),
            "ids_crc32": zlib.crc32(ids.tobytes()),
        })
    manifest = {"format": "kd-cache", "version": 1, "key": key, "columns": columns, "shards": shards}
    write_whole(folder / "manifest.json", (json.dumps(manifest, indent=2) + "\n").encode())


def write_whole(path, contents):
    """A file that is there whole or not at all."""
    unfinished = path.with_name(f".unfinished-{path.name}")
    with open(unfinished, "wb") as file:
        file.write(contents)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def example():
    """20 samples of 3 classes, of which sample `id` has the logits id mod 3 == class, with a feature in float16."""
    for first in (0, 8, 16):
        ids = np.arange(first, min(first + 8, 20))[::-1]
        logits = 4.0 * (ids[:, None] % 3 == np.arange(3)).astype("float32")
        yield ids, {"logits": logits, "features.pool": (ids[:, None] / np.array([2.0, 4.0])).astype("float16")}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    key = {"teacher": "a rule", "dataset": "the numbers to 20", "view": "plain", "what": "logits and features"}
    write_cache(parser.parse_args().folder, key, example())


if __name__ == "__main__":
    main()
