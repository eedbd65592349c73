//! The kernels on Flex.

mod angles;
mod gram;
mod softplus_sums;
mod unit;
mod unit_distance;

use burn::{
    backend::{DType, Flex, TensorMetadata, flex::FlexTensor, tensor::FloatTensor},
    tensor::{Element, TensorData, bf16, f16},
};
use bytemuck::Pod;

use crate::cpu::{
    add::add_columns,
    linear::{Linear, Side},
    product::Matrix,
    real::Real,
    room::Room,
    rows::Rows,
    scale::scale_rows,
    stored::Stored,
};
use crate::{
    Divergence, DivergenceBackend, GradientBackend,
    linear::{Chunks, WithGradients},
};

impl DivergenceBackend for Flex {
    fn divergence(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> FloatTensor<Self> {
        compute(student, teacher, divergence, temperature, false).0
    }
}

impl GradientBackend for Flex {
    fn divergence_and_gradient(
        student: FloatTensor<Self>,
        teacher: FloatTensor<Self>,
        divergence: Divergence,
        temperature: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        compute(student, teacher, divergence, temperature, true)
    }

    fn scale_rows(gradient: FloatTensor<Self>, factors: FloatTensor<Self>) -> FloatTensor<Self> {
        match gradient.dtype() {
            DType::F64 => scaled::<f64>(gradient, &factors),
            DType::F32 => scaled::<f32>(gradient, &factors),
            DType::F16 => scaled::<f16>(gradient, &factors),
            DType::BF16 => scaled::<bf16>(gradient, &factors),
            other => unreachable!("{other:?} is no float"),
        }
    }

    fn add_columns(total: FloatTensor<Self>, start: usize, part: FloatTensor<Self>) -> FloatTensor<Self> {
        // What is summed up is made here, contiguous, and in f32 or f64.
        match total.dtype() {
            DType::F64 => added::<f64>(total, start, &part),
            DType::F32 => added::<f32>(total, start, &part),
            other => unreachable!("nothing is summed up in {other:?}"),
        }
    }

    fn linear_gradients(chunks: &Chunks<Self>, weight_learns: bool) -> WithGradients<Self> {
        let ((hidden, weight), teacher) = (&chunks.student, &chunks.teacher);
        let dtype = hidden.dtype();
        let one_type = [weight, &teacher.0, &teacher.1]
            .iter()
            .all(|tensor| tensor.dtype() == dtype);
        match dtype {
            DType::F64 if one_type => linear::<f64>(chunks, weight_learns),
            DType::F32 if one_type => linear::<f32>(chunks, weight_learns),
            // Half precision is multiplied as it is, and summed up in f32.
            _ => chunks.with_gradients(weight_learns),
        }
    }
}

fn linear<R: Real + Stored<Real = R> + Element + Pod>(
    chunks: &Chunks<Flex>,
    weight_learns: bool,
) -> WithGradients<Flex> {
    let [student, teacher] =
        [&chunks.student, &chunks.teacher].map(|(hidden, weight)| [forward(hidden), forward(weight)]);
    let row_weights = chunks.row_weights.to_contiguous();
    let linear = Linear {
        student: side::<R>(&student),
        teacher: side(&teacher),
        row_weights: contiguous(&row_weights),
        how: chunks.how,
    };
    let gradients = linear.gradients(weight_learns);
    let [hidden, weight] = student.map(|tensor| tensor.shape());
    WithGradients {
        value: FlexTensor::from_data(TensorData::new(vec![gradients.value], [1])),
        hidden: FlexTensor::from_data(TensorData::new(gradients.hidden, hidden)),
        weight: gradients
            .weight
            .map(|numbers| FlexTensor::from_data(TensorData::new(numbers, weight))),
    }
}

fn side<R: Element + Pod>([hidden, weight]: &[FlexTensor; 2]) -> Side<'_, R> {
    Side {
        hidden: matrix(hidden),
        weight: matrix(weight),
    }
}

/// The tensor as it is, or a copy if an axis runs backwards.
fn forward(tensor: &FlexTensor) -> FlexTensor {
    match tensor.layout().has_positive_strides() {
        true => tensor.clone(),
        false => tensor.to_contiguous(),
    }
}

fn matrix<R: Element + Pod>(tensor: &FlexTensor) -> Matrix<'_, R> {
    let layout = tensor.layout();
    let stride = |axis: usize| layout.strides()[axis].unsigned_abs();
    let numbers = &tensor.storage()[layout.start_offset()..];
    Matrix::new(numbers, tensor.shape().dims(), [stride(0), stride(1)])
}

fn added<R: Real + Element + Pod>(mut total: FlexTensor, start: usize, part: &FlexTensor) -> FlexTensor {
    let ([_, width], [_, columns]) = (total.shape().dims(), part.shape().dims());
    let part = part.to_contiguous();
    add_columns::<R>(total.storage_mut(), width, start, contiguous(&part), columns);
    total
}

fn compute(
    student: FlexTensor,
    teacher: FlexTensor,
    divergence: Divergence,
    temperature: f64,
    with_gradient: bool,
) -> (FlexTensor, FlexTensor) {
    let compute = match student.dtype() {
        DType::F64 => compute_in::<f64>,
        DType::F32 => compute_in::<f32>,
        DType::F16 => compute_in::<f16>,
        DType::BF16 => compute_in::<bf16>,
        other => unreachable!("{other:?} is no float"),
    };
    compute(&student, &teacher, divergence, temperature, with_gradient)
}

/// Values, and the gradient, which is empty if it was not asked for.
fn compute_in<S: Stored<Real: Element> + Element + Pod>(
    student: &FlexTensor,
    teacher: &FlexTensor,
    divergence: Divergence,
    temperature: f64,
    with_gradient: bool,
) -> (FlexTensor, FlexTensor) {
    let [rows, classes] = student.shape().dims();
    let (student, teacher) = (student.to_contiguous(), teacher.to_contiguous());
    let rows_of_gradient = if with_gradient { rows } else { 0 };
    let mut values = vec![S::Real::default(); rows];
    let mut gradient = Room::<S>::new(rows_of_gradient * classes);
    let input = Rows {
        student: contiguous::<S>(&student),
        teacher: contiguous::<S>(&teacher),
        classes,
        divergence,
        temperature,
    };
    input.compute(&mut values, with_gradient.then_some(gradient.as_mut_slice()));
    (
        FlexTensor::from_data(TensorData::new(values, [rows])),
        FlexTensor::from_data(TensorData::from_bytes(
            gradient.into_bytes(),
            [rows_of_gradient, classes],
            S::dtype(),
        )),
    )
}

fn scaled<S: Stored<Real: Element + Pod> + Element + Pod>(gradient: FlexTensor, factors: &FlexTensor) -> FlexTensor {
    let [_, classes] = gradient.shape().dims();
    let factors = factors.to_contiguous();
    let mut scaled = gradient.to_contiguous();
    // Two owners would make the first write a copy.
    drop(gradient);
    scale_rows::<S>(scaled.storage_mut(), classes, contiguous(&factors));
    scaled
}

/// The numbers of a contiguous tensor to write to: its own, or a copy if it is not the only one that has them.
fn contiguous_mut<E: Element + Pod>(tensor: &mut FlexTensor) -> &mut [E] {
    let range = tensor.layout().contiguous_offsets();
    let (start, end) = range.expect("it was made contiguous");
    &mut tensor.storage_mut()[start..end]
}

fn contiguous<E: Element + Pod>(tensor: &FlexTensor) -> &[E] {
    tensor.as_slice().expect("it was made contiguous")
}
