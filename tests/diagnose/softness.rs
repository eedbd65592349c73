//! Entropy and masses against the temperature: by hand, and by Burn's softmax.

use burn::tensor::activation::softmax;
use kd::diagnose::{Diagnosis, Softness};
use kd_testkit::{assert_close, read, within};

use crate::rows::{diagnosed, rows, waved};

fn softness<const C: usize>(teacher: &[[f64; C]]) -> Softness {
    let right = vec![0; teacher.len()];
    diagnosed(teacher, teacher, &right).report().softness.unwrap()
}

#[test]
fn of_known_rows() {
    // Logits that are logarithms: softmax is 1/2, 1/4, 1/8, 1/8 at T = 1, and proportional to the roots of these at T = 2.
    let row = [0.5f64, 0.25, 0.125, 0.125].map(f64::ln);
    let softness = softness(&[row]);
    let [one, two] = [0, 4].map(|place| softness.points[place]);
    assert_eq!((one.temperature, two.temperature), (1.0, 2.0));
    let bits = 1.75 * 2f64.ln();
    let found = [one.entropy, one.beyond, one.second, one.effective_classes()];
    assert_close("T = 1", &found, &[bits, 0.5, 0.25, bits.exp()], within(1e-6));
    let roots = [0.5f64, 0.25, 0.125, 0.125].map(f64::sqrt);
    let sum: f64 = roots.iter().sum();
    let entropy: f64 = roots.iter().map(|root| -root / sum * (root / sum).ln()).sum();
    let found = [two.entropy, two.beyond, two.second];
    assert_close(
        "T = 2",
        &found,
        &[entropy, 1.0 - roots[0] / sum, roots[1] / sum],
        within(1e-6),
    );
}

#[test]
fn as_by_the_softmax_of_burn() {
    let teacher = waved::<5>(7, 0.73);
    let softness = softness(&teacher);
    for place in [0, 6, 20] {
        let point = softness.points[place];
        let probs = read(softmax(rows(&teacher).div_scalar(point.temperature), 1));
        let (mut entropy, mut beyond, mut second) = (0.0, 0.0, 0.0);
        for row in probs.chunks(5) {
            let mut sorted = row.to_vec();
            sorted.sort_by(f64::total_cmp);
            entropy -= row.iter().map(|p| p * p.ln()).sum::<f64>() / 7.0;
            beyond += (1.0 - sorted[4]) / 7.0;
            second += sorted[3] / 7.0;
        }
        let found = [point.entropy, point.beyond, point.second];
        assert_close("softness", &found, &[entropy, beyond, second], within(1e-5));
    }
}

#[test]
fn a_sure_teacher_keeps_its_digits() {
    let point = softness(&[[60.0, 0.0, 0.0]]).points[0];
    let second = (-60f64).exp();
    let found = [point.beyond / second, point.second / second, point.entropy / second];
    assert_close("digits", &found, &[2.0, 1.0, 2.0 * 61.0], within(1e-9));
}

#[test]
fn what_does_not_exist_has_no_share() {
    let with = softness(&[[1.0, 0.0, f64::NEG_INFINITY]]);
    let without = softness(&[[1.0, 0.0]]);
    assert_eq!(with.points, without.points);
    let alone = softness(&[[1.0, f64::NEG_INFINITY]]).points[3];
    assert_eq!((alone.entropy, alone.beyond, alone.second), (0.0, 0.0, 0.0));
}

/// Of two classes d apart the second has 1 / (1 + e^(d/T)).
#[test]
fn the_temperature_of_a_mass_by_closed_form() {
    let softness = softness(&[[12.0, 0.0]]);
    for mass in [0.05f64, 0.1, 0.2, 0.3] {
        let exact = 12.0 / ((1.0 - mass) / mass).ln();
        let [second, beyond] = [
            softness.second_choice_temperature(mass).unwrap(),
            softness.temperature_beyond(mass).unwrap(),
        ];
        assert!((second / exact - 1.0).abs() < 0.01, "{second} for {exact}");
        assert_eq!(second, beyond);
    }
    assert_eq!(softness.second_choice_temperature(0.6), None);
    // 9 / 12 of the way to 0: at the lowest temperature there is more than a millionth.
    assert_eq!(softness.second_choice_temperature(1e-6), Some(1.0));
}

/// Half of three samples is the second of them, wherever the third is.
#[test]
fn the_temperature_of_the_median_by_closed_form() {
    for third in [16.0, 1000.0] {
        let softness = softness(&[[6.0, 0.0], [12.0, 0.0], [third, 0.0]]);
        let (exact, found) = (12.0 / 9f64.ln(), softness.median_temperature().unwrap());
        // A quarter of an octave is 19 %.
        assert!((found / exact).ln().abs() < 0.19, "{found} for {exact}");
    }
    assert_eq!(softness(&[[1.0, 0.0]]).median_temperature(), Some(1.0), "soft as it is");
    assert_eq!(softness(&[[1000.0, 0.0]]).median_temperature(), None);
}

#[test]
fn a_second_choice_among_many_is_found_before_it_falls_again() {
    let mut row = [0.0; 200];
    (row[0], row[1]) = (20.0, 15.0);
    let softness = softness(&[row]);
    let temperature = softness.second_choice_temperature(0.1).unwrap();
    let last = softness.points.last().unwrap();
    assert!(
        (2.0..4.0).contains(&temperature) && last.second < 0.02,
        "{temperature}, {last:?}"
    );
    // What is beyond the first choice and the entropy only rise.
    assert!(softness.points.windows(2).all(|pair| pair[0].beyond < pair[1].beyond));
    assert!(softness.points.windows(2).all(|pair| pair[0].entropy < pair[1].entropy));
    assert!(softness.temperature_of_entropy(0.9).unwrap() > temperature);
}

#[test]
fn temperatures_are_ones_own() {
    let mut diagnosis = Diagnosis::try_new(2, &[0.5, 3.0]).unwrap();
    diagnosis.update(rows(&[[0.0, 0.0]]), rows(&[[3.0, 0.0]]), None);
    let softness = diagnosis.report().softness.unwrap();
    let found: Vec<f64> = softness.points.iter().map(|point| point.second).collect();
    let of = |temperature: f64| 1.0 / (1.0 + (3.0 / temperature).exp());
    assert_close("second", &found, &[of(0.5), of(3.0)], within(1e-6));
}

#[test]
fn one_class_has_nothing_to_soften() {
    let softness = softness(&[[2.0], [3.0]]);
    assert!(
        softness
            .points
            .iter()
            .all(|point| (point.entropy, point.second) == (0.0, 0.0))
    );
    assert_eq!(softness.temperature_of_entropy(0.9), None);
}
