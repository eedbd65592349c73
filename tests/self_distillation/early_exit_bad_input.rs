//! What one may get wrong with early exit, and what one is told.

use burn::tensor::{Tensor, TensorData};
use kd::self_distillation::{EarlyExit, ExitByExit, early_exit_table};
use kd_testkit::device;

use crate::early_exit_network::{Network, input};

#[test]
#[should_panic(expected = "EarlyExit: threshold is 0, but must be above 0 and at most 1")]
fn a_threshold_of_zero() {
    let _ = EarlyExit::new(0.0);
}

#[test]
fn impossible_thresholds_and_costs_are_errors() {
    for threshold in [-0.5, 1.5, f64::NAN] {
        let error = EarlyExit::try_new(threshold).unwrap_err().to_string();
        assert!(error.contains(&format!("threshold is {threshold}")), "{error}");
    }
    let device = device();
    let exit = || Tensor::<2>::zeros([2, 4], &device);
    let table = |costs: &[f64], threshold| {
        let labels = Tensor::from_ints([0, 1], &device);
        early_exit_table(&[exit(), exit()], labels, costs, &[threshold])
    };
    let error = table(&[0.0, 1.0], 0.5).unwrap_err().to_string();
    assert_eq!(
        error,
        "early_exit_table: the cost of an exit is 0, but must be a finite number above 0"
    );
    assert!(table(&[0.5, 1.0], 2.0).is_err());
}

#[test]
#[should_panic(expected = "EarlyExit: there are no exits")]
fn no_exits() {
    let _ = EarlyExit::new(0.5).run(&Network::new(0, &device()), input(2, &device()));
}

#[test]
#[should_panic(expected = "EarlyExit: there are no exits")]
fn no_exits_to_choose_from() {
    let _ = EarlyExit::new(0.5).choose(&[]);
}

#[test]
#[should_panic(expected = "EarlyExit: exit 1 has shape [2, 5] and the deepest, exit 2, [2, 4]")]
fn unequal_classes() {
    let exit = |classes: usize| Tensor::<2>::zeros([2, classes], &device());
    let _ = EarlyExit::new(0.5).choose(&[exit(5), exit(4)]);
}

#[test]
#[should_panic(expected = "EarlyExited: there are 2 costs for 3 exits; give one for each, shallow to deep")]
fn a_cost_too_few() {
    let exited = EarlyExit::new(0.5).run(&Network::new(3, &device()), input(2, &device()));
    let _ = exited.cost(&[1.0, 2.0]);
}

/// Its second exit forgets who has left.
struct Forgetful;

impl ExitByExit<Tensor<2>> for Forgetful {
    type State = Tensor<2>;

    fn exits(&self) -> usize {
        2
    }

    fn start(&self, input: Tensor<2>) -> Tensor<2> {
        input
    }

    fn run_to(&self, exit: usize, state: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let logits = if exit == 0 {
            state.clone()
        } else {
            Tensor::zeros([2, 4], &state.device())
        };
        (state, logits)
    }
}

#[test]
#[should_panic(expected = "EarlyExit: exit 2 gives logits of shape [2, 4] where [1, 4] were due")]
fn rows_that_are_not_due() {
    let sure_of_one = TensorData::from([[9.0f32, 0.0, 0.0, 0.0], [0.0; 4]]);
    let _ = EarlyExit::new(0.9).run(&Forgetful, Tensor::from_data(sure_of_one, &device()));
}
