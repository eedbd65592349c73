//! The results as tables.

use std::fmt::Write;

use kd_examples::spread::Spread;
use kd_examples::table::{spread, table, thousands};

use crate::report::Report;
use crate::score::{Score, Way, advantage, gap_closed};

/// All that the terminal gets to see at the end.
pub fn tables(report: &Report) -> String {
    let seeds: std::collections::BTreeSet<u64> = report.scores.iter().map(|score| score.seed).collect();
    let mut text = format!(
        "\nErrors on {} {} images, over {} seed(s): mean ± standard deviation (smallest to largest)\n{}\n",
        thousands(report.data.test),
        if report.data.validated { "validation" } else { "test" },
        seeds.len(),
        table(
            &["", "error %", "agrees with teacher %", "gap closed %"],
            Way::ALL.map(|who| {
                let of = |value: fn(&Score) -> f64| {
                    let scores = report.scores.iter().filter(|score| score.who == who);
                    spread(Spread::of(scores.map(value)), 2)
                };
                vec![
                    who.name().into(),
                    of(Score::error_percent),
                    of(|score| 100.0 * score.agreement),
                    spread(Spread::of(gap_closed(&report.scores, who)), 0),
                ]
            })
        )
    );
    for over in [Way::ByIndex, Way::EvenlySpaced] {
        if let Some(points) = Spread::of(advantage(&report.scores, Way::ByAlignment, over)) {
            let _ = writeln!(
                text,
                "{} makes {} percentage points fewer errors than {}, within a seed.",
                Way::ByAlignment.name(),
                spread(Some(points), 2),
                over.name()
            );
        }
    }
    let rows = report.costs.iter().zip(["teacher", "student"]).map(|(cost, role)| {
        vec![
            role.into(),
            cost.network.to_string(),
            thousands(cost.parameters),
            thousands(cost.multiply_adds),
        ]
    });
    let header = ["", "network", "parameters", "multiply-adds/image"];
    let _ = writeln!(text, "\nWhat an answer costs\n{}", table(&header, rows));
    for alignment in &report.alignments {
        let pairs = alignment.by_alignment.pairs.iter();
        let pairs: Vec<_> = pairs
            .map(|pair| format!("{} → {}", pair.student, pair.teacher))
            .collect();
        let _ = writeln!(
            text,
            "\nHow alike the blocks are (CKA), seed {}: rows are the student's, columns the teacher's\n{}By alignment: {}",
            alignment.seed,
            alignment.similarity,
            pairs.join(", ")
        );
    }
    for change in &report.changes {
        let _ = writeln!(
            text,
            "\nSeed {}: with soft labels and features the student gets {} images right that it got wrong alone, and {} wrong \
             that it got right.",
            change.seed,
            thousands(change.gained),
            thousands(change.lost)
        );
    }
    text
}
