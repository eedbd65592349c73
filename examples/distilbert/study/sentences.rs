//! Sentences: the student as an encoder of them.

use std::path::Path;

use kd::transformer::bert::BertHead;
use kd_examples::failure::Failure;

use super::Study;
use crate::embed::{self, EmbeddingLoss, Passages};
use crate::keeper::Embedded;
use crate::likeness::likeness;
use crate::plans::Plans;
use crate::reader::Reader;
use crate::score::Variation;
use crate::source;

impl Study<'_> {
    /// The teacher and a student as encoders of sentences: the teacher as it came, not with what it learned since.
    pub(super) fn encoders(&self, student: Variation) -> Result<(Reader, Reader), Failure> {
        let teacher = source::folder(&self.options.model)?.unwrap_or(self.folder("teacher"));
        let read = |folder: &Path| Reader::with_new_head(folder, BertHead::None, &self.lab.device);
        Ok((read(&teacher)?, read(&self.student_folder(student))?))
    }

    /// The student with all ingredients, as an encoder of sentences.
    pub(super) fn encoder(&self, plans: &Plans, loss: EmbeddingLoss, texts: &[String]) -> Result<Embedded, Failure> {
        let recipe = self.recipe;
        let folder = self.folder("encoders").join(loss.name());
        let plan = plans.encoder(loss);
        self.once(&folder, &plan, || {
            let (teacher, student) = self.encoders(Variation::Whole)?;
            let passages = Passages::new(texts, &teacher.tokenizer, recipe.text_length)?;
            let before = likeness(self.lab, &student.bert, &teacher.bert, &passages)?;
            let run = self.training(format!("encoder: {}", loss.name()), &recipe.embed, &plan, &folder);
            let (bert, course) = embed::distil(&run, student.bert, &teacher.bert, loss, &passages)?;
            Ok(Embedded {
                loss,
                before,
                after: likeness(self.lab, &bert, &teacher.bert, &passages)?,
                course,
            })
        })
    }
}
