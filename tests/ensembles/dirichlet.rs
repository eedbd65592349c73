//! The loss of a student that keeps how the members of its ensemble disagree.

use burn::tensor::Tensor;
use kd::{
    DistillLoss,
    ensemble::{DirichletLoss, DirichletLossConfig},
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, units_off, within};

use crate::said::{Settings, logits, one_by_one};

/// The members of a golden case.
#[derive(Clone)]
struct OfCase(DirichletLoss);

impl DistillLoss<Tensor<2>, Tensor<3>> for OfCase {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<3>) -> Tensor<1> {
        self.0.per_sample(student, one_by_one(teacher))
    }
}

#[test]
fn golden() {
    golden::check_features("dirichlet.json", &device(), &Settings::new(), |settings, shapes| {
        let loss = DirichletLossConfig::new()
            .with_temperature(settings.temperature)
            .with_smoothing(settings.smoothing)
            .init();
        Subject::shaped::<2, 3>(OfCase(loss), shapes)
    });
}

/// Two members made of one.
#[derive(Clone)]
struct OfTwo(DirichletLoss);

impl DistillLoss<Tensor<2>> for OfTwo {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        self.0.per_sample(student, vec![teacher.clone(), teacher * 0.5])
    }
}

fn of_two(temperature: f64) -> Subject {
    let loss = DirichletLossConfig::new().with_temperature(temperature).init();
    Subject::new::<Tensor<2>, Tensor<2>>(OfTwo(loss))
}

laws!(annealed: [independent, mean, smooth, same_classes], of_two(4.0));
laws!(last: [independent, mean, smooth, same_classes], of_two(1.0));

/// All of `coupled` but that it is never negative: it is the logarithm of a density. And of `softmax` what does not shift
/// logits, whose sum is how sure the student is.
#[test]
fn other_laws() {
    for temperature in [1.0, 4.0] {
        let subject = of_two(temperature);
        laws::the_mean_is_of_the_values(&subject);
        laws::order_does_not_matter(&subject);
        laws::the_teacher_is_a_constant(&subject);
        laws::unequal_batches_panic(&subject);
        laws::an_empty_batch_has_no_mean(&subject);
        laws::half_precision_is_widened(&subject);
        laws::the_order_of_classes_does_not_matter(&subject);
        laws::what_the_teacher_rules_out_is_finite(&subject);
    }
}

fn members() -> Vec<Tensor<2>> {
    vec![
        logits([[2.0, 0.0, 0.0]]),
        logits([[1.0, 0.5, 0.0]]),
        logits([[1.0, 0.0, 1.5]]),
    ]
}

fn run(student: [f32; 3], members: Vec<Tensor<2>>) -> (f64, Vec<f64>) {
    let student = logits([student]).autodiff().require_grad();
    let loss = DirichletLossConfig::new().init().forward(student.clone(), members);
    let gradients = loss.backward();
    (read(loss)[0], read(student.grad(&gradients).unwrap()))
}

/// Uniform over the simplex: the density is Γ(3) = 2 whatever is said, and so is the loss −log 2 of any members.
#[test]
fn by_hand_where_alpha_is_1() {
    let (value, _) = run([0.0; 3], members());
    // As exact as the device's own exponential.
    assert_close("value", &[value], &[-(2f64.ln())], within(1e-6 * units_off(&device())));
}

#[test]
fn equal_members_are_one_and_their_order_does_not_matter() {
    let student = [1.0, -0.5, 0.25];
    let close = |found: (f64, Vec<f64>), expected: (f64, Vec<f64>)| {
        assert_close("value", &[found.0], &[expected.0], within(1e-6));
        assert_close("gradient", &found.1, &expected.1, within(1e-6));
    };
    let one = members()[..1].to_vec();
    close(run(student, vec![one[0].clone(); 5]), run(student, one));
    let turned = [1, 2, 0].map(|index| members()[index].clone());
    close(run(student, turned.to_vec()), run(student, members()));
}

/// Followed down its slope the student's mean becomes the members', and its α as large as they agree: where they agree more,
/// α is larger.
#[test]
fn a_student_learns_how_far_members_agree() {
    // Thousands of steps of a few numbers, for which a graphics processor takes minutes. That a step is the same there is
    // what the laws say.
    if device() != burn::tensor::Device::flex() {
        return;
    }
    let learned = |members: Vec<Tensor<2>>| {
        let mut student = [0.0f32; 3];
        for _ in 0..3000 {
            let (_, gradient) = run(student, members.clone());
            student
                .iter_mut()
                .zip(gradient)
                .for_each(|(x, g)| *x -= 0.05 * g as f32);
        }
        student.iter().map(|x| f64::from(*x).exp()).sum::<f64>()
    };
    let near: Vec<Tensor<2>> = members()
        .into_iter()
        .map(|member| member * 0.5 + logits([[0.6, 0.1, 0.2]]))
        .collect();
    let (apart, near) = (learned(members()), learned(near));
    assert!(near > 1.5 * apart && apart > 1.0, "{near} and {apart}");
}

#[test]
fn alphas_that_no_number_holds_have_a_gradient() {
    let (value, gradient) = run([-300.0, -200.0, -150.0], members());
    assert!(value.is_finite() && gradient.iter().all(|g| g.is_finite()));
    // log Γ(α) is −log α, and log Γ(Σ α) that of the largest: its slope is taken back.
    assert_close("gradient", &gradient, &[-1.0, -1.0, 0.0], within(1e-6));
}

#[test]
#[should_panic(expected = "DirichletLoss: there are no members; give at least one")]
fn no_member_panics() {
    run([0.0; 3], vec![]);
}

#[test]
#[should_panic(expected = "DirichletLoss: the student has shape [1, 3] and the teacher [1, 2]")]
fn a_member_of_other_classes_panics() {
    run([0.0; 3], vec![members()[0].clone(), logits([[0.0, 1.0]])]);
}
