//! Vectors brought to length 1.

use burn::tensor::{DType, Device, Tensor, TensorData};
use kd::kernels::{composed_unit, unit};
use kd_testkit::{computes_in, device, read, resolution};

use crate::{
    along::{Along, View, as_it_is, of_any_shape, of_views, value_and_gradient},
    assert_near, numbers,
};

type Form<const D: usize> = fn(Tensor<D>, usize) -> Tensor<D>;

/// The unit vectors along an axis, and their gradient.
fn run<const D: usize>(
    form: Form<D>,
    view: View<D>,
    x: TensorData,
    axis: usize,
    on: (&Device, DType),
) -> [Vec<f64>; 2] {
    value_and_gradient(|x| form(view(x), axis), x, on)
}

struct Unit;

impl Along for Unit {
    fn check<const D: usize>(what: &str, view: View<D>, shape: [usize; D], axis: usize) {
        let x = TensorData::new(numbers(shape.iter().product(), 1), shape);
        let ours = run(unit, view, x.clone(), axis, (&device(), DType::F32));
        let expected = run(composed_unit, view, x, axis, (&Device::flex(), DType::F64));
        for (ours, expected) in ours.iter().zip(&expected) {
            assert_near(what, ours, expected, 1e-6, 0.0);
        }
    }
}

#[test]
fn values_and_gradients_are_those_of_the_composed_form() {
    of_any_shape::<Unit>();
}

#[test]
fn views_are_read_in_their_order() {
    of_views::<Unit>();
}

#[test]
fn a_constant_has_the_same_direction() {
    let x = Tensor::<2>::from_data(TensorData::new(numbers(60, 1), [6, 10]), (&device(), DType::F32));
    let tracked = unit(x.clone().autodiff().require_grad(), 1);
    assert_eq!(read(unit(x, 1)), read(tracked));
}

#[test]
fn a_direction_has_no_length() {
    let [x, y] = [[3.0, -4.0], [0.6, -0.8]];
    for power in [-35, -30, -10, 10, 30] {
        let x = TensorData::new(x.map(|x| x * 10f64.powi(power)).to_vec(), [1, 2]);
        let [of_power, _] = run(unit, as_it_is::<2>, x, 1, (&device(), DType::F32));
        assert_near(&format!("10^{power}"), &of_power, &y, 1e-6, 0.0);
    }
}

#[test]
fn zeros_stay_zeros_and_have_no_gradient() {
    let x = TensorData::new(vec![0.0, 0.0, 3.0, 4.0], [2, 2]);
    let [y, dx] = run(unit, as_it_is::<2>, x, 1, (&device(), DType::F32));
    assert_eq!((&y[..2], &dx[..2]), (&[0.0; 2][..], &[0.0; 2][..]));
    assert!(dx[2..].iter().all(|slope| *slope != 0.0));
}

#[test]
fn a_row_that_is_not_a_number_is_its_own_affair() {
    let x = TensorData::new(vec![f64::NAN, 0.0, 3.0, 4.0], [2, 2]);
    let [y, dx] = run(unit, as_it_is::<2>, x, 1, (&device(), DType::F32));
    for numbers in [y, dx] {
        assert!(numbers[0].is_nan() && numbers[2..].iter().all(|number| number.is_finite()));
    }
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
    let both = unit(x.clone(), 1) + unit(twin.clone(), 1);
    let weights = Tensor::from_data(
        TensorData::new(numbers(both.shape().num_elements(), 2), both.shape()),
        (&device, DType::F32),
    );
    let gradients = (both * weights).sum().backward();
    let [of_x, of_twin] = [x, twin].map(|leaf| read(leaf.grad(&gradients).expect("it has a gradient")));
    assert_eq!(of_x, of_twin);
}

#[test]
fn every_float_type_has_directions() {
    let device = device();
    for dtype in [DType::F64, DType::F16, DType::BF16] {
        if !computes_in(&device, dtype) {
            assert!(device != Device::flex(), "Flex has {dtype:?}");
            continue;
        }
        let x = TensorData::new(numbers(45, 1), [5, 9]);
        let ours = run(unit, as_it_is::<2>, x.clone(), 1, (&device, dtype));
        let expected = run(composed_unit, as_it_is::<2>, x, 1, (&Device::flex(), DType::F64));
        // The inputs are exact in half precision. A kernel rounds once; composed, each of some operations does.
        for (ours, expected) in ours.iter().zip(&expected) {
            assert_near(&format!("{dtype:?}"), ours, expected, 4.0 * resolution(dtype), 0.0);
        }
    }
}
