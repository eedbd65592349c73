//! The results as tables.

use std::fmt::Write;

use kd_examples::spread::Spread;
use kd_examples::table::{spread, table, thousands};

use crate::cost::Cost;
use crate::network::EXITS;
use crate::report::Report;
use crate::way::Way;

/// All that the terminal gets to see at the end.
pub fn tables(report: &Report) -> String {
    let seeds: std::collections::BTreeSet<u64> = report.scores.iter().map(|score| score.seed).collect();
    let mut text = format!(
        "\n{} {}, {} seed(s): mean ± standard deviation (smallest to largest)\n{}\n",
        thousands(report.data.test),
        if report.data.held_out {
            "held-out training images"
        } else {
            "test images"
        },
        seeds.len(),
        scores(report)
    );
    if let Some(points) = report.advantage_at_the_shallowest() {
        let _ = writeln!(
            text,
            "At the shallowest exit BYOT makes {} percentage points fewer errors than deep supervision, within a seed.",
            spread(Some(points), 2)
        );
    }
    let _ = writeln!(text, "\nWhat an answer costs\n{}", costs(&report.costs));
    for way in [Way::DeepSupervision, Way::Byot] {
        let rows = report.early_exits(way);
        if rows.is_empty() {
            continue;
        }
        let rows = rows.into_iter().map(|row| {
            let leaving = row.leaving_percent.map(|share| format!("{share:.0}"));
            let time = report
                .early_exit_times
                .iter()
                .find(|time| time.threshold == row.threshold);
            let time = match (time, way) {
                (Some(time), Way::Byot) => percent_of_deepest(&report.costs, time.microseconds),
                _ => "-".into(),
            };
            vec![
                row.threshold.to_string(),
                format!("{:.2}", row.error_percent),
                leaving.join(" / "),
                format!("{:.0}", row.cost_percent),
                time,
            ]
        });
        let header = [
            "leaves when this sure",
            "error %",
            "at exit 1 / 2 / 3, %",
            "multiply-adds, % of exit 3 alone",
            "time, % of exit 3 alone",
        ];
        let _ = writeln!(
            text,
            "\nLeaving at the first exit that is sure, {}: mean over seeds\n{}",
            way.name(),
            table(&header, rows)
        );
    }
    text
}

fn scores(report: &Report) -> impl std::fmt::Display {
    let rows = report.summaries().into_iter().map(|summary| {
        let cell = |value: Option<Spread>, decimals| spread(value, decimals);
        vec![
            summary.way.name(),
            summary.exit.to_string(),
            cell(summary.error_percent, 2),
            cell(summary.nll, 3),
            cell(summary.brier, 3),
            cell(summary.ece_percent, 2),
        ]
    });
    table(&["", "exit", "error %", "NLL", "Brier", "ECE %"], rows)
}

fn costs(costs: &[Cost]) -> impl std::fmt::Display + use<> {
    let of_deepest = |value: usize, deepest: usize| format!("{:.0}", 100.0 * value as f64 / deepest as f64);
    let rows: Vec<_> = costs
        .iter()
        .map(|cost| {
            let deepest = &costs[EXITS - 1];
            vec![
                cost.exit.to_string(),
                thousands(cost.parameters),
                thousands(cost.multiply_adds),
                of_deepest(cost.multiply_adds, deepest.multiply_adds),
                format!("{:.1}", cost.microseconds),
                percent_of_deepest(costs, cost.microseconds),
            ]
        })
        .collect();
    let header = [
        "exit",
        "parameters",
        "multiply-adds/image",
        "% of exit 3's",
        "µs/image",
        "% of exit 3's",
    ];
    table(&header, rows)
}

/// A time as a share of the deepest exit's.
fn percent_of_deepest(costs: &[Cost], microseconds: f64) -> String {
    let deepest = costs.last().map_or(f64::NAN, |cost| cost.microseconds);
    format!("{:.0}", 100.0 * microseconds / deepest)
}
