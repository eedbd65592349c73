use burn::tensor::{Int, Tensor};
use kd_core::{
    check,
    rows::{log_soften, widen},
};

/// What the members of an ensemble decide by voting: the share of the votes that each class gets, where each member votes for
/// the class that it finds likeliest.
///
/// ```text
/// share of class k = Σₘ αₘ · [argmax of member m = k] / Σₘ αₘ
/// ```
///
/// A member's doubts do not count. That is how boosted members were made ([`Boosting`](crate::Boosting)), and what it takes where
/// members are unequally sure of themselves, so that their probabilities cannot be averaged.
///
/// # Shapes
///
/// - members: each logits, `[batch, classes]`, of any float type
/// - output: `[batch, classes]`, each row sums to 1; its logarithm are logits
///
/// # Gradient
///
/// None: a vote does not move with the logits, until it jumps.
///
/// # Range
///
/// From 0 to 1. Of equally likely classes the first is voted for. Where a member is NaN, or has no class at all, the sample's
/// shares are NaN.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `votes` | | α, of each member | ≥ 0, one at least above 0 |
///
/// # Panics
///
/// If there are no members, two shapes differ, there are no rows or no classes, or votes are outside their range.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::weighted_vote;
///
/// # let device = burn::tensor::Device::flex();
/// let members = [[[3.0, 0.0]], [[2.0, 0.0]], [[0.0, 99.0]]].map(|logits| Tensor::from_floats(logits, &device));
/// let shares = weighted_vote(&members, &[1.0, 2.0, 1.0]);
/// let expected = Tensor::<2>::from_floats([[0.75, 0.25]], &device);
/// shares.into_data().assert_approx_eq::<f32>(&expected.into_data(), Default::default());
/// ```
///
/// # See also
///
/// [`log_mean_probs`](kd_core::rows::log_mean_probs), in which doubts count.
#[track_caller]
pub fn weighted_vote(members: &[Tensor<2>], votes: &[f64]) -> Tensor<2> {
    check::same_members("weighted_vote", members);
    check::votes("weighted_vote", votes, members.len());
    let [rows, classes] = members[0].dims();
    check::not_empty("weighted_vote", rows);
    check::has_classes("weighted_vote", classes);
    let largest = votes.iter().copied().fold(0.0, f64::max);
    // As parts of the largest, so that no sum is infinite.
    let total: f64 = votes.iter().map(|vote| vote / largest).sum();
    let shares = members.iter().zip(votes).map(|(logits, vote)| {
        let logits = widen(logits.clone().without_autodiff());
        let class = Tensor::<1, Int>::arange(0..classes as i64, &logits.device()).unsqueeze::<2>();
        let said = logits
            .clone()
            .argmax(1)
            .expand([rows, classes])
            .equal(class.expand([rows, classes]));
        let share = logits.zeros_like().mask_fill(said, vote / largest / total);
        let unknown = log_soften(logits, 1.0).is_nan();
        share.mask_fill(unknown, f64::NAN)
    });
    shares.reduce(|sum, share| sum + share).expect("there is a member")
}
