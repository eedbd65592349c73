//! The teacher's maps with the student's deeper ones.

use burn::{
    config::Config,
    module::{Module, Param, RunningState},
    nn::{BatchNorm, conv::Conv2d},
    tensor::{DType, Device, Gradients, Tensor, TensorData},
};
use kd::{
    DistillLoss, Feature,
    feature::{ReviewFusionConfig, ReviewLoss, ReviewLossConfig},
    rows,
};
use kd_testkit::{Subject, assert_close, device, golden, laws, read, waved, waves, within};

/// The maps and weights that a golden case names: weights in the order of their use, from the deepest level on.
#[derive(Config, Debug)]
struct GivenConfig {
    student: Vec<[usize; 3]>,
    teacher: Vec<[usize; 3]>,
    hidden: usize,
    weights: Vec<f64>,
}

/// The loss with given weights, made where the student is and in its precision.
#[derive(Clone)]
struct Given(GivenConfig);

impl DistillLoss<Tensor<2>> for Given {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let given = &self.0;
        let mut weights = given.weights.iter().copied();
        let mut take = |count: usize| weights.by_ref().take(count).collect();
        let review = made(&given.student, &given.teacher, given.hidden, &student, &mut take);
        assert!(weights.next().is_none(), "there are more weights than the loss has");
        review.per_sample(cut(student, &given.student), cut(teacher, &given.teacher))
    }
}

/// The loss for such maps, its weights taken one after the other.
fn made<const D: usize>(
    student: &[[usize; 3]],
    teacher: &[[usize; 3]],
    hidden: usize,
    like: &Tensor<D>,
    take: &mut impl FnMut(usize) -> Vec<f64>,
) -> ReviewLoss {
    let channels = |maps: &[[usize; 3]]| maps.iter().map(|map| map[0]).collect();
    let fusion = ReviewFusionConfig::new(channels(student), channels(teacher)).with_hidden(Some(hidden));
    let mut review = ReviewLossConfig::new(fusion).init(&like.device());
    let dtype = if like.dtype() == DType::F64 {
        DType::F64
    } else {
        DType::F32
    };
    for stage in review.fusion.stages.iter_mut().rev() {
        set(&mut stage.reduce, dtype, take);
        set_norm(&mut stage.reduce_norm, dtype, take);
        if let Some(attention) = &mut stage.attention {
            set(attention, dtype, take);
        }
        set(&mut stage.expand, dtype, take);
        set_norm(&mut stage.expand_norm, dtype, take);
    }
    review
}

fn set(convolution: &mut Conv2d, dtype: DType, take: &mut impl FnMut(usize) -> Vec<f64>) {
    convolution.weight = replaced(&convolution.weight, dtype, take);
    convolution.bias = convolution.bias.as_ref().map(|bias| replaced(bias, dtype, take));
}

fn set_norm(norm: &mut BatchNorm, dtype: DType, take: &mut impl FnMut(usize) -> Vec<f64>) {
    norm.gamma = replaced(&norm.gamma, dtype, take);
    norm.beta = replaced(&norm.beta, dtype, take);
    norm.running_mean = RunningState::new(norm.running_mean.value().cast(dtype));
    norm.running_var = RunningState::new(norm.running_var.value().cast(dtype));
}

fn replaced<const D: usize>(
    old: &Param<Tensor<D>>,
    dtype: DType,
    take: &mut impl FnMut(usize) -> Vec<f64>,
) -> Param<Tensor<D>> {
    let old = old.val();
    let data = TensorData::new(take(old.dims().iter().product()), old.dims());
    Param::from_tensor(Tensor::from_data(data, (&old.device(), dtype)))
}

fn cut(rows: Tensor<2>, shapes: &[[usize; 3]]) -> Vec<Tensor<4>> {
    let (batch, mut from) = (rows.dims()[0], 0);
    let map = |&[channels, height, width]: &[usize; 3]| {
        let numbers = rows.clone().narrow(1, from, channels * height * width);
        from += channels * height * width;
        numbers.reshape([batch, channels, height, width])
    };
    shapes.iter().map(map).collect()
}

#[test]
fn golden() {
    let none = GivenConfig::new(vec![], vec![], 1, vec![]);
    golden::check_features("review.json", &device(), &none, |given, shapes| {
        Subject::shaped::<2, 2>(Given(given.clone()), shapes)
    });
}

/// A map and its mean over places as two levels, for however many channels come.
#[derive(Clone)]
struct TwoLevels;

impl DistillLoss<Tensor<4>> for TwoLevels {
    fn per_sample(&self, student: Tensor<4>, teacher: Tensor<4>) -> Tensor<1> {
        let [_, channels, height, width] = student.dims();
        let maps = [[channels, height, width], [channels, 1, 1]];
        let mut used = 0.0;
        let mut wave = |count: usize| {
            used += 1.0;
            (0..count).map(|i| (i as f64 + used).sin()).collect()
        };
        let review = made(&maps, &maps, 3, &student, &mut wave);
        // The mean is not of the loss's making, so it is taken in full precision.
        let levels = |map: Tensor<4>| vec![map.clone(), rows::widen(map).mean_dims(&[2, 3])];
        review.per_sample(levels(student), levels(teacher))
    }
}

// Batch normalisation couples the samples; equal sides are no minimum, since the fused map is not the student's.
laws!(review: [coupled, mean, smooth], Subject::new::<Tensor<4>, Tensor<4>>(TwoLevels));

fn review(device: &Device) -> ReviewLoss {
    waved(ReviewLossConfig::new(ReviewFusionConfig::new(vec![3, 4], vec![5, 6])).init(device))
}

fn levels(batch: usize, channels: [usize; 2], device: &Device) -> Vec<Tensor<4>> {
    vec![
        waves([batch, channels[0], 4, 4], 0.3, device),
        waves([batch, channels[1], 2, 2], 2.1, device),
    ]
}

/// Every weight has a gradient, and it is the slope: against central differences, both in f64.
#[test]
fn the_gradient_of_the_weights_is_the_slope() {
    let device = Device::flex().autodiff();
    let wave = |count: usize, phase: f64| (0..count).map(|i| (i as f64 * 1.7 + phase).sin()).collect::<Vec<_>>();
    let row = |phase| Tensor::<2>::from_data(TensorData::new(wave(2 * 40, phase), [2, 40]), (&device, DType::F64));
    let maps = [[2, 4, 4], [2, 2, 2]];
    let loss = |weights: &[f64]| {
        let mut weights = weights.iter().copied();
        let mut take = |count: usize| weights.by_ref().take(count).collect();
        let review = made(&maps, &maps, 3, &row(0.0), &mut take);
        let value = review.forward(cut(row(0.3), &maps), cut(row(2.1), &maps));
        (value, review)
    };
    let mut count = 0;
    let mut counted = |more| {
        count += more;
        vec![0.0; more]
    };
    made(&maps, &maps, 3, &row(0.0), &mut counted);
    let weights = wave(count, 0.7);
    let (value, review) = loss(&weights);
    let gradient = gathered(&review, &value.backward());
    assert_eq!(gradient.len(), count);
    let slope = |at: usize| {
        let moved = |by: f64| {
            let mut moved = weights.clone();
            moved[at] += by;
            read(loss(&moved).0)[0]
        };
        (moved(1e-5) - moved(-1e-5)) / 2e-5
    };
    let slopes: Vec<f64> = (0..count).map(slope).collect();
    assert_close("gradient", &gradient, &slopes, within(1e-6));
}

/// Gradients in the order in which `made` takes weights.
fn gathered(review: &ReviewLoss, gradients: &Gradients) -> Vec<f64> {
    let mut numbers = Vec::new();
    for stage in review.fusion.stages.iter().rev() {
        let norm =
            |norm: &BatchNorm| [&norm.gamma, &norm.beta].map(|weight| read(weight.val().grad(gradients).unwrap()));
        numbers.extend(read(stage.reduce.weight.val().grad(gradients).unwrap()));
        numbers.extend(norm(&stage.reduce_norm).concat());
        if let Some(attention) = &stage.attention {
            numbers.extend(read(attention.weight.val().grad(gradients).unwrap()));
            numbers.extend(read(attention.bias.as_ref().unwrap().val().grad(gradients).unwrap()));
        }
        numbers.extend(read(stage.expand.weight.val().grad(gradients).unwrap()));
        numbers.extend(norm(&stage.expand_norm).concat());
    }
    numbers
}

/// After `valid()` the norms use what they have learnt, and a batch is its samples.
#[test]
fn in_validation_each_sample_stands_alone() {
    let device = device();
    let loss = review(&device.clone().autodiff()).valid();
    let (student, teacher) = (levels(3, [3, 4], &device), levels(3, [5, 6], &device));
    let whole = read(loss.per_sample(student.clone(), teacher.clone()));
    for (row, value) in whole.into_iter().enumerate() {
        let only = |maps: &[Tensor<4>]| maps.iter().map(|map| map.clone().narrow(0, row, 1)).collect::<Vec<_>>();
        let alone = read(loss.per_sample(only(&student), only(&teacher)));
        assert_close("alone", &alone, &[value], within(1e-5));
    }
}

/// Variances of 0, of one sample at one place and of maps of zeros.
#[test]
fn one_number_and_zeros_are_finite_in_value_and_gradient() {
    let device = device().autodiff();
    let loss = review(&device);
    let map = |channels| Tensor::<4>::zeros([1, channels, 1, 1], &device);
    for student in [vec![map(3), map(4)], vec![map(3) + 2.0, map(4) - 1.0]] {
        let student: Vec<_> = student.into_iter().map(Tensor::require_grad).collect();
        let value = loss.forward(student.clone(), vec![map(5) + 1.0, map(6)]);
        let gradients = value.backward();
        let numbers = student.iter().flat_map(|map| read(map.grad(&gradients).unwrap()));
        assert!(numbers.chain(read(value)).all(f64::is_finite));
    }
}

#[test]
fn features_are_maps_too() {
    let device = device();
    let loss = review(&device);
    let (student, teacher) = (levels(2, [3, 4], &device), levels(2, [5, 6], &device));
    let features = |maps: &[Tensor<4>]| maps.iter().cloned().map(Feature::from).collect::<Vec<_>>();
    let of_features = loss.forward(features(&student), features(&teacher));
    assert_eq!(read(of_features), read(loss.forward(student, teacher)));
}

#[test]
#[should_panic(expected = "ReviewLoss: there are 2 maps of the student and 1 of the teacher for 2 levels")]
fn a_missing_map_panics() {
    let device = device();
    let _ = review(&device).forward(levels(2, [3, 4], &device), vec![waves([2, 5, 4, 4], 0.3, &device)]);
}

#[test]
#[should_panic(expected = "ReviewLoss: one level's map has shape [2, 3, 4, 4] and another's [1, 4, 2, 2]")]
fn levels_of_other_samples_panic() {
    let device = device();
    let mut student = levels(2, [3, 4], &device);
    student[1] = student[1].clone().narrow(0, 0, 1);
    let _ = review(&device).forward(student, levels(2, [5, 6], &device));
}

#[test]
#[should_panic(expected = "ReviewLoss: the teacher has shape [2, 7, 2, 2], but the weights are for 6 channels")]
fn other_channels_than_it_was_made_for_panic() {
    let device = device();
    let _ = review(&device).forward(levels(2, [3, 4], &device), levels(2, [5, 7], &device));
}
