use std::collections::HashSet;

use burn::{
    module::{Module, ModuleVisitor, Param, ParamId},
    tensor::{Gradients, Tensor},
};
use kd_core::{LossTerms, check};
use serde::{Deserialize, Serialize};

use crate::{GradientReport, LostGradient};

/// What each term of a loss does to the parameters, over a few batches: how hard it pulls, and which way.
///
/// ```text
/// gᵢ      = gradient of the value of term i, over all parameters of the module
/// ⟨i, j⟩  = Σ over batches of gᵢ · gⱼ                   all that is kept
/// norm    = √(⟨i, i⟩ / batches)
/// cosine  = ⟨i, j⟩ / √(⟨i, i⟩ · ⟨j, j⟩)
/// ```
///
/// The cosine is that of all batches' gradients, one below the other; large ones count for more. Its sign is that of the weighted
/// terms.
///
/// # Convention
///
/// Burn keeps no graph for a second backward pass, so a batch takes as many passes through the network as there are terms: the closure
/// is called for each, and must give the same every time. A network with dropout draws anew in every pass, unless the closure begins with
/// `device.seed(…)`; and batch normalisation counts each pass in its running statistics, so give a network that need not be trained on, or
/// its `fork`.
///
/// Gradients are read to the host a parameter at a time, and multiplied there in f64; they stay on the device meanwhile, one of each term.
/// A batch in which one is NaN or infinite, or too large to be squared, is left out of every number, and [`LostGradient`] names it.
///
/// # Panics
///
/// [`update`](Self::update) does if there are no terms, their names or weights change, no parameter of the module requires a gradient, or
/// no term is on a graph.
///
/// # Example
///
/// ```
/// use burn::{nn::LinearConfig, tensor::{Device, Tensor}};
/// use kd_core::LossTerms;
/// use kd_diagnose::TermGradients;
///
/// let device = Device::flex().autodiff();
/// let student = LinearConfig::new(4, 3).init(&device);
/// # let batches = [Tensor::<2>::ones([2, 4], &device)];
///
/// let mut gradients = TermGradients::new();
/// for inputs in batches {
///     gradients.update(&student, || {
///         let logits = student.forward(inputs.clone());
///         let (up, down) = (logits.clone().mean(), logits.mean() * -3.0);
///         LossTerms::new().with("up", 0.5, up).with("down", 0.5, down)
///     });
/// }
/// let report = gradients.report();
/// assert!((report.terms[1].norm / report.terms[0].norm - 3.0).abs() < 1e-5);
/// assert!((report.cosine(0, 1).unwrap() + 1.0).abs() < 1e-6);
/// ```
///
/// # Reference
///
/// Tianhe Yu and others: *Gradient Surgery for Multi-Task Learning*, 2020, arXiv:2001.06782, calls gradients conflicting where their
/// cosine is below 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TermGradients {
    terms: Vec<(String, f64)>,
    /// Each term's gradient times each one's, row by row, summed over batches.
    products: Vec<f64>,
    batches: u64,
    given: u64,
    lost: Vec<LostGradient>,
}

impl TermGradients {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a batch: `terms` runs the network and gives the terms, and what they do to the parameters of `module` is looked at. That is
    /// the student, or a part of it, or with its projectors as a pair `&(student, projectors)`.
    #[track_caller]
    pub fn update<M: Module>(&mut self, module: &M, mut terms: impl FnMut() -> LossTerms) {
        let mut known = self.terms.clone();
        let mut gradients = Vec::new();
        loop {
            let terms = terms();
            let found: Vec<(String, f64)> = terms.iter().map(|term| (term.name.clone(), term.weight)).collect();
            check::at_least_one("TermGradients", "terms", found.len());
            if known.is_empty() {
                known = found;
            } else {
                check::one_schedule("TermGradients", &known, &found);
            }
            let term = terms.iter().nth(gradients.len()).expect("there are as many as before");
            // A constant has no graph, and teaches nothing.
            gradients.push(term.value.is_tracked().then(|| term.value.backward()));
            if gradients.len() == known.len() {
                break;
            }
        }
        let mut products = Products::of(&gradients);
        module.visit(&mut products);
        let tracked = gradients.iter().any(Option::is_some);
        check::learns("TermGradients", products.parameters.len(), tracked);
        self.terms = known;
        self.keep(&products.sums);
    }

    fn keep(&mut self, sums: &[f64]) {
        let count = self.terms.len();
        let batch = self.given;
        self.given += 1;
        let lost = (0..count).filter(|term| !sums[term * count + term].is_finite());
        let lost: Vec<LostGradient> = lost
            .map(|term| LostGradient {
                batch,
                term: self.terms[term].0.clone(),
            })
            .collect();
        if !lost.is_empty() {
            self.lost.extend(lost);
            return;
        }
        self.products.resize(count * count, 0.0);
        for (product, sum) in self.products.iter_mut().zip(sums) {
            *product += sum;
        }
        self.batches += 1;
    }

    /// What was found so far.
    pub fn report(&self) -> GradientReport {
        GradientReport::of(&self.terms, &self.products, self.batches, &self.lost)
    }
}

/// Each term's gradient times each one's, summed over the parameters that are visited.
struct Products<'a> {
    gradients: &'a [Option<Gradients>],
    sums: Vec<f64>,
    /// Those that were visited: what is tied is visited twice, and has one gradient.
    parameters: HashSet<ParamId>,
}

impl<'a> Products<'a> {
    fn of(gradients: &'a [Option<Gradients>]) -> Self {
        Self {
            gradients,
            sums: vec![0.0; gradients.len() * gradients.len()],
            parameters: HashSet::new(),
        }
    }
}

impl ModuleVisitor for Products<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let value = param.val();
        if !value.is_require_grad() || !self.parameters.insert(param.id) {
            return;
        }
        let read = |gradient: Tensor<D>| -> Vec<f64> { gradient.into_data().iter().collect() };
        let of_term = |gradients: &Option<Gradients>| value.grad(gradients.as_ref()?).map(read);
        let rows: Vec<Option<Vec<f64>>> = self.gradients.iter().map(of_term).collect();
        let pairs = rows.iter().flat_map(|a| rows.iter().map(move |b| (a, b)));
        for (sum, pair) in self.sums.iter_mut().zip(pairs) {
            if let (Some(a), Some(b)) = pair {
                *sum += a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            }
        }
    }
}
