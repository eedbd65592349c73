//! Tasks: the teacher and all students learn to tell of which class a text is.

use kd::transformer::bert::BertHead;
use kd_examples::failure::Failure;
use kd_examples::text::labelled::LabelledTexts;

use super::Study;
use crate::classify::{self, ClassTexts};
use crate::plans::Plans;
use crate::reader::Reader;
use crate::score::{Score, Who};
use crate::source;
use crate::trainer::Training;

impl Study<'_> {
    /// The tasks, with as many texts as the recipe says.
    pub(super) fn tasks(&self) -> Result<Vec<LabelledTexts>, Failure> {
        let tasks = source::tasks(&self.options.tasks)?.into_iter();
        Ok(tasks.map(|task| task.with_at_most(self.recipe.texts)).collect())
    }

    /// How well somebody learns a task with this seed.
    pub(super) fn score(&self, plans: &Plans, task: &LabelledTexts, seed: u64, who: Who) -> Result<Score, Failure> {
        let recipe = self.recipe;
        let of_seed = self.folder("tasks").join(&task.name).join(format!("seed-{seed}"));
        let folder = of_seed.join(who.short());
        let training = Training {
            steps: recipe.epochs * task.train.len().div_ceil(recipe.finetune.batch),
            seed,
            ..recipe.finetune
        };
        let (network, vectors) = match who.student() {
            None => (self.folder("teacher"), None),
            Some(_) if who.is_adapted() => {
                let (folder, likenesses) = self.adapted(plans, task, seed, &of_seed)?;
                (folder, Some(likenesses))
            }
            Some(variation) => (self.student_folder(variation), None),
        };
        let plan = plans.score(task, &training, who);
        self.once(&folder, &plan, || {
            let device = &self.lab.device;
            device.seed(seed);
            let head = BertHead::Classes {
                names: task.classes.clone(),
            };
            let reader = Reader::with_new_head(&network, head, device)?;
            let teacher = match who.is_taught() {
                true => Some(Reader::load(&of_seed.join(Who::Teacher.short()), device)?.bert),
                false => None,
            };
            let [train, test] =
                [&task.train, &task.test].map(|part| ClassTexts::new(part, &reader.tokenizer, recipe.text_length));
            let run = self.training(
                format!("{}, seed {seed}: {}", task.name, who.short()),
                &training,
                &plan,
                &folder,
            );
            let (bert, course) = classify::finetune(&run, reader.bert, teacher.as_ref(), &train)?;
            let score = Score {
                task: task.name.clone(),
                seed,
                who,
                report: classify::evaluate(self.lab, &bert, &test)?,
                seconds: course.seconds,
                vectors,
            };
            if who == Who::Teacher {
                let tokenizer = reader.tokenizer;
                Reader { bert, tokenizer }.save(&folder)?;
            }
            Ok(score)
        })
    }
}
