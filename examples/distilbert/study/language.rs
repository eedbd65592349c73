//! The language: a teacher that can tell tokens, and the students that learn it.

use burn::prelude::*;
use kd::transformer::Capacity;
use kd_examples::failure::Failure;

use super::Study;
use crate::corpus::Corpus;
use crate::distil::distil;
use crate::keeper::{Distilled, Prepared};
use crate::plans::Plans;
use crate::prepare::{cross_entropy, prepare};
use crate::reader::Reader;
use crate::score::Variation;
use crate::source;
use crate::student::student;
use crate::thrift::Thrift;

impl Study<'_> {
    /// The teacher, which gets a head for tokens if it has none.
    pub(super) fn teacher(&self, plans: &Plans, texts: &[String]) -> Result<Prepared, Failure> {
        let (recipe, folder) = (self.recipe, self.folder("teacher"));
        let plan = plans.teacher();
        self.once(&folder, &plan, || {
            self.lab.device.seed(recipe.prepare.seed);
            let (reader, head) = source::model(&self.options.model, &self.lab.device)?;
            reader.check_length(recipe.length.max(recipe.text_length))?;
            let corpus = Corpus::new(texts, &reader.tokenizer, recipe.length, recipe.prepare.seed)?;
            let run = self.training("the teacher".into(), &recipe.prepare, &plan, &folder);
            let (bert, course) = prepare(&run, reader.bert, head, &corpus)?;
            let prepared = Prepared {
                head,
                size: [bert.num_params(), bert.layers.len()],
                cross_entropy: cross_entropy(self.lab, &bert, &corpus, recipe.prepare.batch)?,
                course,
            };
            Reader { bert, ..reader }.save(&folder)?;
            Ok(prepared)
        })
    }

    /// The student of this variation.
    pub(super) fn student(
        &self,
        plans: &Plans,
        variation: Variation,
        teacher: &Reader,
        corpus: &Corpus,
    ) -> Result<Distilled, Failure> {
        let (recipe, folder) = (self.recipe, self.student_folder(variation));
        let layers = recipe.layers.unwrap_or(teacher.bert.layers.len().div_ceil(2));
        let plan = plans.student(variation);
        self.once(&folder, &plan, || {
            self.lab.device.seed(recipe.distil.seed);
            let (bert, report) = student(&teacher.bert, layers, variation.start(), &self.lab.device)?;
            if variation == Variation::Whole {
                println!("{}", Capacity::of(&bert, &teacher.bert));
                println!("{}", report.expect("it is made of the teacher's layers"));
            }
            let run = self.training(
                format!("student: {}", variation.short()),
                &recipe.distil,
                &plan,
                &folder,
            );
            let (bert, course) = match variation.objective() {
                Some(objective) => {
                    let (bert, course) = distil(&run, bert, &teacher.bert, objective, corpus, Thrift::default())?;
                    (bert, Some(course))
                }
                None => (bert, None),
            };
            let distilled = Distilled {
                variation,
                size: [bert.num_params(), bert.layers.len()],
                cross_entropy: cross_entropy(self.lab, &bert, corpus, recipe.distil.batch)?,
                course,
            };
            let reader = Reader {
                bert,
                tokenizer: teacher.tokenizer.clone(),
            };
            reader.save(&folder)?;
            Ok(distilled)
        })
    }
}
