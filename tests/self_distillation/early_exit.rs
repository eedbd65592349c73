//! Leaving a network where it is sure enough.

use std::cell::RefCell;

use burn::tensor::{Device, Int, Tensor, TensorData};
use kd::{
    rows,
    self_distillation::{EarlyExit, EarlyExitRow, ExitByExit, early_exit_table},
};
use kd_testkit::{assert_close, device, read, waves, within};

/// Each exit adds its map to the state, and shows the state as logits; it notes how many samples it was given.
struct Network {
    maps: Vec<Tensor<2>>,
    seen: RefCell<Vec<usize>>,
}

impl Network {
    /// Logits of four classes that grow from exit to exit.
    fn new(exits: usize, device: &Device) -> Self {
        let map = |exit: usize| waves([4, 4], exit as f64, device) * (exit + 1) as f64 * 0.6;
        Self {
            maps: (0..exits).map(map).collect(),
            seen: RefCell::default(),
        }
    }

    /// What all exits show for all samples.
    fn all(&self, input: Tensor<2>) -> Vec<Tensor<2>> {
        let mut state = self.start(input);
        let exits = 0..self.exits();
        let all = exits.map(|exit| {
            let (next, logits) = self.run_to(exit, state.clone());
            state = next;
            logits
        });
        all.collect()
    }
}

impl ExitByExit<Tensor<2>> for Network {
    /// The numbers, and a number of its own for each sample.
    type State = (Tensor<2>, Tensor<1, Int>);

    fn exits(&self) -> usize {
        self.maps.len()
    }

    fn start(&self, input: Tensor<2>) -> Self::State {
        let numbers = Tensor::arange(0..input.dims()[0] as i64, &input.device());
        (input, numbers)
    }

    fn run_to(&self, exit: usize, (state, numbers): Self::State) -> (Self::State, Tensor<2>) {
        assert_eq!(state.dims()[0], numbers.dims()[0]);
        self.seen.borrow_mut().push(state.dims()[0]);
        let state = state.clone() + state.matmul(self.maps[exit].clone());
        ((state.clone(), numbers), state)
    }
}

fn input(rows: usize, device: &Device) -> Tensor<2> {
    waves([rows, 4], 0.3, device)
}

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
