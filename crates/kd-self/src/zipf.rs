//! Classes by rank: what a network thinks of those that are not the label, as Zipf's law.

use burn::tensor::{Bool, IndexingUpdateOp, Int, Tensor};

use crate::label_part::LabelPart;

/// `log (p_i / (1 − p_y))`, p the softmax and y the classes that are named, one or more: the other classes' log-probabilities
/// among themselves, and at those their log-odds. `[rows, classes]`.
///
/// `1 − p_y` is the sum of the others and not a difference: of a sure network's p_y single precision leaves nothing but a 1.
pub(crate) fn against_others(logits: Tensor<2>, named: Tensor<2, Bool>) -> Tensor<2> {
    let others = logits.clone().mask_fill(named, f64::NEG_INFINITY);
    // A shift of the whole row changes nothing below, so the peak is a constant.
    let peak = others.clone().without_autodiff().max_dim(1);
    let peak = peak.clone().mask_fill(peak.equal_elem(f64::NEG_INFINITY), 0.0);
    let sum = (others - peak.clone()).exp().sum_dim(1);
    // Where there is no other class the sum is 0, and the slope of log 0 would turn 0 into NaN.
    let alone = sum.clone().equal_elem(0.0);
    logits - peak - sum.mask_fill(alone, 1.0).log()
}

/// One over the place of each class, over their sum; 0 at the labels' classes, which are `named`, though they have places, and
/// where the first of the two excludes a class (−∞). Both are results of [`against_others`].
///
/// The sum of their exponentials is the score that places are given by, from 1 for the highest. Of equal scores the labels'
/// come first, and an excluded class comes last.
pub(crate) fn zipf(log_s: Tensor<2>, log_w: Tensor<2>, named: Tensor<2, Bool>, parts: &[LabelPart]) -> Tensor<2> {
    let [rows, classes] = log_s.dims();
    let left_out = log_s.clone().equal_elem(f64::NEG_INFINITY).bool_or(named);
    let score = log_s.exp() + log_w.exp();
    let after = parts.iter().map(|part| {
        // No score is below 0.
        let of_part = part.of(score.clone()).mask_fill(part.is_absent(), -1.0);
        let after = score
            .clone()
            .lower_equal(of_part.unsqueeze_dim::<2>(1).expand([rows, classes]));
        after.float().cast(score.dtype())
    });
    let after = after.reduce(|sum, part| sum + part).expect("a label names a class");
    // A score that is not a number has a place as well; the result should not hide that.
    let unknown = score.clone().is_nan();

    let numbers = Tensor::<1, Int>::arange(1..classes as i64 + 1, &score.device());
    let numbers = numbers.float().cast(score.dtype()).unsqueeze_dim::<2>(0);
    let by_rank = score.clone().mask_fill(left_out.clone(), -1.0).argsort_descending(1);
    let among_others = score
        .zeros_like()
        .scatter(1, by_rank, numbers.expand([rows, classes]), IndexingUpdateOp::Add);
    let place = among_others + after;
    let z = place.recip().mask_fill(left_out, 0.0).mask_fill(unknown, f64::NAN);
    let sum = z.clone().sum_dim(1);
    let nothing = sum.clone().equal_elem(0.0);
    z / sum.mask_fill(nothing, 1.0)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

    use super::*;
    use crate::label_part::at_any;

    fn row(logits: &[f32]) -> Tensor<2> {
        Tensor::from_data(TensorData::new(logits.to_vec(), [1, logits.len()]), &Device::flex())
    }

    fn label(label: i32, logits: &Tensor<2>) -> [LabelPart; 1] {
        [LabelPart::whole(Tensor::from_ints([label], &logits.device()), logits)]
    }

    /// The weights where both heads say the same.
    fn of(logits: Tensor<2>, parts: &[LabelPart]) -> Vec<f32> {
        let named = at_any(parts, logits.dims()[1]);
        let log = against_others(logits, named.clone());
        zipf(log.clone(), log, named, parts).into_data().try_to_vec().unwrap()
    }

    /// The same for a row of one label.
    fn z(logits: &[f32], number: i32) -> Vec<f32> {
        let logits = row(logits);
        of(logits.clone(), &label(number, &logits))
    }

    /// And for a row of two.
    fn of_two(logits: &[f32], shares: &[f32]) -> Vec<f32> {
        of(row(logits), &LabelPart::two_of(row(shares)))
    }

    fn assert_shares(actual: Vec<f32>, expected: &[f32]) {
        let sum: f32 = expected.iter().sum();
        for (index, (actual, expected)) in actual.iter().zip(expected).enumerate() {
            assert!(
                (actual - expected / sum).abs() < 1e-6,
                "{index}: {actual}, not {expected} of {sum}"
            );
        }
    }

    #[test]
    fn a_right_label_keeps_the_first_place() {
        assert_shares(z(&[1.0, 9.0, 3.0, 2.0], 1), &[1.0 / 4.0, 0.0, 1.0 / 2.0, 1.0 / 3.0]);
    }

    #[test]
    fn a_wrong_label_keeps_the_place_it_has() {
        assert_shares(z(&[1.0, 0.5, 3.0, 2.0], 0), &[0.0, 1.0 / 4.0, 1.0, 1.0 / 2.0]);
    }

    #[test]
    fn a_draw_counts_as_right() {
        for label in 0..3 {
            let mut shares = z(&[2.0, 2.0, 2.0, 1.0], label);
            assert_eq!(shares.remove(label as usize), 0.0);
            shares.sort_by(f32::total_cmp);
            assert_shares(shares, &[1.0 / 4.0, 1.0 / 3.0, 1.0 / 2.0]);
        }
    }

    /// Equal sums of unequal halves: one head prefers the label, the other as much another class.
    #[test]
    fn a_draw_between_the_heads_counts_as_right() {
        let device = Device::flex();
        let log_s = Tensor::<2>::from_floats([[0.5, 2.0, 0.1, 3.0]], &device).log();
        let log_w = Tensor::<2>::from_floats([[2.0, 0.5, 0.2, 3.0]], &device).log();
        for number in 0..2 {
            let parts = label(number as i32, &log_s);
            let shares = zipf(log_s.clone(), log_w.clone(), at_any(&parts, 4), &parts);
            let mut expected = [1.0 / 3.0, 1.0 / 3.0, 1.0 / 4.0, 1.0];
            expected[number] = 0.0;
            assert_shares(shares.into_data().try_to_vec().unwrap(), &expected);
        }
    }

    #[test]
    fn both_labels_of_a_mixed_sample_keep_their_places() {
        let shares = of_two(&[1.0, 9.0, 3.0, 2.0, 0.5], &[0.0, 0.7, 0.0, 0.3, 0.0]);
        assert_shares(shares, &[1.0 / 4.0, 0.0, 1.0 / 2.0, 0.0, 1.0 / 5.0]);
        // Whichever of the two is the larger, and whatever their order.
        let shares = of_two(&[9.0, 1.0, 3.0, 2.0, 0.5], &[0.4, 0.6, 0.0, 0.0, 0.0]);
        assert_shares(shares, &[0.0, 0.0, 1.0 / 2.0, 1.0 / 3.0, 1.0 / 5.0]);
    }

    #[test]
    fn one_label_alone_is_no_mixture() {
        let logits = [1.0, 0.5, 3.0, 2.0];
        assert_eq!(of_two(&logits, &[1.0, 0.0, 0.0, 0.0]), z(&logits, 0));
    }

    #[test]
    fn a_class_that_does_not_exist_has_no_share() {
        let none = f32::NEG_INFINITY;
        assert_shares(z(&[none, 9.0, 3.0, 2.0], 1), &[0.0, 0.0, 1.0 / 2.0, 1.0 / 3.0]);
        assert_eq!(z(&[none, 9.0, none, none], 1), [0.0; 4]);
    }

    #[test]
    fn the_order_of_a_sure_network_is_still_seen() {
        assert_shares(z(&[1.0, 100.0, 3.0, 2.0], 1), &[1.0 / 4.0, 0.0, 1.0 / 2.0, 1.0 / 3.0]);
    }

    #[test]
    fn what_is_not_a_number_shows() {
        assert!(z(&[f32::NAN, 1.0, 3.0], 1).iter().all(|share| share.is_nan()));
    }
}
