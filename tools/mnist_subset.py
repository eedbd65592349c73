#!/usr/bin/env python3
"""Make the MNIST subset that the example `mnist` ships with.

    pip install zopfli
    python tools/mnist_subset.py FOLDER [--out examples/mnist/data]

FOLDER holds MNIST's four IDX files, raw or gzipped, flat or in train/ and test/.
Taken are every fifth training image, in their order (12,000 of 60,000, so that every
writer is in it), and all 10,000 test images. Nothing is random, and the gzip header
carries no time: the same FOLDER gives the same bytes.
"""

import argparse
import gzip
import hashlib
import struct
from pathlib import Path

import zopfli.gzip

EVERY = 5
SPLITS = {"train": ("train", EVERY), "t10k": ("test", 1)}
KINDS = {"images-idx3-ubyte": (0x0803, 16), "labels-idx1-ubyte": (0x0801, 8)}


def read(folder: Path, place: str, name: str) -> bytes:
    """The file's bytes, unpacked."""
    for path in (folder / name, folder / place / name):
        if path.is_file():
            return path.read_bytes()
        packed = path.with_name(name + ".gz")
        if packed.is_file():
            return gzip.decompress(packed.read_bytes())
    raise SystemExit(f"{name} is missing: looked for it and {name}.gz in {folder} and {folder / place}")


def thin(data: bytes, magic: int, header: int, every: int, name: str) -> bytes:
    """The same IDX file with only every `every`-th item."""
    found, count = struct.unpack(">II", data[:8])
    if found != magic:
        raise SystemExit(f"{name} begins with {found:#010x} where {magic:#010x} is expected")
    item, rest = divmod(len(data) - header, count)
    if rest:
        raise SystemExit(f"{name} is truncated: {len(data)} bytes for {count} items")
    kept = range(0, count, every)
    body = b"".join(data[header + i * item : header + (i + 1) * item] for i in kept)
    return data[:4] + struct.pack(">I", len(kept)) + data[8:header] + body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("examples/mnist/data"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    total = 0
    for split, (place, every) in SPLITS.items():
        for kind, (magic, header) in KINDS.items():
            name = f"{split}-{kind}"
            data = thin(read(options.folder, place, name), magic, header, every, name)
            packed = zopfli.gzip.compress(data, numiterations=3)
            (options.out / f"{name}.gz").write_bytes(packed)
            total += len(packed)
            print(f"{hashlib.sha256(packed).hexdigest()}  {name}.gz  {len(packed):,} bytes")
    print(f"{total:,} bytes in all")


if __name__ == "__main__":
    main()
