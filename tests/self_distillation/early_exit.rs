//! Leaving a network where it is sure enough.

use burn::tensor::{Tensor, TensorData};
use kd::self_distillation::EarlyExit;
use kd_testkit::{assert_close, device, read, within};

use crate::early_exit_network::{Network, input};

/// The largest probability of each row, computed here.
fn confidences(logits: &Tensor<2>) -> Vec<f64> {
    let numbers = read(logits.clone());
    let of_row = |row: &[f64]| {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        1.0 / row.iter().map(|logit| (logit - largest).exp()).sum::<f64>()
    };
    numbers.chunks(logits.dims()[1]).map(of_row).collect()
}

/// What early exit should do, sample by sample.
fn expected(all: &[Tensor<2>], threshold: f64) -> (Vec<usize>, Vec<f64>) {
    let confidences: Vec<Vec<f64>> = all.iter().map(confidences).collect();
    let numbers: Vec<Vec<f64>> = all.iter().map(|logits| read(logits.clone())).collect();
    let deepest = all.len() - 1;
    let rows = 0..confidences[0].len();
    let taken: Vec<usize> = rows
        .map(|row| {
            (0..deepest)
                .find(|&exit| confidences[exit][row] >= threshold)
                .unwrap_or(deepest)
        })
        .collect();
    let answer = |(row, &exit): (usize, &usize)| numbers[exit][4 * row..4 * row + 4].to_vec();
    let answers = taken.iter().enumerate().flat_map(answer).collect();
    (taken, answers)
}

#[test]
fn each_sample_gets_the_answer_of_the_exit_it_took_in_its_own_place() {
    let device = device();
    for rows in [1, 2, 17] {
        for threshold in [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95] {
            let network = Network::new(3, &device);
            let all = network.all(input(rows, &device));
            let (taken, answers) = expected(&all, threshold);

            network.seen.borrow_mut().clear();
            let early = EarlyExit::new(threshold);
            let exited = early.run(&network, input(rows, &device));
            assert_eq!(exited.taken, taken);
            assert_close("answers", &read(exited.logits.clone()), &answers, within(1e-5));

            let chosen = early.choose(&all);
            assert_eq!(chosen.taken, taken);
            assert_close("choice", &read(chosen.logits), &answers, within(1e-5));

            // Who has left is no longer in the batch, and where nobody is left nothing runs.
            let counts = exited.samples_per_exit();
            let reach = |exit: usize| rows - counts[..exit].iter().sum::<usize>();
            let due: Vec<usize> = (0..3).map(reach).filter(|&count| count > 0).collect();
            assert_eq!(*network.seen.borrow(), due);
        }
    }
}

/// The test above would say little if all samples took the same exit.
#[test]
fn samples_take_different_exits() {
    let network = Network::new(3, &device());
    let exited = EarlyExit::new(0.7).run(&network, input(17, &device()));
    assert!(exited.samples_per_exit().iter().all(|&count| count > 0), "{exited:?}");
}

#[test]
fn nothing_is_certain_at_a_threshold_of_one() {
    let device = device();
    let network = Network::new(3, &device);
    let all = network.all(input(17, &device));
    assert!(
        all[..2]
            .iter()
            .flat_map(confidences)
            .all(|confidence| confidence < 0.9999)
    );
    let exited = EarlyExit::new(1.0).run(&network, input(17, &device));
    assert_eq!(exited.taken, [2; 17]);
    assert_eq!(exited.cost(&[1.0, 2.0, 4.0]), 1.0);
    assert_eq!(read(exited.logits), read(all[2].clone()));
}

#[test]
fn everyone_leaves_at_once_at_a_tiny_threshold() {
    let device = device();
    let network = Network::new(3, &device);
    let all = network.all(input(17, &device));
    network.seen.borrow_mut().clear();
    let exited = EarlyExit::new(1e-9).run(&network, input(17, &device));
    assert_eq!(*network.seen.borrow(), [17]);
    assert_eq!(exited.taken, [0; 17]);
    assert_eq!(exited.samples_per_exit(), [17, 0, 0]);
    assert_eq!(exited.cost(&[1.0, 2.0, 4.0]), 0.25);
    assert_eq!(read(exited.logits), read(all[0].clone()));
}

#[test]
fn one_exit_is_the_network() {
    let device = device();
    let network = Network::new(1, &device);
    let exited = EarlyExit::new(0.9).run(&network, input(5, &device));
    assert_eq!(exited.taken, [0; 5]);
    assert_eq!(exited.cost(&[7.0]), 1.0);
}

#[test]
fn no_exit_is_sure_of_nan() {
    let device = device();
    let row = |numbers: [f32; 4]| Tensor::<2>::from_data(TensorData::from([numbers, [9.0, 0.0, 0.0, 0.0]]), &device);
    let exited = EarlyExit::new(1e-9).choose(&[row([f32::NAN, 0.0, 0.0, 9.0]), row([1.0, 2.0, 3.0, 4.0])]);
    assert_eq!(exited.taken, [1, 0]);
}
