//! A student made for a task's texts: it learns its teacher's vectors of them before anybody says what they are about.

use std::path::{Path, PathBuf};

use kd_examples::failure::Failure;
use kd_examples::text::labelled::LabelledTexts;

use super::Study;
use crate::embed::{self, EmbeddingLoss, Passages};
use crate::likeness::{Likeness, likeness};
use crate::plans::Plans;
use crate::reader::Reader;
use crate::score::Variation;
use crate::trainer::Training;

impl Study<'_> {
    /// The folder of a student of the teacher's layers that has learned its vectors of the texts to learn from, and how near
    /// it was to them before and after, on up to 256 of these texts that are held out. No label is looked at, and no text
    /// that is tested on.
    pub(super) fn adapted(
        &self,
        plans: &Plans,
        task: &LabelledTexts,
        seed: u64,
        of_seed: &Path,
    ) -> Result<(PathBuf, [Likeness; 2]), Failure> {
        let (recipe, folder) = (self.recipe, of_seed.join("adapted"));
        let plan = plans.adapted(task, seed);
        let likenesses = self.once(&folder, &plan, || {
            self.lab.device.seed(seed);
            let (teacher, student) = self.encoders(Variation::WithoutCorpus)?;
            let texts = task.unlabelled();
            let passages = Passages::new(&texts, &teacher.tokenizer, recipe.text_length)?;
            let training = Training {
                steps: recipe.adapt_epochs * texts.len().div_ceil(recipe.adapt.batch),
                seed,
                ..recipe.adapt
            };
            let before = likeness(self.lab, &student.bert, &teacher.bert, &passages)?;
            let name = format!("{}, seed {seed}: its texts", task.name);
            let run = self.training(name, &training, &plan, &folder);
            let (bert, _) = embed::distil(&run, student.bert, &teacher.bert, EmbeddingLoss::Mse, &passages)?;
            let after = likeness(self.lab, &bert, &teacher.bert, &passages)?;
            println!(
                "{}, seed {seed}, vectors of its texts: {before}; after: {after}",
                task.name
            );
            let tokenizer = teacher.tokenizer;
            Reader { bert, tokenizer }.save(&folder)?;
            Ok([before, after])
        })?;
        Ok((folder, likenesses))
    }
}
