//! Teachers in another process: they say what they would say here, and what becomes of them when their server is lost.

mod killed;
mod network;
mod refused;
mod same;
mod server;
mod silent;
