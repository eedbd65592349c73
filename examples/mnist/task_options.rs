//! What is done with the networks and images, if not the experiment itself.

use clap::Args;
use kd_examples::values;
use serde::Serialize;

/// What is done.
#[derive(Args, Clone, Debug, Serialize)]
pub struct TaskOptions {
    /// Search temperature and alpha for the student on training images that are held out, and test what
    /// was found against T = 1 with other seeds: about ten minutes on two cores. Interrupted, it goes on
    /// where it was; the results go to out/mnist-tuning unless --out says otherwise
    #[arg(long, group = "task", conflicts_with_all = ["temperature", "alpha"])]
    pub tune: bool,

    /// With --tune: give every point of the search a third of the epochs first, and all of them to the
    /// best third alone
    #[arg(long, requires = "tune", conflicts_with = "diagnose")]
    pub halving: bool,

    /// Look at the teacher, and at the student before and after distillation: how soft the targets are,
    /// how honest both, which term of the loss does what, what an answer costs. The pages go to
    /// out/mnist-diagnosis unless --out says otherwise
    #[arg(long, group = "task")]
    pub diagnose: bool,

    /// With --tune or --diagnose: training images that are held out [default: a sixth]
    #[arg(long, value_name = "COUNT", requires = "task", value_parser = values::images, allow_negative_numbers = true)]
    pub validation: Option<usize>,
}

impl TaskOptions {
    /// How many of so many training images are held out.
    ///
    /// # Errors
    ///
    /// [`kd::Error::InvalidValue`] if none would be left.
    pub fn validation(&self, images: usize) -> Result<usize, kd::Error> {
        let count = self.validation.unwrap_or(images / 6);
        if count < images {
            return Ok(count);
        }
        Err(kd::Error::InvalidValue {
            owner: "--validation",
            name: "the number of images that are held out",
            value: count as f64,
            expected: "below that of the training images: from the others the networks learn",
        })
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::options::Options;

    fn parse(line: &str) -> Result<Options, clap::Error> {
        Options::try_parse_from(["mnist"].into_iter().chain(line.split_whitespace()))
    }

    #[test]
    fn one_thing_at_a_time() {
        for (line, option, remedy) in [
            ("--tune --diagnose", "--diagnose", "cannot be used with"),
            ("--tune --temperature 8", "--temperature", "cannot be used with"),
            ("--tune --alpha 1", "--alpha", "cannot be used with"),
            ("--halving", "--tune", "required"),
            ("--diagnose --halving", "--diagnose", "cannot be used with"),
            ("--validation 100", "--tune", "required"),
            ("--tune --validation 0", "--validation", "at least 1"),
        ] {
            let message = parse(line).expect_err(line).to_string();
            assert!(
                message.contains(option) && message.contains(remedy),
                "{line}: {message}"
            );
        }
        for line in [
            "--tune --quick --halving",
            "--diagnose --temperature 8",
            "--tune --full --validation 9",
        ] {
            assert!(parse(line).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_sixth_is_held_out_and_never_all() {
        let validation = |line: &str, images| parse(line).unwrap().task.validation(images);
        assert_eq!(validation("--tune", 12_000).unwrap(), 2000);
        assert_eq!(validation("--diagnose --validation 300", 301).unwrap(), 300);
        let message = validation("--tune --validation 300", 300).unwrap_err().to_string();
        assert!(
            message.starts_with("--validation: the number of images that are held out is 300, but must be below"),
            "{message}"
        );
    }
}
