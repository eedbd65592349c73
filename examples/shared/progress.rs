//! Progress of a training: a bar on a terminal, a few plain lines elsewhere.

use std::cell::Cell;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two plain lines of the same training.
const QUIET: Duration = Duration::from_secs(30);

/// Follows one training from its first step to its last.
pub struct Progress {
    name: String,
    epochs: usize,
    bar: Option<ProgressBar>,
    started: Instant,
    last_line: Cell<Instant>,
}

impl Progress {
    /// Of a training called `name`.
    pub fn new(name: impl Into<String>, epochs: usize, steps_per_epoch: usize) -> Self {
        let name = name.into();
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{prefix:24} [{bar:30}] {msg} ({elapsed})")
                .expect("the template is well-formed");
            ProgressBar::new((epochs * steps_per_epoch) as u64)
                .with_style(style.progress_chars("=> "))
                .with_prefix(name.clone())
                .with_message(format!("epoch 1/{epochs}"))
        });
        let now = Instant::now();
        Self {
            name,
            epochs,
            bar,
            started: now,
            last_line: Cell::new(now),
        }
    }

    /// A step is done.
    pub fn step(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// Epoch `number`, counted from 1, is done; `error` is a share of 1.
    pub fn epoch(&self, number: usize, loss: f64, error: f64) {
        let text = format!(
            "epoch {number}/{} loss {loss:.4} error {:.2} %",
            self.epochs,
            error * 100.0
        );
        match &self.bar {
            Some(bar) => {
                bar.set_message(text);
                if number == self.epochs {
                    bar.finish();
                }
            }
            None if number == self.epochs || self.last_line.get().elapsed() >= QUIET => {
                self.last_line.set(Instant::now());
                eprintln!("{}: {text} ({:.0} s)", self.name, self.started.elapsed().as_secs_f64());
            }
            None => {}
        }
    }

    /// Work without epochs is done.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    /// Leaves the bar of an unfinished training where it stands.
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take().filter(|bar| !bar.is_finished()) {
            bar.abandon();
        }
    }
}
