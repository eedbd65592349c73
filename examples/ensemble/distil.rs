//! Distillation itself: what a student goes down the slope of, for each way to learn from many.

use burn::nn::loss::CrossEntropyLossConfig;
use burn::prelude::*;
use kd::cache::Samples;
use kd::ensemble::Rule;
use kd::ensemble::{
    BestMember, DirichletLossConfig, Ensemble, GeometricMean, MeanOfLogits, MeanOfProbs, MinNormWeights, PerTeacher,
    Question, RandomMember, Weighted, WeightedByConfidence, WeightedByEntropy, Weights, WithLabels,
};
use kd::prelude::*;
use kd::soft_label::SoftLabelLoss;
use kd_examples::digits::CLASSES;

use crate::lab::Lab;
use crate::members::{Live, Recorded};
use crate::network::Network;
use crate::train::Batch;
use crate::views::Views;
use crate::way::Way;

/// What a step goes down the slope of.
pub type Objective<'a> = Box<dyn Fn(&Network, Batch) -> Tensor<1> + 'a>;

/// What students learn from: what the members said of every view.
pub struct School<'a> {
    /// Where it takes place.
    pub lab: &'a Lab,
    /// The members, recorded.
    pub members: &'a Ensemble<Recorded>,
    /// Weights that fit the validation images best.
    pub fitted: &'a Weights,
    /// The views that are recorded.
    pub views: Views,
}

impl<'a> School<'a> {
    /// Students learn from the members in this way.
    pub fn taught_by(&self, way: Way) -> Objective<'a> {
        let members = self.members;
        let temperature = self.lab.recipe.temperature;
        let loss = self.soft();
        // The labels were looked at when they were read.
        match way {
            Way::MeanOfProbs => self.combined(|_| MeanOfProbs),
            Way::GeometricMean => self.combined(|_| GeometricMean),
            Way::MeanOfLogits => self.combined(|_| MeanOfLogits),
            Way::Fitted => {
                let weights = self.fitted.clone();
                self.combined(move |_| Weighted::new(weights.clone()))
            }
            Way::ByEntropy => self.combined(|_| WeightedByEntropy),
            Way::ByConfidence => self.combined_by_labels(WeightedByConfidence::new().with_check_labels(false)),
            Way::Best => self.combined_by_labels(BestMember::new().with_check_labels(false)),
            Way::Random => {
                let random = RandomMember::new(self.views.seed);
                self.combined(move |step| random.at(step))
            }
            Way::PerTeacher => {
                let loss = PerTeacher::new(loss);
                self.mixed(move |logits, samples, _, _| loss.forward(logits, members.each(samples)))
            }
            Way::LeastGradient => self.mixed(move |logits, samples, _, _| {
                let says = members.each(samples);
                let found = MinNormWeights::of_soft_labels(logits.clone(), &says, temperature, 1.0);
                let weights = found.expect("members that were scored say numbers").weights;
                PerTeacher::weighted(loss.clone(), weights).forward(logits, says)
            }),
            Way::Dirichlet => {
                let loss = DirichletLossConfig::new().with_temperature(temperature).init();
                // A log-density of as many shares as there are classes is as many times as steep, and would need a learning rate
                // of its own.
                self.mixed(move |logits, samples, _, _| loss.forward(logits, members.each(samples)) / CLASSES as f64)
            }
        }
    }

    /// Students learn from one member.
    pub fn taught_by_member(&self, index: usize) -> Objective<'a> {
        let member = &self.members.members()[index];
        let loss = self.soft();
        self.mixed(move |logits, samples, _, _| loss.forward(logits, member.teach(samples)))
    }

    /// The same as the mean of probabilities, but the members are asked anew in every step.
    pub fn taught_live(&self, members: &'a Ensemble<Live>) -> Objective<'a> {
        let Mix { hard, soft } = Mix::of(self.lab);
        let loss = self.soft();
        let cross_entropy = CrossEntropyLossConfig::new().init(&self.lab.device);
        Box::new(move |network, batch| {
            let logits = network.forward(batch.images.clone());
            let taught = members.teach(batch.images);
            loss.forward(logits.clone(), taught) * soft + cross_entropy.forward(logits, batch.labels) * hard
        })
    }

    /// Hinton's loss at the recipe's temperature.
    fn soft(&self) -> SoftLabelLoss {
        let temperature = self.lab.recipe.temperature;
        SoftLabelLossConfig::new().with_temperature(temperature).init()
    }

    /// By a combination that may differ from step to step.
    fn combined<R>(&self, rule: impl Fn(usize) -> R + 'a) -> Objective<'a>
    where
        R: Rule<Labels = ()>,
        Samples<()>: Question<R::Labels, Asked = Samples<()>>,
    {
        let members = self.members;
        let loss = self.soft();
        self.mixed(move |logits, samples, _, step| loss.forward(logits, members.by(rule(step)).teach(samples)))
    }

    /// By a combination that looks at the labels.
    fn combined_by_labels<R>(&self, rule: R) -> Objective<'a>
    where
        R: Rule<Labels = Tensor<1, Int>> + Clone + 'a,
    {
        let members = self.members;
        let loss = self.soft();
        self.mixed(move |logits, samples, labels, _| {
            let taught = members.by(rule.clone()).teach(WithLabels::new(samples, labels));
            loss.forward(logits, taught)
        })
    }

    /// A share of `soft` (student's logits, samples, labels, steps before) and a share of the labels.
    fn mixed(&self, teach: impl Fn(Tensor<2>, Samples<()>, Tensor<1, Int>, usize) -> Tensor<1> + 'a) -> Objective<'a> {
        let Mix { hard, soft } = Mix::of(self.lab);
        let cross_entropy = CrossEntropyLossConfig::new().init(&self.lab.device);
        let view = self.views.name();
        Box::new(move |network, batch| {
            let Batch {
                images,
                labels,
                ids,
                step,
            } = batch;
            let logits = network.forward(images);
            let samples = Samples::new(ids, ()).of_view(view.clone());
            let taught = teach(logits.clone(), samples, labels.clone(), step);
            taught * soft + cross_entropy.forward(logits, labels) * hard
        })
    }
}

/// Whose share is how large.
struct Mix {
    hard: f64,
    soft: f64,
}

impl Mix {
    fn of(lab: &Lab) -> Self {
        Self {
            hard: 1.0 - lab.recipe.alpha,
            soft: lab.recipe.alpha,
        }
    }
}
