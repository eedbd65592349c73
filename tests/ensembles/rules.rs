//! What each rule makes of its members: golden values, laws, and what lies at the edge of what numbers hold.

use burn::tensor::Tensor;
use kd::{
    DistillLoss,
    ensemble::{BestMember, Members, RandomMember, Rule, Weighted, WeightedByConfidence, Weights},
    rows::{log_mean_probs, log_soften, soften},
};
use kd_testkit::{Subject, assert_close, device, for_each, golden, read, units_off, whole_batches, within};

use crate::said::{Settings, combined, every_rule, labels, logits, one_by_one};

/// A golden file holds losses: the student's numbers times what the ensemble says, whose gradient is what it says.
#[derive(Clone)]
struct Spoken(Settings);

impl DistillLoss<Tensor<2>, Tensor<3>> for Spoken {
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<3>) -> Tensor<1> {
        let said = combined(&self.0, one_by_one(teacher));
        assert!(!said.is_autodiff(), "a rule's output is a constant");
        (student * said).sum_dim(1).squeeze_dim(1)
    }
}

#[test]
fn golden() {
    golden::check_features(
        "ensemble_rules.json",
        &device(),
        &Settings::new(),
        |settings, shapes| Subject::shaped::<2, 3>(Spoken(settings.clone()), shapes),
    );
}

const NONE: f32 = f32::NEG_INFINITY;

fn same(what: &str, found: Tensor<2>, expected: Tensor<2>) {
    assert_close(what, &read(found), &read(expected), within(1e-6).of_at_least(1.0));
}

/// One batch as logits, of which members are made.
fn batches(law: impl Fn(Tensor<2>, Tensor<2>, Vec<usize>)) {
    for_each(whole_batches(), |batch| {
        let tensor = |values: &Vec<f64>| {
            let data = burn::tensor::TensorData::new(values.clone(), [batch.rows(), batch.width]).convert::<f32>();
            Tensor::<2>::from_data(data, &device())
        };
        law(tensor(&batch.student), tensor(&batch.teacher), batch.labels.clone());
    });
}

#[test]
fn an_ensemble_of_one_is_its_member() {
    batches(|member, _, labels| {
        for settings in every_rule(&labels) {
            let said = combined(&settings, vec![member.clone()]);
            same(&settings.rule, log_soften(said, 1.0), log_soften(member.clone(), 1.0));
        }
    });
}

#[test]
fn equal_members_equal_one() {
    batches(|member, _, labels| {
        for settings in every_rule(&labels) {
            let said = combined(&settings, vec![member.clone(); 5]);
            same(&settings.rule, log_soften(said, 1.0), log_soften(member.clone(), 1.0));
        }
    });
}

#[test]
fn the_order_of_members_does_not_matter() {
    batches(|first, second, labels| {
        let third = first.clone() * 0.5 - second.clone();
        for settings in every_rule(&labels) {
            let said = combined(&settings, vec![first.clone(), second.clone(), third.clone()]);
            let turned = combined(&settings, vec![third.clone(), first.clone(), second.clone()]);
            same(&settings.rule, turned, said);
        }
    });
}

/// A row says the same whatever the others are: what a mask leaves of a batch is what it would be alone.
#[test]
fn samples_stand_alone() {
    batches(|first, second, labels| {
        for settings in every_rule(&labels) {
            let together = combined(&settings, vec![first.clone(), second.clone()]);
            let alone = settings.clone().with_labels(labels[..1].to_vec());
            let said = [&first, &second].map(|logits| logits.clone().narrow(0, 0, 1));
            same(
                &settings.rule,
                combined(&alone, said.to_vec()),
                together.narrow(0, 0, 1),
            );
        }
    });
}

/// All but the mean of logits, whose scale is theirs, and which says them as they are.
#[test]
fn what_is_said_is_a_distribution() {
    batches(|first, second, labels| {
        for settings in every_rule(&labels) {
            if settings.rule != "mean_of_logits" {
                let said = combined(&settings, vec![first.clone(), second.clone()]);
                same(&settings.rule, said.clone(), log_soften(said, 1.0));
            }
        }
    });
}

#[test]
fn the_running_mean_is_the_mean_of_all_at_once() {
    batches(|first, second, _| {
        let said = vec![first, second.clone(), second * 3.0];
        let at_once = log_mean_probs(said.clone());
        same(
            "mean",
            combined(&Settings::new().with_rule("mean_of_probs".into()), said),
            at_once,
        );
    });
}

/// The geometric mean and the mean of logits are one distribution; the mean of probabilities is another.
#[test]
fn objectives_differ_as_documented() {
    let said = || vec![logits([[4.0, 0.0, 0.0]]), logits([[0.0, 1.0, 0.0]])];
    let probs = |rule: &str| soften(combined(&Settings::new().with_rule(rule.into()), said()), 1.0);
    same("geometric", probs("geometric_mean"), probs("mean_of_logits"));
    let gap = read((probs("mean_of_probs") - probs("geometric_mean")).abs().max())[0];
    assert!(gap > 0.05, "{gap}");
}

#[test]
fn a_class_that_some_members_rule_out() {
    let said = || vec![logits([[0.0, 0.0, NONE, NONE]]), logits([[0.0, NONE, 0.0, NONE]])];
    let probs = |rule: &str| {
        let settings = Settings::new().with_rule(rule.into()).with_labels(vec![1]);
        read(combined(&settings, said()).exp())
    };
    for (rule, expected) in [
        ("mean_of_probs", [0.5, 0.25, 0.25, 0.0]),
        ("weighted_by_entropy", [0.5, 0.25, 0.25, 0.0]),
        ("geometric_mean", [1.0, 0.0, 0.0, 0.0]),
        ("mean_of_logits", [1.0, 0.0, 0.0, 0.0]), // e⁰ and e^−∞
        ("weighted_by_confidence", [0.5, 0.5, 0.0, 0.0]),
        ("best_member", [0.5, 0.5, 0.0, 0.0]),
    ] {
        assert_close(rule, &probs(rule), &expected, within(1e-6));
    }
}

#[test]
fn logits_of_any_size_say_something() {
    let said = || {
        vec![
            logits([[1e4, 0.0, -1e4]]),
            logits([[0.0, 1e4, -1e4]]),
            logits([[-1e4, 0.0, 1e4]]),
        ]
    };
    for settings in every_rule(&[2]) {
        let found = read(combined(&settings, said()));
        assert!(found.iter().all(|x| x.is_finite()), "{}: {found:?}", settings.rule);
    }
}

/// In the row where it was, whoever says it and whatever its weight.
#[test]
fn nan_in_nan_out() {
    for member in 0..3 {
        for settings in every_rule(&[0, 0]) {
            let mut said = vec![logits([[1.0, 0.0], [1.0, 0.0]]); 3];
            said[member] = logits([[f32::NAN, 0.0], [0.0, 1.0]]);
            let rows = read(combined(&settings, said));
            assert!(rows[0].is_nan(), "{}: {rows:?}", settings.rule);
            assert!(rows[2..].iter().all(|x| x.is_finite()), "{}: {rows:?}", settings.rule);
        }
    }
    // Beside members that rule everything else out, or the label.
    for settings in every_rule(&[1]) {
        let said = vec![logits([[0.0, NONE]]), logits([[f32::NAN, 0.0]]), logits([[0.0, NONE]])];
        let row = read(combined(&settings, said));
        assert!(row[0].is_nan(), "{}: {row:?}", settings.rule);
    }
}

#[test]
fn members_in_half_precision_are_widened() {
    if !device().supports_dtype(burn::tensor::FloatDType::BF16) {
        return;
    }
    for settings in every_rule(&[1]) {
        let said = [logits([[4.0, 1.0, 0.5]]), logits([[0.0, 2.0, -0.5]])];
        let half = said.clone().map(|logits| logits.cast(burn::tensor::FloatDType::BF16));
        let found = combined(&settings, half.to_vec());
        assert_eq!(found.dtype(), burn::tensor::DType::F32);
        same(&settings.rule, found, combined(&settings, said.to_vec()));
    }
}

/// By hand: cross-entropies of log 2 and log 4, so softmax of 1/3 and 2/3, and weights the other way round.
#[test]
fn confidence_by_hand() {
    let said = [logits([[0.5, 0.5]]).log(), logits([[0.25, 0.75]]).log()];
    let weights = WeightedByConfidence::new().weights(&said, labels(&[0]));
    assert_close("weights", &read(weights), &[2.0 / 3.0, 1.0 / 3.0], within(1e-6));
}

/// Two that rule the label out share what is left; a third that allows it has its full ½.
#[test]
fn members_that_are_infinitely_wrong() {
    let wrong = logits([[NONE, 0.0]]);
    let said = [wrong.clone(), logits([[0.0, 0.0]]), wrong];
    let weights = WeightedByConfidence::new().weights(&said, labels(&[0]));
    assert_close("weights", &read(weights), &[0.25, 0.5, 0.25], within(1e-6));
}

/// A member that is right nearly for sure leaves the other a weight of e⁻³⁰, which has digits.
#[test]
fn a_small_weight_keeps_its_digits() {
    let said = [logits([[0.0, 30.0]]), logits([[50.0, 0.0]])];
    let weights = read(WeightedByConfidence::new().weights(&said, labels(&[0])));
    let expected = (1.0 + (-50f64).exp()) / ((1.0 + 30f64.exp()) + (1.0 + (-50f64).exp()));
    // As exact as the device's own exponential.
    assert_close(
        "weight",
        &weights[..1],
        &[expected],
        within(1e-6 * units_off(&device())),
    );
}

#[test]
fn a_random_member_speaks_alone() {
    let members = Members::new(3, |index| logits([[index as f32 * 9.0, 0.0]]));
    for step in 0..20 {
        let random = RandomMember::new(5).at(step);
        let alone = log_soften(members.says(random.index(3)), 1.0);
        same("random", random.combine(&members, ()), alone);
    }
}

#[test]
fn a_member_of_weight_0_is_not_asked() {
    let members = Members::new(3, |index| {
        assert_ne!(index, 1, "it has no weight");
        logits([[index as f32, 0.0]])
    });
    let said = Weighted::new(Weights::new([1.0, 0.0, 1.0])).combine(&members, ());
    assert!(read(said).iter().all(|x| x.is_finite()));
}

#[test]
#[should_panic(expected = "Weighted: the number of weights is 2, but must be one for each member, in their order")]
fn weights_for_another_number_of_members_panic() {
    let members = Members::recorded(vec![logits([[0.0, 1.0]]); 3]);
    Weighted::new(Weights::equal(2)).combine(&members, ());
}

#[test]
#[should_panic(expected = "BestMember: label 2 is not a class; with 2 classes labels run from 0 to 1")]
fn a_label_that_is_no_class_panics() {
    BestMember::new().combine(&Members::recorded(vec![logits([[0.0, 1.0]])]), labels(&[2]));
}

#[test]
#[should_panic(expected = "WeightedByConfidence: there are 1 labels for 2 rows; give one label per row")]
fn a_missing_label_panics() {
    let members = Members::recorded(vec![logits([[0.0, 1.0], [0.0, 1.0]])]);
    WeightedByConfidence::new().combine(&members, labels(&[0]));
}
