//! Every law catches the defect it is there for: a broken loss must break it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use burn::{
    module::Module,
    nn::{BatchNormConfig, LinearConfig},
    tensor::{Device, FloatDType, Tensor, activation::softmax},
};
use kd_core::{DistillLoss, Projected, check, rows};
use kd_testkit::{Subject, device, laws};

type Values = fn(Tensor<2>, Tensor<2>) -> Tensor<1>;
type Mean = fn(Tensor<1>) -> Tensor<1>;

/// A loss made of two functions, at least one of which is wrong.
#[derive(Clone)]
struct Broken {
    per_sample: Values,
    mean: Mean,
}

impl DistillLoss<Tensor<2>> for Broken {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        (self.per_sample)(student, teacher)
    }

    fn forward(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        (self.mean)(self.per_sample(student, teacher))
    }
}

fn checked_mean(values: Tensor<1>) -> Tensor<1> {
    check::not_empty("Broken", values.dims()[0]);
    values.mean()
}

/// A loss that looks at nothing before it computes.
#[derive(Clone)]
struct NoCheck;

impl DistillLoss<Tensor<2>> for NoCheck {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        (student - teacher.without_autodiff())
            .square()
            .sum_dim(1)
            .squeeze_dim(1)
    }

    fn forward(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        self.per_sample(student, teacher).mean()
    }
}

/// A sound loss, to be broken in one place at a time.
fn kl(student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
    check::logits("Broken", &student, &teacher);
    let student = rows::widen(student);
    let teacher = teacher.without_autodiff().cast(student.dtype());
    rows::kl(rows::log_soften(teacher, 1.0), rows::log_soften(student, 1.0))
}

fn values(per_sample: Values) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(Broken {
        per_sample,
        mean: checked_mean,
    })
}

fn mean(mean: Mean) -> Subject {
    Subject::new::<Tensor<2>, Tensor<2>>(Broken { per_sample: kl, mean })
}

#[track_caller]
fn must_break(law: impl FnOnce()) {
    assert!(
        catch_unwind(AssertUnwindSafe(law)).is_err(),
        "the law let the defect through"
    );
}

macro_rules! catches {
    ($($law:ident: $defect:ident => $subject:expr;)+) => {$(
        #[test]
        fn $defect() {
            if stringify!($law).starts_with("half") && !device().supports_dtype(FloatDType::F16) {
                return; // nothing to get wrong
            }
            if stringify!($law) == "finite_differences" && device() != Device::flex() {
                return; // taken on Flex alone
            }
            laws::$law(&values(kl)); // the law must not simply fail always
            must_break(|| laws::$law(&$subject));
        }
    )+};
}

catches! {
    the_mean_is_of_the_values: a_sum_for_a_mean => mean(|values| values.sum());
    an_empty_batch_has_no_mean: nan_for_an_empty_batch => Subject::new::<Tensor<2>, Tensor<2>>(NoCheck);
    order_does_not_matter: a_look_at_the_neighbour => values(|s, t| {
        let values = kl(s, t);
        let next = values.clone().flip([0]);
        values * next
    });
    repetition_does_not_matter: a_batch_size_too_many => values(|s, t| {
        let rows = s.dims()[0];
        kl(s, t) * rows as f64
    });
    micro_batches_accumulate: a_batch_size_too_few => values(|s, t| {
        let rows = s.dims()[0];
        kl(s, t) / rows as f64
    });
    masked_rows_change_nothing: padding_that_leaks => values(|s, t| {
        let values = kl(s, t);
        values.clone() + values.mean()
    });
    nothing_unmasked_is_a_zero: a_gradient_that_is_not_finite => values(|s, t| kl(s, t) / 0.0);
    the_teacher_is_a_constant: a_teacher_on_the_graph => values(|s, t| {
        check::same_shape("Broken", &s, &t);
        (s - t).square().sum_dim(1).squeeze_dim(1)
    });
    unequal_shapes_panic: broadcasting => values(|s, t| (s - t.without_autodiff()).square().sum_dim(1).squeeze_dim(1));
    unequal_batches_panic: one_teacher_for_all => values(|s, t| {
        (s - t.without_autodiff()).square().sum_dim(1).squeeze_dim(1)
    });
    finite_differences: half_a_gradient => values(|s, t| kl(s.clone(), t.clone()) + kl(s.detach(), t));
    backends_agree: digits_thrown_away => values(|s, t| kl(s + 1e7, t));
    half_precision_is_widened: sums_in_half_precision => values(|s, t| {
        check::same_shape("Broken", &s, &t);
        let (p, q) = (softmax(t.without_autodiff(), 1), softmax(s, 1));
        (p.clone() * (p.log() - q.log())).sum_dim(1).squeeze_dim(1)
    });
    nan_in_nan_out: a_value_that_looks_fine => values(|s, t| {
        let values = kl(s, t);
        values.clone().mask_fill(values.is_nan(), 0.0)
    });
    never_negative: a_sign => values(|s, t| kl(s, t).neg());
    zero_at_equality: a_cross_entropy_that_poses_as_a_divergence => values(|s, t| {
        let p = softmax(t.without_autodiff(), 1);
        (p * rows::log_soften(s, 1.0)).sum_dim(1).squeeze_dim(1).neg()
    });
    absent_classes_do_not_matter: a_division_by_classes => values(|s, t| {
        let classes = s.dims()[1];
        kl(s, t) / classes as f64
    });
    shifts_do_not_matter: logits_that_are_not_normalised => values(|s, t| {
        kl(s.clone(), t) + s.square().sum_dim(1).squeeze_dim(1)
    });
    the_order_of_classes_does_not_matter: a_class_with_privileges => values(|s, t| {
        let first = s.clone().slice([0..s.dims()[0], 0..1]).squeeze_dim(1);
        kl(s, t) + first
    });
    extreme_logits_are_finite: zero_times_infinity => values(|s, t| {
        let (p, q) = (rows::log_soften(t.without_autodiff(), 1.0), rows::log_soften(s, 1.0));
        (p.clone().exp() * (p - q)).sum_dim(1).squeeze_dim(1)
    });
}

/// [`kl`] at a temperature, times a power of it.
#[derive(Clone)]
struct Tempered {
    temperature: f64,
    power: i32,
}

impl DistillLoss<Tensor<2>> for Tempered {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let t = self.temperature;
        kl(student * t.recip(), teacher * t.recip()) * t.powi(self.power)
    }
}

#[test]
fn a_missing_t_squared() {
    let tempered = |temperature, power| Subject::new::<Tensor<2>, Tensor<2>>(Tempered { temperature, power });
    laws::temperature_keeps_the_gradient(|t| tempered(t, 2));
    must_break(|| laws::temperature_keeps_the_gradient(|t| tempered(t, 0)));
    must_break(|| laws::temperature_keeps_the_gradient(|t| tempered(t, 1)));
}

#[test]
fn a_projector_that_nobody_trains() {
    let device = Device::flex().autodiff();
    let input = || Tensor::<2>::ones([4, 3], &device);
    let loss = |projector: &burn::nn::Linear| {
        Projected::new(
            projector.clone(),
            Broken {
                per_sample: kl,
                mean: checked_mean,
            },
        )
        .forward(input(), input())
    };
    laws::every_parameter_learns(LinearConfig::new(3, 3).init(&device), loss);
    let frozen = LinearConfig::new(3, 3).init(&device).no_grad();
    must_break(|| laws::every_parameter_learns(frozen, |frozen| loss(frozen) + input().require_grad().mean()));
}

#[test]
fn a_teacher_left_in_training_mode() {
    let device = Device::flex().autodiff();
    let input = || Tensor::<2>::ones([4, 3], &device);
    let teacher = BatchNormConfig::new(3).init(&device);
    let valid = teacher.valid();
    laws::a_teacher_never_changes(&valid, || {
        let _ = valid.forward(input());
    });
    must_break(|| {
        laws::a_teacher_never_changes(&teacher, || {
            let _ = teacher.forward(input());
        });
    });
}
