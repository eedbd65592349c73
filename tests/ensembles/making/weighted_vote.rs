use burn::tensor::{FloatDType, Tensor};
use kd::ensemble::weighted_vote;
use kd_testkit::{assert_close, device, read, within};

use super::rows;

/// Three members, two samples, three classes.
fn members() -> Vec<Tensor<2>> {
    [
        [3.0, 1.0, 0.0, 0.0, 2.0, 1.0],
        [0.0, 5.0, 1.0, 0.0, 9.0, 1.0],
        [0.0, 0.0, 7.0, 1.0, 2.0, 0.0],
    ]
    .map(|logits| rows(&logits, 3, &device()))
    .to_vec()
}

#[test]
fn each_class_gets_the_votes_that_were_cast_for_it() {
    let shares = read(weighted_vote(&members(), &[1.0, 2.0, 5.0]));
    assert_close("shares", &shares, &[0.125, 0.25, 0.625, 0.0, 1.0, 0.0], within(1e-6));
}

#[test]
fn an_ensemble_of_one_says_what_its_member_says() {
    let shares = read(weighted_vote(&members()[..1], &[0.3]));
    assert_eq!(shares, [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn the_order_of_members_and_the_size_of_all_votes_change_nothing() {
    let members = members();
    let shares = read(weighted_vote(&members, &[1.0, 2.0, 5.0]));
    let reversed: Vec<_> = members.iter().rev().cloned().collect();
    assert_close(
        "reversed",
        &read(weighted_vote(&reversed, &[5.0, 2.0, 1.0])),
        &shares,
        within(1e-6),
    );
    for size in [1e-300, 1e307] {
        let votes = [1.0, 2.0, 5.0].map(|vote| vote * size);
        assert_close("scaled", &read(weighted_vote(&members, &votes)), &shares, within(1e-6));
    }
}

#[test]
fn a_member_without_a_vote_counts_for_nothing() {
    let without = read(weighted_vote(&members()[..2], &[1.0, 3.0]));
    assert_close(
        "shares",
        &read(weighted_vote(&members(), &[1.0, 3.0, 0.0])),
        &without,
        within(1e-6),
    );
}

#[test]
fn of_equal_classes_the_first_is_voted_for() {
    let tie = rows(&[0.0, 2.0, 2.0, f64::NEG_INFINITY, -1.0, -1.0], 3, &device());
    assert_eq!(read(weighted_vote(&[tie], &[1.0])), [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
}

/// Logits that a softmax would find equal are not.
#[test]
fn a_hair_is_enough() {
    let close = rows(&[0.0, 1e-20], 2, &device());
    assert_eq!(read(weighted_vote(&[close], &[1.0])), [0.0, 1.0]);
}

#[test]
fn nan_and_no_class_at_all_make_the_sample_nan_and_no_other() {
    for lost in [f64::NAN, f64::INFINITY] {
        let member = rows(&[lost, 0.0, 0.0, 0.0, 2.0, 1.0], 3, &device());
        let shares = read(weighted_vote(&[members()[0].clone(), member], &[1.0, 1.0]));
        assert!(shares[..3].iter().all(|share| share.is_nan()), "{shares:?}");
        assert_eq!(shares[3..], [0.0, 1.0, 0.0]);
    }
    let nowhere = rows(&[f64::NEG_INFINITY; 3], 3, &device());
    assert!(
        read(weighted_vote(&[nowhere], &[1.0]))
            .iter()
            .all(|share| share.is_nan())
    );
}

#[test]
fn half_precision_votes_as_well() {
    if !device().supports_dtype(FloatDType::F16) {
        return;
    }
    let half: Vec<_> = members()
        .into_iter()
        .map(|logits| logits.cast(FloatDType::F16))
        .collect();
    let votes = [1.0, 2.0, 4.0];
    assert_eq!(
        read(weighted_vote(&half, &votes)),
        read(weighted_vote(&members(), &votes))
    );
}

#[test]
fn a_vote_is_off_the_graph() {
    let device = device().autodiff();
    let logits = rows(&[3.0, 1.0, 0.0], 3, &device).require_grad();
    assert!(!weighted_vote(&[logits], &[1.0]).device().is_autodiff());
}

#[test]
#[should_panic(expected = "weighted_vote: there are no members; give at least one")]
fn nobody_decides_nothing() {
    let _ = weighted_vote(&[], &[]);
}

#[test]
#[should_panic(expected = "weighted_vote: there are 2 votes for 3 members")]
fn each_member_has_a_vote() {
    let _ = weighted_vote(&members(), &[1.0, 1.0]);
}

#[test]
#[should_panic(expected = "weighted_vote: the vote of member 1 is -1")]
fn no_vote_is_below_0() {
    let _ = weighted_vote(&members(), &[1.0, -1.0, 1.0]);
}

#[test]
#[should_panic(expected = "weighted_vote: the vote of member 2 is NaN")]
fn a_vote_is_a_number() {
    let _ = weighted_vote(&members(), &[1.0, 1.0, f64::NAN]);
}

#[test]
#[should_panic(expected = "weighted_vote: all votes are 0")]
fn somebody_has_a_vote() {
    let _ = weighted_vote(&members(), &[0.0; 3]);
}

#[test]
#[should_panic(expected = "weighted_vote: member 0 has shape [2, 3] and member 3 [3, 2]")]
fn members_know_the_same_classes() {
    let mut members = members();
    members.push(rows(&[0.0; 6], 2, &device()));
    let _ = weighted_vote(&members, &[1.0; 4]);
}
