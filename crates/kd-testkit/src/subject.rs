use burn::tensor::{DType, Device, Gradients, Int, Tensor, TensorData};
use kd_core::{DistillLoss, Labelled, LinearLogits};

use crate::{Batch, read::read};

/// One side of a loss, made of plain rows: how the laws reach a loss on any type.
///
/// A student must be made of `leaf`, for gradients are taken with respect to it.
pub trait Side: 'static {
    /// Makes the side from a leaf of shape `[rows, width]` and a class per row.
    fn from_leaf(leaf: Tensor<2>, labels: Tensor<1, Int>) -> Self;
}

impl Side for Tensor<2> {
    fn from_leaf(leaf: Tensor<2>, _labels: Tensor<1, Int>) -> Self {
        leaf
    }
}

/// Labels alone, which teach without logits.
impl Side for Tensor<1, Int> {
    fn from_leaf(_leaf: Tensor<2>, labels: Tensor<1, Int>) -> Self {
        labels
    }
}

/// Two exits of a network that show the same.
impl Side for Vec<Tensor<2>> {
    fn from_leaf(leaf: Tensor<2>, _labels: Tensor<1, Int>) -> Self {
        vec![leaf.clone(), leaf]
    }
}

/// A language model's sequences of one token: `[rows, 1, width]`.
impl Side for Tensor<3> {
    fn from_leaf(leaf: Tensor<2>, _labels: Tensor<1, Int>) -> Self {
        leaf.unsqueeze_dim(1)
    }
}

/// A feature map, as nearly a cube as the width allows: a row of 16 has 4 channels of 2 × 2, one of 47 has 47 of 1 × 1.
impl Side for Tensor<4> {
    fn from_leaf(leaf: Tensor<2>, _labels: Tensor<1, Int>) -> Self {
        let [rows, width] = leaf.dims();
        let [channels, height, across] = cube(width);
        leaf.reshape([rows, channels, height, across])
    }
}

/// Three factors of a number, the largest first and all as equal as they can be.
fn cube(number: usize) -> [usize; 3] {
    let factors = |number: usize, most: usize| {
        (1..=most)
            .rev()
            .find(|factor| number.is_multiple_of(*factor))
            .unwrap_or(1)
    };
    let least = factors(number, (number as f64).cbrt().round() as usize);
    let rest = number / least;
    let middle = factors(rest, rest.isqrt());
    [rest / middle, middle, least]
}

impl Side for Labelled {
    fn from_leaf(leaf: Tensor<2>, labels: Tensor<1, Int>) -> Self {
        Labelled::new(leaf, labels)
    }
}

/// The leaf as hidden states before an output layer that changes nothing, three rows at a time.
impl Side for LinearLogits {
    fn from_leaf(leaf: Tensor<2>, _labels: Tensor<1, Int>) -> Self {
        let [_, width] = leaf.dims();
        let weight = Tensor::<2>::eye(width, &leaf.device()).cast(leaf.dtype());
        LinearLogits::new(leaf, weight).with_rows_at_once(3)
    }
}

/// The axes of features after the batch's.
#[derive(Clone, Debug, PartialEq)]
pub struct Shapes {
    /// The student's.
    pub student: Vec<usize>,
    /// The teacher's.
    pub teacher: Vec<usize>,
}

fn reshaped<const D: usize>(leaf: Tensor<2>, axes: &[usize]) -> Tensor<D> {
    let shape: Vec<usize> = leaf.dims()[..1].iter().chain(axes).copied().collect();
    assert_eq!(shape.len(), D, "the loss takes features of another rank");
    leaf.reshape(<[usize; D]>::try_from(shape).expect("there are D of them"))
}

type Compare = dyn Fn(Tensor<2>, Tensor<2>, Tensor<1, Int>) -> Tensor<1>;

/// A loss whose types are forgotten: what every law needs of it.
pub struct Subject {
    per_sample: Box<Compare>,
    forward: Box<Compare>,
}

impl Subject {
    /// The loss as seen through sides `S` and `T`.
    pub fn new<S: Side, T: Side>(loss: impl DistillLoss<S, T> + Clone + 'static) -> Self {
        let sides = |student, teacher, labels: Tensor<1, Int>| {
            let student = S::from_leaf(student, labels.clone());
            (student, T::from_leaf(teacher, labels))
        };
        let again = loss.clone();
        Self {
            per_sample: Box::new(move |student, teacher, labels| {
                let (student, teacher) = sides(student, teacher, labels);
                loss.per_sample(student, teacher)
            }),
            forward: Box::new(move |student, teacher, labels| {
                let (student, teacher) = sides(student, teacher, labels);
                again.forward(student, teacher)
            }),
        }
    }

    /// The loss on features of these shapes, the batch's axis left out: what a golden file holds.
    pub fn shaped<const S: usize, const T: usize>(
        loss: impl DistillLoss<Tensor<S>, Tensor<T>> + Clone + 'static,
        shapes: &Shapes,
    ) -> Self {
        let (of_student, of_teacher) = (shapes.student.clone(), shapes.teacher.clone());
        let run = move |student: Tensor<2>, teacher: Tensor<2>| {
            loss.per_sample(reshaped(student, &of_student), reshaped(teacher, &of_teacher))
        };
        let again = run.clone();
        Self {
            per_sample: Box::new(move |student, teacher, _labels| run(student, teacher)),
            forward: Box::new(move |student, teacher, _labels| again(student, teacher).mean()),
        }
    }

    /// Runs the loss and keeps the graph. Student *and* teacher are tracked leaves.
    pub fn record(&self, batch: &Batch, device: &Device, dtype: DType) -> Recorded {
        let [student, teacher] = leaves(batch, device, dtype);
        let labels = labels(batch, device);
        Recorded {
            per_sample: self.per_sample(student.clone(), teacher.clone(), labels),
            student,
            teacher,
        }
    }

    /// Values alone, for laws that ask for no gradient.
    pub fn values(&self, batch: &Batch, device: &Device, dtype: DType) -> Vec<f64> {
        read(self.record(batch, device, dtype).per_sample)
    }

    /// Values, and the gradient of their mean with respect to the student.
    pub fn run(&self, batch: &Batch, device: &Device, dtype: DType) -> Outcome {
        let recorded = self.record(batch, device, dtype);
        recorded.outcome(recorded.per_sample.clone().mean())
    }

    /// What `DistillLoss::forward` gives.
    pub fn forward(&self, batch: &Batch, device: &Device, dtype: DType) -> f64 {
        let [student, teacher] = leaves(batch, device, dtype);
        read((self.forward)(student, teacher, labels(batch, device)))[0]
    }

    /// What `DistillLoss::per_sample` gives for tensors as they are.
    pub(crate) fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<1> {
        (self.per_sample)(student, teacher, labels)
    }
}

fn leaves(batch: &Batch, device: &Device, dtype: DType) -> [Tensor<2>; 2] {
    let device = device.clone().autodiff();
    [&batch.student, &batch.teacher].map(|values| {
        // A teacher's features may be wider than a student's.
        let width = values.len().checked_div(batch.rows()).unwrap_or(batch.width);
        let data = TensorData::new(values.clone(), [batch.rows(), width]);
        Tensor::from_data(data, (&device, dtype)).require_grad()
    })
}

fn labels(batch: &Batch, device: &Device) -> Tensor<1, Int> {
    let labels: Vec<i32> = batch.labels.iter().map(|&label| label as i32).collect();
    Tensor::from_data(TensorData::new(labels, [batch.rows()]), device)
}

/// A loss that has run and can still be reduced and differentiated.
pub struct Recorded {
    /// The values, `[rows]`.
    pub per_sample: Tensor<1>,
    /// The student's leaf, `[rows, width]`.
    pub student: Tensor<2>,
    /// The teacher's leaf, `[rows, width]`.
    pub teacher: Tensor<2>,
}

impl Recorded {
    /// The outcome for `total`, which was made of this record's values.
    pub fn outcome(&self, total: Tensor<1>) -> Outcome {
        let gradients = total.backward();
        Outcome {
            per_sample: read(self.per_sample.clone()),
            total: read(total)[0],
            student_grad: self.gradient(&self.student, &gradients),
        }
    }

    fn gradient(&self, leaf: &Tensor<2>, gradients: &Gradients) -> Vec<f64> {
        let gradient = leaf.grad(gradients);
        read(gradient.expect("the loss must depend on the student"))
    }
}

/// The numbers that came out.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The values, `[rows]`.
    pub per_sample: Vec<f64>,
    /// What was differentiated.
    pub total: f64,
    /// The gradient with respect to the student, `[rows, width]`, row-major.
    pub student_grad: Vec<f64>,
}
