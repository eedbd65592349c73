//! In which classes does the student not follow?

use super::Advice;
use crate::{Report, words::percent};

/// As many as are named.
const NAMED: usize = 5;
/// Of fewer samples of a class nothing is said.
const ENOUGH: u64 = 10;
/// One in so many reports names a class by chance.
const REPORTS: f64 = 20.0;

pub(super) fn of(report: &Report) -> Vec<Advice> {
    let Some(agreement) = &report.agreement else {
        return Vec::new();
    };
    let behind = behind(report);
    let named: Vec<String> = behind
        .iter()
        .take(NAMED)
        .map(|&(class, share)| format!("class {class} ({})", percent(share)))
        .collect();
    if named.is_empty() {
        return Vec::new();
    }
    vec![Advice::suggestion(format!(
        "The student follows its teacher on {} of the samples, but far less where the teacher says {}{}: look at such samples, and \
         whether the student has enough of them.",
        percent(agreement.top_1),
        named.join(", "),
        if behind.len() > NAMED {
            format!(" and {} more", behind.len() - NAMED)
        } else {
            String::new()
        }
    ))]
}

/// Classes whose agreement is below that of all by more than chance explains, the lowest first.
///
/// Of n samples of a class that is like all others, chance has a share as low or lower with at most e^(−n · KL(share ‖ all)), which is
/// Chernoff's bound; and it has as many tries as there are classes.
fn behind(report: &Report) -> Vec<(usize, f64)> {
    let Some(agreement) = &report.agreement else {
        return Vec::new();
    };
    let all = agreement.top_1;
    let unlikely = (REPORTS * report.by_class.len() as f64).ln();
    let mut behind: Vec<(usize, f64)> = Vec::new();
    for (class, counts) in report.by_class.iter().enumerate() {
        if let Some(share) = counts.agreement()
            && counts.chosen >= ENOUGH
            && share < all
            && counts.chosen as f64 * divergence(share, all) > unlikely
        {
            behind.push((class, share));
        }
    }
    behind.sort_by(|a, b| a.1.total_cmp(&b.1));
    behind
}

/// KL between two that happen or not, in nats.
fn divergence(share: f64, all: f64) -> f64 {
    let part = |p: f64, q: f64| if p > 0.0 { p * (p / q).ln() } else { 0.0 };
    part(share, all) + part(1.0 - share, 1.0 - all)
}
