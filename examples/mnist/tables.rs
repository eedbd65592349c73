//! The results as tables.

use std::fmt::Write;

use kd_examples::spread::Spread;
use kd_examples::table::{spread, table, thousands};

use crate::report::Report;
use crate::score::{Score, Who, gap_closed};

/// All that the terminal gets to see at the end: two tables and a line on the gap.
pub fn tables(report: &Report) -> String {
    let seeds: std::collections::BTreeSet<u64> = report.scores.iter().map(|score| score.seed).collect();
    let mut text = format!(
        "\nErrors on {} {}, over {} seed(s): mean ± standard deviation (smallest to largest)\n{}\n",
        thousands(report.data.test),
        if report.data.held_out {
            "held-out training images"
        } else {
            "test images"
        },
        seeds.len(),
        table(
            &["", "errors", "error %", "agrees with teacher %"],
            Who::MAIN.map(|who| {
                let of = |value: fn(&Score) -> f64, decimals| spread(over(report, who, value), decimals);
                vec![
                    who.name().into(),
                    of(|score| score.errors as f64, 1),
                    of(Score::error_percent, 2),
                    of(|score| 100.0 * score.agreement, 2),
                ]
            })
        )
    );
    if let Some(gap) = Spread::of(gap_closed(&report.scores)) {
        let _ = writeln!(
            text,
            "Distillation closed {} % of the gap from student to teacher.",
            spread(Some(gap), 0)
        );
    }
    if let Some([teacher, student]) = &report.costs {
        let rows = [("teacher", teacher), ("student", student)].map(|(name, cost)| {
            let hidden: Vec<_> = cost.hidden.iter().map(usize::to_string).collect();
            vec![
                name.into(),
                hidden.join(" + "),
                thousands(cost.parameters),
                thousands(cost.multiply_adds),
                format!("{:.1}", cost.microseconds),
                format!("{:.2}", cost.microseconds / teacher.microseconds),
            ]
        });
        let header = [
            "",
            "hidden units",
            "parameters",
            "multiply-adds/image",
            "µs/image",
            "of the teacher's time",
        ];
        let _ = writeln!(text, "\nWhat an answer costs\n{}", table(&header, rows));
    }
    let _ = writeln!(
        text,
        "\nA student distilled without a single 3 among its images\n{}",
        table(
            &["", "errors", "3s right %", "bias of 3 raised by"],
            Who::MISSING.map(|who| {
                let of = |value: fn(&Score) -> f64, decimals| spread(over(report, who, value), decimals);
                vec![
                    who.name().into(),
                    of(|score| score.errors as f64, 1),
                    of(Score::threes_percent, 1),
                    of(|score| score.raised_bias, 1),
                ]
            })
        )
    );
    text
}

fn over(report: &Report, who: Who, value: fn(&Score) -> f64) -> Option<Spread> {
    Spread::of(report.scores.iter().filter(|score| score.who == who).map(value))
}
