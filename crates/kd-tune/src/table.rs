use std::fmt::Write;

use crate::{Tuned, outcome::decimals};

impl Tuned {
    /// The [ranking](Self::ranking) as a table in Markdown, the best point first: its values, its budget, and mean ± standard
    /// deviation over the seeds, with the smallest and the largest score.
    ///
    /// Only numbers of one budget can be compared. Seeds with which a point diverged are named.
    ///
    /// # Example
    ///
    /// ```
    /// use kd_tune::{Axis, Goal, Grid, Score, Search, Splits};
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let journal = folder.path().join("tuning.json");
    /// let grid = Grid::new([Axis::temperature([1.0, 4.0])?])?;
    /// let search = Search::new("errors", Goal::Minimize, grid, Splits::new([1, 2], [3, 4])?).with_seeds([1, 2]);
    /// let tuned = search.run(&journal, |trial| {
    ///     Score::new(10.0 / trial.value("temperature") + trial.seed() as f64, [3, 4])
    /// })?;
    /// assert_eq!(
    ///     tuned.table(),
    ///     "| temperature | budget | errors, mean ± sd (min to max) |\n\
    ///      |--:|--:|:--|\n\
    ///      | 4 | 1 | 4.000 ± 0.707 (3.500 to 4.500) |\n\
    ///      | 1 | 1 | 11.500 ± 0.707 (11.000 to 12.000) |\n"
    /// );
    /// # Ok::<(), kd_core::Error>(())
    /// ```
    pub fn table(&self) -> String {
        let ranking = self.ranking();
        let decimals = ranking.first().and_then(|best| best.mean()).map_or(4, decimals);
        let mut table = String::from("|");
        let names = self.grid().axes().iter().map(|axis| axis.name());
        for name in names.chain(["budget"]) {
            let _ = write!(table, " {} |", name.replace('|', "\\|"));
        }
        let score = self.name().replace('|', "\\|");
        let columns = "--:|".repeat(self.grid().axes().len() + 1);
        let _ = writeln!(table, " {score}, mean ± sd (min to max) |\n|{columns}:--|");
        for outcome in ranking {
            let values: String = outcome.point.iter().map(|(_, value)| format!(" {value} |")).collect();
            let _ = writeln!(table, "|{values} {} | {} |", outcome.budget, outcome.words(decimals));
        }
        table
    }
}
