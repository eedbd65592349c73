//! The results as tables.

use std::collections::BTreeSet;
use std::fmt::Write;

use kd_examples::spread::Spread;
use kd_examples::table::{spread, table, thousands};

use crate::report::Report;
use crate::score::{Score, Who};
use crate::way::Way;

/// All that the terminal gets to see at the end.
pub fn tables(report: &Report) -> String {
    let seeds: BTreeSet<u64> = report.scores.iter().map(|score| score.seed).collect();
    let mut text = format!(
        "\n{} {}, {} seed(s): mean ± standard deviation (smallest to largest)\n{}\n",
        thousands(report.data.test),
        if report.data.validated {
            "validation images"
        } else {
            "test images"
        },
        seeds.len(),
        networks(report)
    );
    if let Some(kept) = report.gain_kept(Who::Of(Way::MeanOfProbs)) {
        let _ = writeln!(
            text,
            "The student keeps {} % of what the ensemble gains over a network alone.",
            spread(Some(kept), 0)
        );
    }
    let _ = writeln!(text, "\nWays to learn from many\n{}", ways(report));
    let _ = writeln!(text, "\nWhat an answer costs\n{}", costs(report));
    for members in &report.members {
        let _ = writeln!(text, "seed {}: {}", members.seed, members.looks.diversity);
    }
    if let Some(line) = recorded(report) {
        let _ = writeln!(text, "{line}");
    }
    text
}

fn networks(report: &Report) -> String {
    let rows: [(&str, &dyn Fn(Who) -> bool); 6] = [
        ("a member", &|who| matches!(who, Who::Member(_))),
        ("a network alone", &|who| who == Who::Alone),
        ("the ensemble", &|who| who == Who::Ensemble(Way::MeanOfProbs)),
        ("student of one member", &|who| who == Who::OfMember),
        ("student of the ensemble", &|who| who == Who::Of(Way::MeanOfProbs)),
        ("the same, members asked in every step", &|who| who == Who::Live),
    ];
    let rows = rows.map(|(name, who)| {
        let of = |value: &dyn Fn(&Score) -> f64, decimals| spread(report.over(who, value), decimals);
        vec![
            name.into(),
            of(&|score| score.errors as f64, 1),
            of(&Score::error_percent, 2),
            of(&|score| score.report.nll, 4),
            of(&|score| 100.0 * score.report.ece, 2),
            spread(agreement(report, who), 2),
        ]
    });
    let header = ["", "errors", "error %", "NLL", "ECE %", "agrees with the ensemble %"];
    table(&header, rows).to_string()
}

fn agreement(report: &Report, who: &dyn Fn(Who) -> bool) -> Option<Spread> {
    let scores = report.scores.iter().filter(|score| who(score.who));
    Spread::of(scores.filter_map(|score| score.agreement).map(|share| 100.0 * share))
}

fn ways(report: &Report) -> String {
    let tried = |way: &Way| {
        report
            .scores
            .iter()
            .any(|score| [Who::Of(*way), Who::Ensemble(*way)].contains(&score.who))
    };
    let rows = Way::ALL.into_iter().filter(tried).map(|way| {
        let errors = |who| report.over(|other| other == who, |score| score.errors as f64);
        let student = Who::Of(way);
        vec![
            way.name().into(),
            spread(errors(Who::Ensemble(way)), 1),
            spread(errors(student), 1),
            spread(report.gain_kept(student), 0),
            spread(
                report.over(|other| other == student, |score| 100.0 * score.report.ece),
                2,
            ),
            spread(report.over(|other| other == student, |score| score.seconds), 0),
        ]
    });
    let header = [
        "",
        "errors of the ensemble",
        "errors of the student",
        "gain kept %",
        "ECE % of the student",
        "seconds to train it",
    ];
    table(&header, rows).to_string()
}

fn costs(report: &Report) -> String {
    let one = report.costs.first().map(|cost| cost.microseconds);
    let rows = report.costs.iter().map(|cost| {
        vec![
            if cost.networks == 1 {
                "one network".into()
            } else {
                format!("{} networks", cost.networks)
            },
            thousands(cost.parameters),
            thousands(cost.multiply_adds),
            format!("{:.1}", cost.microseconds),
            one.map_or("-".into(), |one| format!("{:.1}", cost.microseconds / one)),
        ]
    });
    let header = ["", "parameters", "multiply-adds/image", "µs/image", "times the one"];
    table(&header, rows).to_string()
}

/// What the cache took, and what it saved.
fn recorded(report: &Report) -> Option<String> {
    let of = |value: fn(&crate::members::Recording) -> f64| {
        Spread::of(report.members.iter().map(|members| value(&members.looks.recording)))
    };
    let seconds = |who: Who| report.over(move |other| other == who, |score| score.seconds);
    let (bytes, recording) = (
        of(|recording| recording.bytes as f64 / 1e6)?,
        of(|recording| recording.seconds)?,
    );
    let (alone, cached, live) = (
        seconds(Who::Alone)?,
        seconds(Who::Of(Way::MeanOfProbs))?,
        seconds(Who::Live)?,
    );
    Some(format!(
        "What the members say of all views takes {:.0} MB a seed and {:.0} s to record. A network alone takes {:.0} s to train, a \
         student from the cache {:.0} s, and one whose teachers are asked in every step {:.0} s.",
        bytes.mean, recording.mean, alone.mean, cached.mean, live.mean
    ))
}
