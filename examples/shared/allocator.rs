//! The allocator of all examples: one that keeps the memory of a step for the next one.
//!
//! Every step asks for the same tensors again. glibc gives large ones back to the system, which hands out fresh pages for each,
//! and that costs up to a quarter of a training on a processor.

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;
