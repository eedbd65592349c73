//! What every operation along an axis is asked: its value and gradient, of rows, columns and channels, and of views.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd_testkit::read;

use crate::numbers;

/// How a tensor is looked at before the operation gets it.
pub type View<const D: usize> = fn(Tensor<D>) -> Tensor<D>;

pub fn as_it_is<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x
}

/// What `form` makes of `x`, and the gradient of its sum weighted by other numbers.
pub fn value_and_gradient<const D: usize>(
    form: impl FnOnce(Tensor<D>) -> Tensor<D>,
    x: TensorData,
    on: (&Device, DType),
) -> [Vec<f64>; 2] {
    let device = on.0.clone().autodiff();
    let x = Tensor::<D>::from_data(x, (&device, on.1)).require_grad();
    let y = form(x.clone());
    let weights = TensorData::new(numbers(y.shape().num_elements(), 2), y.shape());
    let weights = Tensor::from_data(weights, (&device, y.dtype()));
    let gradient = x.grad(&(y.clone() * weights).sum().backward());
    [read(y), read(gradient.expect("x has a gradient"))]
}

/// An operation along an axis, which can be held against another way to compute it.
pub trait Along {
    fn check<const D: usize>(what: &str, view: View<D>, shape: [usize; D], axis: usize);
}

pub fn of_any_shape<A: Along>() {
    A::check("rows", as_it_is, [5, 70], 1);
    A::check("many rows", as_it_is, [300, 450], 1);
    A::check("rows of several", as_it_is, [2, 3, 17], 2);
    A::check("columns", as_it_is, [5, 70], 0);
    A::check("channels", as_it_is, [2, 6, 4, 3], 1);
    A::check("one row", as_it_is, [40], 0);
}

pub fn of_views<A: Along>() {
    A::check("turned", Tensor::transpose, [9, 20], 1);
    A::check("some of the rows", |x: Tensor<2>| x.narrow(0, 2, 5), [9, 20], 1);
    A::check("some of the columns", |x: Tensor<3>| x.narrow(2, 1, 3), [2, 6, 7], 2);
}
