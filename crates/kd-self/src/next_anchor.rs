use kd_core::{Error, check};

/// Which of the checkpoints ahead teaches next: the hardest that a student is ready for, to be asked each time it has
/// learnt from an anchor. So a [`Route`](crate::Route) is searched greedily.
///
/// ```text
/// losses[0]   from the student to the anchor that it has learnt from
/// losses[j]   to the checkpoint j further on
/// next        the last j before the first whose losses[j] > harder · losses[0], but at least 1
/// ```
///
/// `None` where nothing is ahead: the student has learnt from the finished teacher. What the losses are is yours to say, as
/// long as it is the same for all: KL on held-out samples, for example, or what the student is trained with. A single
/// number for each, so that it does not matter how they were measured.
///
/// Teachers move fast where their learning rate falls, and hardly elsewhere; anchors found like this stand close together
/// there, and far apart on the flat.
///
/// # Convention
///
/// After the greedy search of the paper, which goes as far along the teacher's way as the student can follow, by how much
/// harder the next state is. Its exact measure of hardness and its threshold are not verified, so a threshold from there need
/// not be a `harder` here. The bound is a product and not a quotient: a student that has its anchor exactly right, with a loss
/// of 0, takes one step.
///
/// # Errors
///
/// [`Error::InvalidValue`] if there are no losses, one is negative, NaN or infinite, or `harder` is below 1, NaN or infinite.
///
/// # Example
///
/// ```
/// use kd_self::{Route, next_anchor};
///
/// # fn main() -> Result<(), kd_core::Error> {
/// # // A teacher at 0, 1, 2, 3 and, after its learning rate has fallen, at 7 and 8; a student that gets within 1 of each.
/// # let places = [0.0, 1.0, 2.0, 3.0, 7.0, 8.0f64];
/// let checkpoints = [10, 20, 30, 40, 50, 60];
/// let (mut at, mut anchors) = (0, vec![checkpoints[0]]);
/// loop {
///     // … train the student on anchors.last(), and compare it with that checkpoint and all after it …
///     # let student = places[at] - 1.0;
///     # let losses: Vec<f64> = places[at..].iter().map(|place| place - student).collect();
///     let Some(further) = next_anchor(&losses, 3.0)? else { break };
///     at += further;
///     anchors.push(checkpoints[at]);
/// }
/// assert_eq!(anchors, [10, 30, 40, 50, 60]);
///
/// // Now known, the way can be gone again, by any student that learns like this one.
/// let route = Route::new(anchors, 10)?;
/// # assert_eq!(route.epochs(), 50);
/// # Ok(())
/// # }
/// ```
///
/// # Reference
///
/// Xiao Jin and others: *Knowledge Distillation via Route Constrained Optimization*, 2019, arXiv:1904.09149.
pub fn next_anchor(losses: &[f64], harder: f64) -> Result<Option<usize>, Error> {
    const NAME: &str = "next_anchor";
    check::count(NAME, "the number of losses", losses.len())?;
    check::measured(NAME, "a loss", losses)?;
    check::at_least_as_hard(NAME, "harder", harder)?;
    let (to_anchor, ahead) = (losses[0], &losses[1..]);
    let within_reach = ahead.iter().take_while(|&&loss| loss <= harder * to_anchor).count();
    Ok((!ahead.is_empty()).then_some(within_reach.max(1)))
}
