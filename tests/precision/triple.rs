//! DistilBERT's three losses, each a mean over other tokens: pieces divided by the counts of the whole.

use burn::tensor::{Bool, Device, Int, Tensor, TensorData};
use kd::{
    DistillLoss,
    transformer::{DistilBertCounts, DistilBertLossConfig, MaskedLanguage, MaskedLesson, MaskedTargets, SoftTokens},
};
use kd_testkit::{assert_close, device, read, resolution, within};

use crate::{full, gradient, numbers, sum};

const BATCH: usize = 5;
const SEQ: usize = 4;
/// Where each piece begins, and how many sequences it has; the third is nothing but padding.
const PIECES: [(usize, usize); 3] = [(0, 2), (2, 1), (3, 2)];
/// Tokens of each sequence that are no padding.
const LENGTHS: [usize; BATCH] = [4, 2, 0, 3, 1];

fn of_each<T>(of: impl Fn(usize, usize) -> T) -> Vec<T> {
    (0..BATCH * SEQ).map(|place| of(place / SEQ, place % SEQ)).collect()
}

fn mask(of: impl Fn(usize, usize) -> bool, device: &Device) -> Tensor<2, Bool> {
    Tensor::from_data(TensorData::new(of_each(of), [BATCH, SEQ]), device)
}

/// The second token of a sequence is asked for, and the last.
fn lesson(shown: MaskedLanguage, device: &Device) -> MaskedLesson {
    let tokens = of_each(|text, place| ((text * 3 + place) % 7) as i32);
    let tokens = Tensor::<2, Int>::from_data(TensorData::new(tokens, [BATCH, SEQ]), device);
    let asked = mask(|_, place| place == 1 || place == 3, device);
    MaskedLesson::new(
        shown,
        MaskedTargets::new(tokens, asked),
        mask(|text, place| place < LENGTHS[text], device),
    )
}

fn cut(lesson: &MaskedLesson, (from, count): (usize, usize)) -> MaskedLesson {
    let MaskedLesson {
        shown,
        targets,
        attended,
    } = lesson.clone();
    MaskedLesson::new(
        cut_shown(&shown, (from, count)),
        MaskedTargets::new(
            targets.tokens.narrow(0, from, count),
            targets.asked.narrow(0, from, count),
        ),
        attended.narrow(0, from, count),
    )
}

fn cut_shown(shown: &MaskedLanguage, (from, count): (usize, usize)) -> MaskedLanguage {
    let of = |x: &Tensor<3>| x.clone().narrow(0, from, count);
    MaskedLanguage::new(of(&shown.logits), of(&shown.hidden))
}

#[test]
fn pieces_add_up_whichever_tokens_count() {
    let device = device().autodiff();
    for soft_tokens in [SoftTokens::Attended, SoftTokens::Asked] {
        let config = DistilBertLossConfig::new().with_soft_tokens(soft_tokens);
        let triple = config.init();
        for dtype in full() {
            // A network of one layer, whose hidden states are its logits too.
            let input = numbers([BATCH, SEQ, 3], 0.3, dtype);
            let weight = numbers([3, 7], 2.9, dtype).require_grad();
            let shown = || {
                let states = input.clone().matmul(weight.clone().unsqueeze());
                MaskedLanguage::new(states.clone(), states)
            };
            let taught = MaskedLanguage::new(
                numbers([BATCH, SEQ, 7], 1.7, dtype),
                numbers([BATCH, SEQ, 7], 0.9, dtype),
            );
            let lesson = lesson(taught, &device);
            let whole = triple.forward(shown(), lesson.clone());
            let (value, expected) = (read(whole.clone()), gradient(&weight, &whole));

            let counts: DistilBertCounts = PIECES
                .map(|piece| cut(&lesson, piece))
                .iter()
                .map(|piece| triple.counts(&piece.targets, &piece.attended))
                .sum();
            let soft = if soft_tokens == SoftTokens::Attended { 10 } else { 4 };
            assert_eq!(
                counts,
                DistilBertCounts {
                    soft,
                    mlm: 4,
                    cosine: 10
                }
            );

            let shares = PIECES.map(|piece| {
                let sums = triple.sums(cut_shown(&shown(), piece), cut(&lesson, piece));
                let total = sums.shares(&config, &counts).total();
                (read(total.clone()), gradient(&weight, &total))
            });
            let (values, gradients): (Vec<_>, Vec<_>) = shares.into_iter().unzip();
            assert!(gradients[1].iter().all(|slope| *slope == 0.0), "padding has a gradient");
            let what = |part| format!("{soft_tokens:?}, {dtype:?}, {part}");
            assert_close(&what("value"), &sum(&values), &value, within(resolution(dtype)));
            assert_close(
                &what("gradient"),
                &sum(&gradients),
                &expected,
                within(resolution(dtype)),
            );
        }
    }
}
