use burn::{module::Module, tensor::Tensor};
use kd_core::{DistillLoss, Labelled, check, rows};

/// A loss on logits of which each row has mean 0 and standard deviation 1 (Sun et al., 2024).
///
/// ```text
/// z(x) = (x − mean(x)) / std(x)        std(x)² = Σ (x − mean(x))² / (classes − 1)
/// loss = inner(z(student), z(teacher))
/// ```
///
/// A small student need not reach its teacher's large logits: only the relations among a row's logits are compared.
///
/// # Shapes
///
/// - student, teacher: `[..., classes]`; or the teacher a [`Labelled`], if the inner loss takes one
/// - output of `per_sample`: `[rows]`, the inner loss's
///
/// # Reduction
///
/// The inner loss's.
///
/// # Gradient
///
/// Through the student's mean and standard deviation too: for an inner gradient g it is
/// `(g − mean(g) − z · Σ g·z / (classes − 1)) / std(student)`, which neither shifts nor scales a row. None for the teacher.
///
/// # Range
///
/// The inner loss's. Where the inner loss is 0 at equality this one is 0 already where one row is a shifted and
/// (positively) scaled copy of the other. A constant row has no scale: its std counts as 1, so z is 0 there. Other rows,
/// however near to constant, do have one; the loss jumps there, and its gradient grows as 1 / std. Two classes leave
/// nothing but their order: z is ±1/√2, and the gradient 0.
///
/// # Parameters
///
/// None of its own. The authors' recipe is Hinton's loss at T = 2 (the base temperature; the std is its adaptive part),
/// at weight 9, beside a cross-entropy of weight 1:
///
/// ```text
/// CE(student, labels) + 9 · Standardized(SoftLabelLoss at T = 2)
/// ```
///
/// # Convention
///
/// The std is the unbiased one, as in the authors' code; dividing by `classes` instead would be the same as a base
/// temperature higher by `√(classes / (classes − 1))`. They add 1e-7 to it; nothing is added here. T² stays what
/// the inner loss makes of it: of the base temperature alone. Classes of logit −∞ take no part in mean and std, and
/// remain −∞; PyTorch's mean and std would be NaN.
///
/// Logits only: with [`KnowledgeDistillationLoss`](crate::KnowledgeDistillationLoss) inside, the hard part would see
/// standardised logits as well, which is not what the paper does.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no rows or no classes; and where the inner loss does.
///
/// # Example
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_core::DistillLoss;
/// use kd_soft_label::{SoftLabelLossConfig, Standardized};
///
/// let kd = Standardized::new(SoftLabelLossConfig::new().with_temperature(2.0).init());
///
/// # let device = Device::flex();
/// let teacher = Tensor::<2>::from_floats([[8.0, 2.0, -4.0]], &device);
/// let student = teacher.clone() * 0.25 + 1.0;
/// assert!(kd.forward(student, teacher).into_scalar::<f32>() < 1e-6);
/// ```
///
/// # Reference
///
/// Shangquan Sun, Wenqi Ren, Jingzhi Li, Rui Wang, Xiaochun Cao: *Logit Standardization in Knowledge Distillation*, CVPR
/// 2024, arXiv:2403.01427, section 4.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss) and [`DecoupledKdLoss`](crate::DecoupledKdLoss), which the paper puts inside.
#[derive(Module, Debug)]
pub struct Standardized<L> {
    /// Compares the standardised logits.
    pub loss: L,
}

impl<L> Standardized<L> {
    /// Puts standardisation before `loss`.
    pub fn new(loss: L) -> Self {
        Self { loss }
    }
}

impl<const D: usize, L: DistillLoss<Tensor<D>>> DistillLoss<Tensor<D>> for Standardized<L> {
    #[track_caller]
    fn per_sample(&self, student: Tensor<D>, teacher: Tensor<D>) -> Tensor<1> {
        check::logits("Standardized", &student, &teacher);
        let teacher = teacher.without_autodiff();
        self.loss.per_sample(standardized(student), standardized(teacher))
    }
}

impl<L: DistillLoss<Tensor<2>, Labelled>> DistillLoss<Tensor<2>, Labelled> for Standardized<L> {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Labelled) -> Tensor<1> {
        check::logits("Standardized", &student, &teacher.logits);
        let logits = standardized(teacher.logits.without_autodiff());
        let teacher = Labelled::new(logits, teacher.labels);
        self.loss.per_sample(standardized(student), teacher)
    }
}

/// Each row with mean 0 and standard deviation 1, over the classes that exist.
fn standardized<const D: usize>(logits: Tensor<D>) -> Tensor<D> {
    let axis = D - 1;
    let logits = rows::widen(logits);
    let absent = logits.clone().without_autodiff().equal_elem(f64::NEG_INFINITY);
    let classes = absent.clone().bool_not().float().cast(logits.dtype()).sum_dim(axis);

    // Below the row's peak, where a constant row is exactly 0; whatever the peak is, the mean takes it out again.
    let peak = logits.clone().without_autodiff().max_dim(axis);
    let below = (logits - peak).mask_fill(absent.clone(), 0.0);
    let constant = below.clone().without_autodiff().min_dim(axis).equal_elem(0.0);

    let mean = below.clone().sum_dim(axis) / classes.clone();
    let centred = (below - mean).mask_fill(absent.clone(), 0.0);
    let variance = centred.clone().square().sum_dim(axis) / (classes - 1.0).clamp_min(1.0);
    // The slope of a root at 0 would be infinite, so the 1 is put in before.
    let std = variance.mask_fill(constant, 1.0).sqrt();
    (centred / std).mask_fill(absent, f64::NEG_INFINITY)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
        tensor.into_data().try_to_vec().unwrap()
    }

    #[test]
    fn rows_have_mean_0_and_std_1() {
        let logits = Tensor::<2>::from_floats([[1.0, 3.0, 5.0], [2e4, 1e4, 0.0]], &Device::flex());
        assert_eq!(numbers(standardized(logits)), [-1.0, 0.0, 1.0, 1.0, 0.0, -1.0]);
    }

    #[test]
    fn absent_classes_do_not_count() {
        let none = f32::NEG_INFINITY;
        let logits = Tensor::<2>::from_floats([[1.0, none, 3.0, 5.0], [none, 7.0, none, none]], &Device::flex());
        let expected = [-1.0, none, 0.0, 1.0, none, 0.0, none, none];
        assert_eq!(numbers(standardized(logits)), expected);
    }

    /// 0.1 has no exact mean in f32: what is left of a careless centring would be blown up to a std of 1.
    #[test]
    fn constant_rows_are_zero_and_finite() {
        let logits = Tensor::<2>::full([1, 7], 0.1, &Device::flex().autodiff()).require_grad();
        let z = standardized(logits.clone());
        let first = z.clone().slice([0..1, 0..1]).sum();
        let gradient = numbers(logits.grad(&first.backward()).unwrap());
        assert_eq!(numbers(z), [0.0; 7]);
        assert!((gradient[0] - 6.0 / 7.0).abs() < 1e-6 && (gradient[1] + 1.0 / 7.0).abs() < 1e-6);
    }
}
