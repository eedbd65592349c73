use burn::{
    module::{Module, ModuleMapper, Param},
    tensor::{FloatDType, Tensor},
};

use crate::check;

const NAME: &str = "MixedPrecision";

/// A student that computes in half precision and learns in full: its weights stay f32 (the masters), and a *working copy* of them,
/// rounded anew in every step, runs forward and backward (Micikevicius and others, 2018).
///
/// The copy stays on the graph of the masters. So gradients arrive there, in f32: the optimizer, clipping and accumulation are
/// those of any other training, and an update that half precision would round away is kept.
///
/// ```text
/// working = half(master)        loss · scale → backward        gradient of the master = f32(gradient of the copy) / scale
/// ```
///
/// # The loss scale
///
/// f16 has no number between 0 and 6e-8, and below 6e-5 it loses digits: gradients of a mean over many rows vanish there. Multiply
/// the loss with a power of two, [`scaled`](Self::scaled), and they are moved up; on the way into the masters they are divided by
/// it again, in f32, so nothing but what would have vanished is different. Too large a scale makes infinities of gradients beyond
/// 65,504. Nothing here looks for them, since that would wait for the device in every step: halve the scale where a training
/// becomes NaN. bf16 reaches as far down and up as f32 and needs none.
///
/// # Convention
///
/// A constant scale; one that is searched for while training, as by PyTorch's `GradScaler`, is not here. All floats of the copy are in
/// half precision, those of normalisations too; where Burn widens inside (a `LayerNorm` of f16), it does. The losses widen what they
/// compare.
///
/// # Example
///
/// ```
/// use burn::{
///     nn::LinearConfig,
///     optim::{GradientsParams, SgdConfig},
///     tensor::{DType, Device, FloatDType, Tensor},
/// };
/// use kd_core::MixedPrecision;
///
/// let device = Device::flex().autodiff();
/// let half = MixedPrecision::new(FloatDType::F16).with_loss_scale(1024.0);
/// let mut student = LinearConfig::new(8, 2).init(&device);
/// let mut optimizer = SgdConfig::new().init();
///
/// let working = half.working(&student);
/// let logits = working.forward(Tensor::<2>::ones([4, 8], &device).cast(FloatDType::F16));
/// assert_eq!(logits.dtype(), DType::F16);
/// let loss = logits.cast(FloatDType::F32).square().mean(); // a `DistillLoss` widens by itself
/// let gradients = GradientsParams::from_grads(half.scaled(loss).backward(), &student); // of the masters
/// assert_eq!(gradients.get::<2>(student.weight.id).unwrap().dtype(), DType::F32);
/// student = optimizer.step(0.1, student, gradients);
/// assert_eq!(student.weight.val().dtype(), DType::F32);
/// ```
///
/// # Reference
///
/// Paulius Micikevicius and others: *Mixed Precision Training*, 2018, arXiv:1710.03740.
///
/// # See also
///
/// [`Frozen::in_precision`](crate::Frozen::in_precision), for a teacher, who needs no masters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MixedPrecision {
    dtype: FloatDType,
    loss_scale: f64,
}

impl MixedPrecision {
    /// Working copies of this type, and a loss scale of 1.
    pub fn new(dtype: FloatDType) -> Self {
        Self { dtype, loss_scale: 1.0 }
    }

    /// The loss times `loss_scale`, and the masters' gradients divided by it.
    ///
    /// # Panics
    ///
    /// If it is not a power of two from 2⁻¹²⁶ to 2¹²⁶.
    #[track_caller]
    pub fn with_loss_scale(self, loss_scale: f64) -> Self {
        check::loss_scale(NAME, loss_scale);
        Self { loss_scale, ..self }
    }

    /// What the copies are in; inputs of floats are cast to it, `images.cast(half.dtype())`.
    pub fn dtype(&self) -> FloatDType {
        self.dtype
    }

    /// A copy of `masters` for one step, forward and backward; the next step takes another. Take the gradients for `masters`.
    ///
    /// # Panics
    ///
    /// If its device does not compute in the type, or there is a batch normalisation in it (Burn's `BatchNorm`, and a struct of
    /// your own of that name): its running statistics would be shared with the copy.
    #[track_caller]
    pub fn working<M: Module>(&self, masters: &M) -> M {
        check::computes_in(NAME, &masters.devices(), self.dtype);
        masters.clone().map(&mut WorkingCopy(*self))
    }

    /// What to call `backward` on, `[1]`: the loss times the scale.
    pub fn scaled(&self, loss: Tensor<1>) -> Tensor<1> {
        if self.loss_scale == 1.0 {
            loss
        } else {
            loss * self.loss_scale
        }
    }
}

/// Rounds the masters, on their graph.
struct WorkingCopy(MixedPrecision);

impl ModuleMapper for WorkingCopy {
    fn enter_module(&mut self, _name: &str, container_type: &str) {
        if container_type == "Struct:BatchNorm" {
            check::no_running_statistics(NAME, "BatchNorm");
        }
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let MixedPrecision { dtype, loss_scale } = self.0;
        param.map(|master| {
            if !master.dtype().is_float() {
                return master;
            }
            if loss_scale == 1.0 || !master.is_require_grad() {
                return master.cast(dtype);
            }
            // The value is the master's to the bit, for a number less itself is 0, and the slope is 1 / scale.
            let value = master.clone().without_autodiff();
            ((master - value.clone()) * loss_scale.recip() + value).cast(dtype)
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::{
        nn::{BatchNormConfig, LinearConfig},
        tensor::Device,
    };

    use super::*;

    #[test]
    fn a_copy_is_the_masters_rounded_whatever_the_scale() {
        let masters = LinearConfig::new(5, 3).init(&Device::flex().autodiff());
        let half = MixedPrecision::new(FloatDType::F16);
        let rounded = masters.weight.val().cast(FloatDType::F16).into_data();
        for half in [half, half.with_loss_scale(1024.0), half.with_loss_scale(0.5)] {
            assert_eq!(half.working(&masters).weight.val().into_data(), rounded);
        }
    }

    #[test]
    #[should_panic(expected = "the loss scale is 1000, but must be a power of two")]
    fn a_scale_that_would_round_panics() {
        let _ = MixedPrecision::new(FloatDType::F16).with_loss_scale(1000.0);
    }

    #[test]
    #[should_panic(expected = "must be a power of two")]
    fn a_scale_of_nothing_panics() {
        let _ = MixedPrecision::new(FloatDType::F16).with_loss_scale(0.0);
    }

    #[test]
    #[should_panic(expected = "the module has a BatchNorm")]
    fn running_statistics_are_not_shared_with_a_copy() {
        let norm = BatchNormConfig::new(3).init(&Device::flex().autodiff());
        let _ = MixedPrecision::new(FloatDType::BF16).working(&norm);
    }
}
