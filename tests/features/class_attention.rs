//! Where each class is looked for.

use burn::tensor::Tensor;
use kd::{DistillLoss, feature::ClassAttentionLossConfig};
use kd_testkit::{Subject, device, golden, laws, read};

fn cat() -> Subject {
    Subject::new::<Tensor<4>, Tensor<4>>(ClassAttentionLossConfig::new().init())
}

#[test]
fn golden() {
    let default = ClassAttentionLossConfig::new();
    golden::check_features("class_attention.json", &device(), &default, |config, shapes| {
        Subject::shaped::<4, 4>(config.init(), shapes)
    });
}

laws!(class_attention: [any_but_slope, divergence], cat());

/// A pooled map turns around where it passes 0: at maps of one place, wherever a number is 0.
#[test]
fn the_gradient_is_the_slope_where_no_number_is_0() {
    laws::finite_differences_where(&cat(), |batch| batch.student.iter().all(|&number| number != 0.0));
}

#[test]
fn zeros_are_finite_in_value_and_gradient() {
    let student = Tensor::<4>::zeros([2, 3, 4, 4], &device()).autodiff().require_grad();
    let value = ClassAttentionLossConfig::new()
        .init()
        .forward(student.clone(), student.ones_like());
    let gradient = student.grad(&value.backward()).unwrap();
    assert_eq!(read(value), [0.25]);
    assert!(read(gradient).iter().all(|&number| number == 0.0));
}

#[test]
#[should_panic(expected = "give a map for each class, `class_activation_maps` of both, and the same classes")]
fn other_classes_name_the_remedy() {
    let map = |classes| Tensor::<4>::zeros([2, classes, 4, 4], &device());
    let _ = ClassAttentionLossConfig::new().init().forward(map(10), map(100));
}
