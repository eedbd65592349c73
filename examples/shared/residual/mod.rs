//! Residual networks for small images.

mod architecture;
mod block;
mod network;

pub use architecture::{Architecture, UnknownNetwork};
pub use network::{Network, Thoughts};
