//! The options that every example has: which seeds, which device, where the results go.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::device::Backend;
use crate::result_files::ResultFiles;
use crate::values;

/// Which seeds, which device, where the results go.
#[derive(Args, Clone, Debug, Serialize)]
pub struct RunOptions {
    /// First seed
    #[arg(long, default_value_t = 1)]
    pub seed: u64,

    /// How many seeds, counted up from --seed [default: the recipe's own]
    #[arg(long, value_parser = values::seeds, allow_negative_numbers = true)]
    pub seeds: Option<u64>,

    /// Where to compute: flex, ndarray, wgpu or cuda, if compiled in
    #[arg(long, default_value = "flex")]
    pub device: Backend,

    /// Folder for the pictures and results.json [default: out/ and the example's name]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,

    /// Write the results here as well, whenever there are new ones
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl RunOptions {
    /// The seeds to run: as many as asked for, or as the recipe has.
    pub fn seeds(&self, of_recipe: u64) -> impl Iterator<Item = u64> + use<> {
        let first = self.seed;
        (0..self.seeds.unwrap_or(of_recipe)).map(move |step| first.wrapping_add(step))
    }

    /// The folder for the results of the example of this name.
    pub fn out(&self, example: &str) -> PathBuf {
        self.out.clone().unwrap_or_else(|| ["out", example].iter().collect())
    }

    /// All files for the results of the example of this name.
    pub fn result_files(&self, example: &str) -> ResultFiles {
        ResultFiles::new(&self.out(example), self.json.clone())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        run: RunOptions,
    }

    fn parse(arguments: &[&str]) -> Result<RunOptions, clap::Error> {
        Program::try_parse_from([&["program"], arguments].concat()).map(|program| program.run)
    }

    #[test]
    fn seeds_count_up_from_the_first() {
        let seeds = |arguments: &[&str]| parse(arguments).unwrap().seeds(3).collect::<Vec<_>>();
        assert_eq!(seeds(&[]), [1, 2, 3]);
        assert_eq!(seeds(&["--seed", "7", "--seeds", "2"]), [7, 8]);
    }

    #[test]
    fn results_go_to_a_folder_of_the_example_unless_told_otherwise() {
        assert_eq!(parse(&[]).unwrap().out("mnist"), PathBuf::from("out/mnist"));
        let options = parse(&["--out", "there"]).unwrap();
        assert_eq!(options.out("mnist"), PathBuf::from("there"));
    }

    #[test]
    fn bad_values_are_refused_with_their_option_and_the_remedy() {
        for (arguments, remedy) in [
            (["--seeds", "0"], "at least 1"),
            (["--device", "tpu"], "flex, ndarray, wgpu, cuda"),
        ] {
            let message = parse(&arguments).expect_err("out of range").to_string();
            assert!(message.contains(arguments[0]) && message.contains(remedy), "{message}");
        }
    }
}
