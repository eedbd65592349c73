//! With Burn's accumulator and optimizers: a step in pieces leaves the weights that the whole step leaves.

use burn::{
    grad_clipping::GradientClippingConfig,
    nn::{Linear, LinearConfig},
    optim::{GradientsAccumulator, GradientsParams, SgdConfig, momentum::MomentumConfig},
    tensor::{DType, Tensor},
};
use kd::{
    prelude::*,
    rows::{count, masked_sum},
};
use kd_testkit::{assert_close, contents, device, waved, within};

use crate::{NOTHING, PIECES, ROWS, mask, numbers};

/// The student after some steps, each of these pieces. Gradients are clipped, which is no sum of parts.
fn trained(pieces: &[(usize, usize)]) -> Vec<Vec<f64>> {
    let kd = SoftLabelLossConfig::new().init();
    let mut student: Linear = waved(LinearConfig::new(5, 6).init(&device().autodiff()));
    let config = SgdConfig::new().with_momentum(Some(MomentumConfig::new()));
    let mut optimizer = config
        .with_gradient_clipping(Some(GradientClippingConfig::Norm(0.01)))
        .init();
    let mask = mask(&device());
    let whole = count(&mask);
    for step in 0..3 {
        let images = numbers([ROWS, 5], f64::from(step), DType::F32);
        let teacher: Tensor<2> = numbers([ROWS, 6], f64::from(step) + 1.7, DType::F32);
        let mut accumulator = GradientsAccumulator::new();
        for &(from, rows) in pieces {
            let logits = student.forward(images.clone().narrow(0, from, rows));
            let values = kd.per_sample(logits, teacher.clone().narrow(0, from, rows));
            let share = masked_sum(values, mask.clone().narrow(0, from, rows)).share(whole);
            accumulator.accumulate(&student, GradientsParams::from_grads(share.backward(), &student));
        }
        student = optimizer.step(0.5, student, accumulator.grads());
    }
    contents(&student)
}

#[test]
fn a_step_in_pieces_leaves_the_weights_of_the_whole() {
    let (whole, pieces) = (trained(&[(0, ROWS)]), trained(&PIECES));
    for (pieces, whole) in pieces.iter().zip(&whole) {
        assert_close("weights", pieces, whole, within(1e-6));
    }
    assert_ne!(
        whole,
        contents::<Linear>(&waved(LinearConfig::new(5, 6).init(&device()))),
        "nothing was learnt"
    );
}

/// To the last bit.
#[test]
fn a_piece_of_which_nothing_counts_may_as_well_be_left_out() {
    let others: Vec<(usize, usize)> = PIECES.into_iter().filter(|piece| *piece != NOTHING).collect();
    assert_eq!(trained(&PIECES), trained(&others));
}
