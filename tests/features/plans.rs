//! Who learns from whom: matchings against all there are, and plans as files.

use std::fs;

use kd::{
    Error,
    feature::align::{Matching, Plan, Similarity},
};
use kd_testkit::for_each;
use proptest::{collection::vec, prelude::*};

fn names(plan: &Plan) -> Vec<&str> {
    plan.pairs.iter().map(|pair| pair.teacher.as_str()).collect()
}

/// Every way to give each row a column of its own.
fn all_matches(rows: usize, columns: usize) -> Vec<Vec<usize>> {
    let Some(rest) = rows.checked_sub(1) else {
        return vec![vec![]];
    };
    let longer = |matches: Vec<usize>| {
        let free = (0..columns)
            .filter(|column| !matches.contains(column))
            .collect::<Vec<_>>();
        free.into_iter()
            .map(move |column| [matches.as_slice(), &[column]].concat())
    };
    all_matches(rest, columns).into_iter().flat_map(longer).collect()
}

fn tables() -> impl Strategy<Value = Vec<Vec<f64>>> {
    let sizes = (1..=4usize, 0..=2usize);
    sizes.prop_flat_map(|(rows, more)| {
        // Few different numbers, so that there are draws.
        let cell = (-4..=16i32).prop_map(|n| f64::from(n) / 16.0);
        vec(vec(cell, rows + more), rows)
    })
}

#[test]
fn no_matching_is_better_than_the_one_that_is_found() {
    for_each(tables(), |values| {
        let (rows, columns) = (values.len(), values[0].len());
        let layers = |count: usize| (0..count).map(|index| index.to_string()).collect::<Vec<_>>();
        let similarity = Similarity::new(layers(rows), layers(columns), values.clone());
        let total = |matches: &Vec<usize>| matches.iter().zip(&values).map(|(&j, row)| row[j]).sum::<f64>();
        let best = |matches: &[Vec<usize>]| matches.iter().map(total).fold(f64::NEG_INFINITY, f64::max);
        let found = |matching| -> Vec<usize> {
            let plan = similarity.plan(matching).unwrap();
            plan.pairs.iter().map(|pair| pair.teacher.parse().unwrap()).collect()
        };

        let (any, mut in_order) = (all_matches(rows, columns), all_matches(rows, columns));
        in_order.retain(|matches| matches.is_sorted());
        let (one_to_one, monotone) = (found(Matching::OneToOne), found(Matching::Monotone));
        assert!(any.contains(&one_to_one) && in_order.contains(&monotone));
        assert_eq!(total(&one_to_one), best(&any));
        assert_eq!(total(&monotone), best(&in_order));
        for (row, column) in values.iter().zip(found(Matching::BestForEach)) {
            assert!(row.iter().all(|&value| value <= row[column]));
        }
    });
}

#[test]
fn plans_by_number() {
    let teacher = ["1", "2", "3", "4", "5", "6", "7"];
    let of = |plan: Result<Plan, Error>| names(&plan.unwrap()).join(" ");
    assert_eq!(of(Plan::by_index(["a", "b", "c"], teacher)), "1 2 3");
    assert_eq!(of(Plan::evenly_spaced(["a", "b", "c"], teacher)), "2 4 7");
    assert_eq!(of(Plan::evenly_spaced(["a", "b"], ["1", "2"])), "1 2");
    let error = Plan::evenly_spaced(["a", "b"], ["1"]).unwrap_err().to_string();
    assert!(
        error.starts_with("the student has 2 layers and the teacher 1"),
        "{error}"
    );
}

#[test]
fn a_plan_that_cannot_be_saved_or_read_says_why() {
    let folder = std::env::temp_dir().join(format!("kd-tests-plan-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (file, nowhere) = (folder.join("plan.json"), folder.join("missing/plan.json"));
    let plan = Plan::by_index(["a"], ["b"]).unwrap().with_weight(0.5);
    plan.save(&file).unwrap();
    assert_eq!(Plan::load(&file).unwrap(), plan);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left beside it");

    let told = |error: Error, words: &str| {
        let message = error.to_string();
        assert!(message.contains("plan.json") && message.contains(words), "{message}");
    };
    told(plan.save(file.join("plan.json")).unwrap_err(), "cannot write");
    told(Plan::load(&nowhere).unwrap_err(), "cannot read");
    fs::write(&file, r#"{"pairs": [{"student": "a", "teacher": "b", "wieght": 2.0}]}"#).unwrap();
    told(
        Plan::load(&file).unwrap_err(),
        "is not a valid plan of layers: unknown field `wieght`",
    );
    fs::write(
        &file,
        r#"{"pairs": [{"student": "a", "teacher": "b"}, {"student": "a", "teacher": "b"}]}"#,
    )
    .unwrap();
    told(
        Plan::load(&file).unwrap_err(),
        "the pair of the student's 'a' and the teacher's 'b' comes twice; leave one of them out",
    );
    fs::write(&file, r#"{"pairs": [{"student": "a", "teacher": "b"}]}"#).unwrap();
    assert_eq!(Plan::load(&file).unwrap(), plan.clone().with_weight(1.0));

    // JSON has no such numbers: it would say null, which is no weight, and no similarity.
    let mut unknown = plan.clone();
    unknown.pairs[0].similarity = Some(f64::INFINITY);
    for (bad, words) in [
        (plan.clone().with_weight(f64::NAN), "Plan: the weight of a pair is NaN"),
        (unknown, "Plan: the similarity of a pair is inf"),
    ] {
        let message = bad.save(&file).unwrap_err().to_string();
        assert!(message.starts_with(words), "{message}");
    }
    assert_eq!(
        Plan::load(&file).unwrap(),
        plan.with_weight(1.0),
        "it has been written to"
    );
    fs::remove_dir_all(folder).unwrap();
}
