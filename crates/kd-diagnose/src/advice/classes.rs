//! In which classes does the student not follow?

use super::Advice;
use crate::{Report, words::percent};

/// As many as are named.
const NAMED: usize = 5;
/// Of fewer samples of a class nothing is said.
const ENOUGH: u64 = 10;

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

/// Classes whose agreement is three standard errors below that of all, the lowest first.
fn behind(report: &Report) -> Vec<(usize, f64)> {
    let Some(agreement) = &report.agreement else {
        return Vec::new();
    };
    let all = agreement.top_1;
    let mut behind: Vec<(usize, f64)> = Vec::new();
    for (class, counts) in report.by_class.iter().enumerate() {
        let error = (all * (1.0 - all) / counts.chosen.max(1) as f64).sqrt();
        if let Some(share) = counts.agreement()
            && counts.chosen >= ENOUGH
            && share < all - 3.0 * error
        {
            behind.push((class, share));
        }
    }
    behind.sort_by(|a, b| a.1.total_cmp(&b.1));
    behind
}
