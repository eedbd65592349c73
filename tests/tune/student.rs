//! A temperature that is tuned for real, on one device and on two.

use burn::{
    nn::{Initializer, Linear, LinearConfig},
    optim::{GradientsParams, SgdConfig},
    tensor::{Device, Tensor, TensorData},
};
use kd::{
    DistillLoss,
    soft_label::SoftLabelLossConfig,
    tune::{Axis, Goal, Grid, Score, Search, Splits, Trial},
};
use kd_testkit::device;

use crate::making::journal;

/// A sample's class is one of three.
fn label(id: usize) -> usize {
    id % 3
}

fn rows(ids: &[usize], device: &Device, number: impl Fn(usize, usize) -> f32) -> Tensor<2> {
    let numbers: Vec<f32> = ids
        .iter()
        .flat_map(|&id| [0, 1, 2].map(|class| number(id, class)))
        .collect();
    Tensor::from_data(TensorData::new(numbers, [ids.len(), 3]), device)
}

fn images(ids: &[usize], device: &Device) -> Tensor<2> {
    rows(ids, device, |id, class| {
        let noise = ((id * 7 + class * 5) as f32).sin();
        noise + if class == label(id) { 1.0 } else { 0.0 }
    })
}

/// Sure of the right class, or, of every third sample of each class, of the next; then the right one is its second choice.
fn teacher(ids: &[usize], device: &Device) -> Tensor<2> {
    rows(ids, device, |id, class| match (class + 3 - label(id)) % 3 {
        0 => 8.0,
        1 if id / 3 % 3 == 0 => 9.0,
        _ => 0.0,
    })
}

fn train(trial: &Trial, device: &Device) -> Linear {
    let loss = SoftLabelLossConfig::new()
        .with_temperature(trial.value("temperature"))
        .init();
    let mut student = LinearConfig::new(3, 3)
        .with_initializer(Initializer::Zeros)
        .init(device);
    let mut optimizer = SgdConfig::new().init();
    let (images, targets) = (images(trial.learning(), device), teacher(trial.learning(), device));
    for _epoch in 0..trial.budget() {
        let loss = loss.forward(student.forward(images.clone()), targets.clone());
        let gradients = GradientsParams::from_grads(loss.backward(), &student);
        student = optimizer.step(0.1, student, gradients);
    }
    student
}

/// Its surprise at the labels.
fn surprise(student: &Linear, ids: &[usize], device: &Device) -> Score {
    let labels: Vec<i32> = ids.iter().map(|&id| label(id) as i32).collect();
    let labels = Tensor::from_data(TensorData::new(labels, [ids.len()]), device);
    let rows = kd::rows::cross_entropy(student.forward(images(ids, device)), labels).into_data();
    Score::mean(ids.iter().copied().zip(rows.iter::<f64>()))
}

#[test]
fn a_student_of_a_teacher_that_errs_wants_another_temperature_than_1() {
    let device = device().autodiff();
    let grid = Grid::new([Axis::temperature([1.0, 2.0, 4.0, 1e4]).unwrap()]).unwrap();
    let splits = Splits::random(0..90, 30, 7).unwrap().with_test(90..180).unwrap();
    let search = Search::new("surprise of a linear student", Goal::Minimize, grid, splits)
        .with_seeds([1])
        .with_halving([5, 40], 2);
    let trial = |trial: &Trial, device: &Device| surprise(&train(trial, device), trial.validation(), device);

    let (_folder, path) = journal();
    let tuned = search.run(&path, |asked| trial(asked, &device)).unwrap();
    let best = tuned.best().unwrap();
    println!("{}", tuned.table());
    assert!(
        (1.5..5.0).contains(&best.point.value("temperature")),
        "{}",
        tuned.table()
    );

    let (_folder, path) = journal();
    let two = search.run_on(&[device.clone(), device], &path, trial).unwrap();
    assert_eq!(two, tuned);
}
