//! Terms that are means over different rows: each is divided by its own count.

use burn::tensor::{Bool, Tensor};
use kd::{
    DistillLoss, LossTerms,
    feature::HintLossConfig,
    rows::{count, masked_sum},
    soft_label::SoftLabelLossConfig,
};
use kd_testkit::{assert_close, device, read, resolution, within};

use crate::{PIECES, ROWS, full, gradient, mask, numbers, sum};

#[test]
fn each_term_has_its_own_count() {
    let (soft, hint) = (SoftLabelLossConfig::new().init(), HintLossConfig::new().init());
    let masks = {
        let mask = mask(&device());
        // Soft labels of the rows that count, and the hint of the others.
        [mask.clone(), mask.bool_not()]
    };
    let whole = masks.clone().map(|mask| count(&mask));
    assert_ne!(whole[0], whole[1]);

    for dtype in full() {
        let input = numbers([ROWS, 5], 0.3, dtype);
        let weight = numbers([5, 6], 2.9, dtype).require_grad();
        let teacher = numbers([ROWS, 6], 1.7, dtype);
        let terms = |(from, rows): (usize, usize)| {
            let cut = |x: &Tensor<2>| x.clone().narrow(0, from, rows);
            let of = |mask: &Tensor<1, Bool>| mask.clone().narrow(0, from, rows);
            let (student, teacher) = (cut(&input).matmul(weight.clone()), cut(&teacher));
            let soft = masked_sum(soft.per_sample(student.clone(), teacher.clone()), of(&masks[0]));
            let hint = masked_sum(hint.per_sample(student, teacher), of(&masks[1]));
            LossTerms::new()
                .with("soft", 0.9, soft.share(whole[0]))
                .with("hint", 3.0, hint.share(whole[1]))
        };
        let step = terms((0, ROWS));
        let expected = gradient(&weight, &step.total());
        let total = read(step.total());

        let pieces = PIECES.map(terms);
        let values: Vec<Vec<f64>> = pieces.iter().map(|piece| read(piece.total())).collect();
        let shares: Vec<Vec<f64>> = pieces.iter().map(|piece| gradient(&weight, &piece.total())).collect();
        assert_close(
            &format!("{dtype:?}, value"),
            &sum(&values),
            &total,
            within(resolution(dtype)),
        );
        assert_close(
            &format!("{dtype:?}, gradient"),
            &sum(&shares),
            &expected,
            within(resolution(dtype)),
        );
    }
}
