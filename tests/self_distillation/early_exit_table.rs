//! What early exit costs and is worth, threshold by threshold.

use burn::tensor::{Int, Tensor, TensorData};
use kd::{
    rows,
    self_distillation::{EarlyExit, EarlyExitRow, early_exit_table},
};
use kd_testkit::device;

use crate::early_exit_network::{Network, input};

/// Half of all f32 numbers are below the f64 number that is written the same way.
#[test]
fn a_confidence_reaches_the_threshold_that_is_written_like_it() {
    let device = device();
    let mut below = 0;
    for place in 1..50 {
        let row = || Tensor::<2>::from_floats([[place as f32 * 0.1, 0.0, -0.5]], &device);
        let confidence = rows::soften(row(), 1.0).max().into_scalar::<f32>();
        let threshold: f64 = confidence.to_string().parse().unwrap();
        below += usize::from(f64::from(confidence) < threshold);
        let early_exit = EarlyExit::new(threshold);
        assert_eq!(early_exit.choose(&[row(), row()]).taken, [0], "{threshold}");
        let labels = Tensor::from_ints([0], &device);
        let table = early_exit_table(&[row(), row()], labels, &[1.0, 2.0], &[threshold]).unwrap();
        assert_eq!(table[0].samples, [1, 0], "{threshold}");
    }
    assert!(below > 10, "{below} of 49 say nothing");
}

/// A NaN counts where it is the answer, and not at an exit that the sample did not take.
#[test]
fn an_answer_that_is_not_a_number_is_neither_right_nor_wrong() {
    let device = device();
    let exit = |numbers: [[f32; 2]; 2]| Tensor::<2>::from_data(TensorData::from(numbers), &device);
    let shallow = exit([[9.0, 0.0], [f32::NAN, 0.0]]);
    let table = |deep: Tensor<2>| {
        let labels = Tensor::from_ints([0, 0], &device);
        let table = early_exit_table(&[shallow.clone(), deep], labels, &[1.0, 2.0], &[0.9]).unwrap();
        table.into_iter().next().unwrap()
    };
    let known = table(exit([[f32::NAN, 0.0], [1.0, 0.0]]));
    assert_eq!((known.accuracy, &known.samples[..]), (1.0, &[1, 1][..]));
    let unknown = table(exit([[1.0, 0.0], [0.0, f32::NAN]]));
    assert!(unknown.accuracy.is_nan());

    // A table is for files, and JSON has no NaN.
    let json = serde_json::to_string(&unknown).unwrap();
    let again: EarlyExitRow = serde_json::from_str(&json).unwrap();
    assert!(again.accuracy.is_nan() && again.samples == unknown.samples);
}

#[test]
#[should_panic(
    expected = "early_exit_table: the label of sample 1 is 4, which is not a class; with 4 classes labels run"
)]
fn a_label_that_is_no_class() {
    let device = device();
    let exit = || Tensor::<2>::zeros([2, 4], &device);
    let labels = Tensor::from_ints([0, 4], &device);
    let _ = early_exit_table(&[exit(), exit()], labels, &[1.0, 2.0], &[0.5]);
}

#[test]
fn the_table_is_what_runs_say() {
    let device = device();
    let network = Network::new(3, &device);
    let all = network.all(input(17, &device));
    let labels: Vec<i32> = (0..17).map(|row| (row * row) % 4).collect();
    let of_labels = Tensor::<1, Int>::from_data(TensorData::from(&labels[..]), &device);
    let (costs, thresholds) = ([1.0, 2.5, 4.0], [0.4, 0.7, 1.0]);
    let table = early_exit_table(&all, of_labels, &costs, &thresholds).unwrap();
    assert_eq!(table.len(), 3);
    for (row, threshold) in table.iter().zip(thresholds) {
        let exited = EarlyExit::new(threshold).run(&network, input(17, &device));
        assert_eq!(row.threshold, threshold);
        assert_eq!(row.samples, exited.samples_per_exit());
        assert_eq!(row.cost, exited.cost(&costs));
        let answers = exited.logits.argmax(1).into_data();
        let right = answers
            .iter::<i32>()
            .zip(&labels)
            .filter(|(answer, label)| answer == *label);
        assert_eq!(row.accuracy, right.count() as f64 / 17.0);
    }
}
