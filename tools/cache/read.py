#!/usr/bin/env python3
"""Reads a teacher's recorded outputs, the folder that the crate kd-cache writes, with nothing of ours.

    from read import read_cache
    key, ids, columns = read_cache("teacher-logits")     # ids: [samples]; columns["logits"]: [samples, classes]

From a shell it prints the first samples as JSON: `read.py FOLDER [--samples N]`.

Needs `safetensors` and `numpy`. The format is described in the documentation of kd-cache; a shard is a safetensors file like any
other. NumPy has no bfloat16, so such columns are read here as the upper halves of float32.
"""

import argparse
import json
import zlib
from pathlib import Path

import numpy as np
from safetensors import deserialize

TYPES = {"F32": "<f4", "F16": "<f2", "BF16": "<u2", "I32": "<i4", "U64": "<u8"}


def read_cache(folder):
    """The key, the ids, and the columns by name; checks every checksum."""
    folder = Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    if (manifest["format"], manifest["version"]) != ("kd-cache", 1):
        raise ValueError(f"{folder} is {manifest['format']} version {manifest['version']}, not kd-cache version 1")
    shards = [read_shard(folder / shard["file"], shard) for shard in manifest["shards"]]
    names = [column["name"] for column in manifest["columns"]]
    ids, *columns = (np.concatenate([shard[name] for shard in shards]) for name in ["ids", *names])
    if len(np.unique(ids)) != len(ids):
        raise ValueError(f"{folder} has a sample twice")
    return manifest["key"], ids, dict(zip(names, columns))


def read_shard(path, entry):
    """The arrays of one shard by name."""
    contents = path.read_bytes()
    if len(contents) != entry["bytes"] or zlib.crc32(contents) != entry["crc32"]:
        raise ValueError(f"{path} is damaged")
    return {name: array(tensor) for name, tensor in deserialize(contents)}


def array(tensor):
    """A tensor's numbers, as float32 where they are floats."""
    numbers = np.frombuffer(bytes(tensor["data"]), TYPES[tensor["dtype"]])
    if tensor["dtype"] == "BF16":
        numbers = (numbers.astype("<u4") << 16).view("<f4")
    if tensor["dtype"] == "F16":
        numbers = numbers.astype("<f4")
    return numbers.reshape(tensor["shape"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--samples", type=int, default=10)
    args = parser.parse_args()
    key, ids, columns = read_cache(args.folder)
    first = range(min(args.samples, len(ids)))
    samples = {str(ids[i]): {name: column[i].tolist() for name, column in columns.items()} for i in first}
    print(json.dumps({"key": key, "count": len(ids), "samples": samples}, indent=1))


if __name__ == "__main__":
    main()
