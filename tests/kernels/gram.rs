//! The products of rows with one another.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd::kernels::gram;
use kd_testkit::{computes_in, device, read, resolution};

use crate::{
    along::{View, as_it_is, value_and_gradient},
    assert_near, numbers,
};

fn product<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    x.clone().matmul(x.transpose())
}

/// The products, and the gradient of their sum weighted by numbers that are not symmetric.
fn run<const D: usize>(
    form: fn(Tensor<D>) -> Tensor<D>,
    view: View<D>,
    shape: [usize; D],
    on: (&Device, DType),
) -> [Vec<f64>; 2] {
    let x = TensorData::new(numbers(shape.iter().product(), 1), shape);
    value_and_gradient(|x| form(view(x)), x, on)
}

#[track_caller]
fn check<const D: usize>(what: &str, view: View<D>, shape: [usize; D]) {
    let ours = run(gram, view, shape, (&device(), DType::F32));
    let expected = run(product, view, shape, (&Device::flex(), DType::F64));
    for (ours, expected) in ours.iter().zip(&expected) {
        assert_near(what, ours, expected, 1e-6, 0.0);
    }
}

#[test]
fn values_and_gradients_are_those_of_a_product() {
    check("one", as_it_is, [1, 1]);
    check("wide", as_it_is, [3, 70]);
    check("tall", as_it_is, [50, 2]);
    check("several", as_it_is, [3, 17, 5]);
    check("many", as_it_is, [300, 40]);
    check("many of several", as_it_is, [2, 150, 3]);
    check("several of several", as_it_is, [2, 2, 18, 3]);
}

#[test]
fn views_are_multiplied_as_they_are() {
    check("turned", Tensor::transpose, [9, 20]);
    check("many of the rows", |x: Tensor<2>| x.narrow(0, 2, 140), [150, 20]);
    check("some of the rows", |x: Tensor<2>| x.narrow(0, 2, 5), [9, 20]);
    check("some of the columns", |x: Tensor<3>| x.narrow(2, 1, 3), [2, 6, 7]);
}

#[test]
fn a_constant_has_the_same_products() {
    let x = Tensor::<2>::from_data(TensorData::new(numbers(60, 1), [6, 10]), (&device(), DType::F32));
    let tracked = gram(x.clone().autodiff().require_grad());
    assert_eq!(read(gram(x)), read(tracked));
}

/// A gradient that two operations get from above is one tensor, which neither may change for the other.
#[test]
fn what_comes_from_above_stays_as_it_is() {
    let device = device().autodiff();
    let leaf = || {
        let numbers = TensorData::new(numbers(60, 1), [6, 10]);
        Tensor::<2>::from_data(numbers, (&device, DType::F32)).require_grad()
    };
    let [x, twin] = [leaf(), leaf()];
    let both = gram(x.clone()) + gram(twin.clone());
    let weights = Tensor::from_data(
        TensorData::new(numbers(both.shape().num_elements(), 2), both.shape()),
        (&device, DType::F32),
    );
    let gradients = (both * weights).sum().backward();
    let [of_x, of_twin] = [x, twin].map(|leaf| read(leaf.grad(&gradients).expect("it has a gradient")));
    assert_eq!(of_x, of_twin);
}

#[test]
fn every_float_type_has_products() {
    let device = device();
    for dtype in [DType::F64, DType::F16, DType::BF16] {
        if !computes_in(&device, dtype) {
            assert!(device != Device::flex(), "Flex has {dtype:?}");
            continue;
        }
        let ours = run(gram, as_it_is::<2>, [5, 9], (&device, dtype));
        let expected = run(product, as_it_is, [5, 9], (&Device::flex(), DType::F64));
        // The inputs are exact in half precision, and so are sums of two of them; products may be summed up in it.
        for (ours, expected) in ours.iter().zip(&expected) {
            assert_near(&format!("{dtype:?}"), ours, expected, 4.0 * resolution(dtype), 0.0);
        }
    }
}

#[test]
#[should_panic(expected = "gram: a vector has no rows; give it two axes")]
fn a_vector_panics() {
    let _ = gram(Tensor::<1>::zeros([3], &device()));
}
