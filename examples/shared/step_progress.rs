//! Progress of a training that counts steps: a bar on a terminal, a few plain lines elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two plain lines of the same training.
const QUIET: Duration = Duration::from_secs(30);

/// Follows one training from the step it begins with to its last.
pub struct StepProgress {
    name: String,
    steps: usize,
    done: usize,
    bar: Option<ProgressBar>,
    started: Instant,
    last_line: Instant,
}

impl StepProgress {
    /// Of a training called `name`, of which so many steps are done.
    pub fn new(name: &str, done: usize, steps: usize) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{prefix:28} [{bar:30}] {pos}/{len} {msg} ({eta} left)")
                .expect("the template is well-formed");
            let bar = ProgressBar::new(steps as u64)
                .with_style(style.progress_chars("=> "))
                .with_prefix(name.to_owned());
            // How long the rest takes is told by the steps of this run alone.
            bar.set_position(done as u64);
            bar.reset_eta();
            bar
        });
        let now = Instant::now();
        Self {
            name: name.into(),
            steps,
            done,
            bar,
            started: now,
            last_line: now,
        }
    }

    /// A step is done; `words` say how it goes.
    pub fn step(&mut self, words: impl FnOnce() -> String) {
        self.done += 1;
        let last = self.done == self.steps;
        match &self.bar {
            Some(bar) => {
                bar.set_message(words());
                bar.inc(1);
                if last {
                    bar.finish();
                }
            }
            None if last || self.last_line.elapsed() >= QUIET => {
                self.last_line = Instant::now();
                let seconds = self.started.elapsed().as_secs_f64();
                eprintln!(
                    "{}: step {}/{} {} ({seconds:.0} s)",
                    self.name,
                    self.done,
                    self.steps,
                    words()
                );
            }
            None => {}
        }
    }
}

impl Drop for StepProgress {
    /// Leaves the bar of an unfinished training where it stands.
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take().filter(|bar| !bar.is_finished()) {
            bar.abandon();
        }
    }
}
