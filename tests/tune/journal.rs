//! The file: of another search, damaged, in use, and read by others.

use std::fs;

use kd::{
    Error,
    tune::{Goal, Score, Search, Splits, Tuned},
};
use serde_json::{Value, json};

use crate::making::{grid, journal, scored, search, splits, valley};

fn usual() -> Search {
    search(grid(&[1.0, 2.0, 4.0], &[0.5, 0.9]))
        .with_seeds([1, 2])
        .with_halving([1, 3], 3)
}

fn refused(search: &Search, journal: &std::path::Path) -> Error {
    let before = fs::read(journal).unwrap();
    let error = search
        .run(journal, |_| -> Score { panic!("a trial was run") })
        .unwrap_err();
    assert_eq!(fs::read(journal).unwrap(), before);
    error
}

#[test]
fn a_journal_of_another_search_is_refused() {
    let (_folder, journal) = journal();
    usual().run(&journal, |trial| scored(trial, valley(trial))).unwrap();
    let usual_grid = || grid(&[1.0, 2.0, 4.0], &[0.5, 0.9]);
    let as_usual = |search: Search| search.with_seeds([1, 2]).with_halving([1, 3], 3);
    let others = [
        as_usual(Search::new("losses", Goal::Minimize, usual_grid(), splits())),
        as_usual(Search::new("errors", Goal::Maximize, usual_grid(), splits())),
        as_usual(search(grid(&[1.0, 2.0, 8.0], &[0.5, 0.9]))),
        as_usual(search(grid(&[1.0, 4.0, 2.0], &[0.5, 0.9]))),
        usual().with_seeds([1, 2, 3]),
        usual().with_budget(3),
        usual().with_halving([1, 3], 2),
        as_usual(Search::new(
            "errors",
            Goal::Minimize,
            usual_grid(),
            Splits::new(0..10, 11..16).unwrap(),
        )),
    ];
    for other in others {
        let error = refused(&other, &journal);
        assert!(matches!(error, Error::OtherSearch { .. }), "{error}");
    }
    // Samples that no trial sees change nothing.
    let untested = Splits::new(0..10, 10..15).unwrap();
    let same = as_usual(Search::new("errors", Goal::Minimize, usual_grid(), untested));
    same.run(&journal, |_| -> Score { panic!("a trial was run") }).unwrap();
}

#[test]
fn both_searches_are_in_the_message() {
    let (_folder, journal) = journal();
    usual().run(&journal, |trial| scored(trial, valley(trial))).unwrap();
    let error = refused(&search(grid(&[1.0], &[0.9])).with_seeds([5]), &journal).to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert!(lines[0].ends_with("tuning.json is the journal of another search."));
    let (asked, recorded) = (lines[1], lines[2]);
    let is = |line: &str, start: &str| {
        line.starts_with(start) && line.contains("10 samples to learn from, 5 to validate with, sha256:")
    };
    assert!(
        is(
            asked,
            "  asked for: minimize 'errors' over temperature [1.0] × alpha [0.9], seeds [5], budgets [1], "
        ),
        "{asked}"
    );
    assert!(
        is(
            recorded,
            "  recorded:  minimize 'errors' over temperature [1.0, 2.0, 4.0] × alpha [0.5, 0.9], seeds [1, 2], budgets \
             [1, 3] with eta 3, "
        ),
        "{recorded}"
    );
    assert!(lines[3].starts_with("Go on with the search that was recorded"));
}

/// A journal of all trials, with one thing changed, and with the names in each point in another order, which is no damage.
fn changed(change: impl FnOnce(&mut Value)) -> String {
    let (_folder, journal) = journal();
    usual().run(&journal, |trial| scored(trial, valley(trial))).unwrap();
    let mut json: Value = serde_json::from_slice(&fs::read(&journal).unwrap()).unwrap();
    change(&mut json);
    fs::write(&journal, json.to_string()).unwrap();
    let error = refused(&usual(), &journal);
    assert_eq!(Tuned::load(&journal).unwrap_err().to_string(), error.to_string());
    error.to_string()
}

#[test]
fn what_was_only_written_in_another_order_is_none() {
    let (_folder, journal) = journal();
    let tuned = usual().run(&journal, |trial| scored(trial, valley(trial))).unwrap();
    let json: Value = serde_json::from_slice(&fs::read(&journal).unwrap()).unwrap();
    fs::write(&journal, json.to_string()).unwrap();
    assert_eq!(Tuned::load(&journal).unwrap(), tuned);
}

#[test]
fn what_was_changed_by_others_is_damage() {
    let says = |error: String, reason: &str| {
        assert!(error.contains(reason) && error.contains("tuning.json"), "{error}");
    };
    says(
        changed(|json| json["format"] = json!("kd-cache")),
        r#"is damaged: its format is "kd-cache" and not "kd-tune""#,
    );
    says(
        changed(|json| json["version"] = json!(2)),
        "is of version 2 of its format",
    );
    says(
        changed(|json| json["version"] = json!(0)),
        "is damaged: it is no journal of a search, it is version 0",
    );
    says(
        changed(|json| json["search"]["seeds"] = json!([])),
        "the number of seeds is 0",
    );
    says(
        changed(|json| json["search"]["axes"][0]["values"] = json!([1.0, 1.0])),
        "has the value 1 twice",
    );
    says(
        changed(|json| json["trials"][3]["seed"] = json!(9)),
        "its trial 3, alpha = 0.9, temperature = 1, is none of the search's",
    );
    says(
        changed(|json| json["trials"][0]["point"]["temperature"] = json!(3.0)),
        "its trial 0, alpha = 0.5, temperature = 3, is none",
    );
    says(
        changed(|json| json["trials"][0]["budget"] = json!(2)),
        "its trial 0, alpha = 0.5, temperature = 1, is none",
    );
    says(
        changed(|json| json["trials"][0]["score"] = json!("good")),
        "is damaged: it is no journal of a search, invalid type",
    );
    says(
        changed(|json| json["trials"][1] = json["trials"][0].clone()),
        "a trial is in it twice",
    );
    // Without it nobody could have known who goes on.
    says(
        changed(|json| drop(json["trials"].as_array_mut().unwrap().remove(0))),
        "would not have run",
    );
    // The best becomes the worst, and yet went on.
    says(
        changed(|json| json["trials"][8]["score"] = json!(99.0)),
        "would not have run",
    );
}

#[test]
fn a_file_that_was_cut_off_is_damage() {
    let (_folder, journal) = journal();
    usual().run(&journal, |trial| scored(trial, valley(trial))).unwrap();
    let whole = fs::read(&journal).unwrap();
    for length in [0, 1, whole.len() / 2, whole.len() - 3] {
        fs::write(&journal, &whole[..length]).unwrap();
        let error = refused(&usual(), &journal).to_string();
        assert!(error.contains("is damaged: it is no journal of a search"), "{error}");
        assert!(
            error.ends_with("Put back a copy of it, or begin the search again with another file"),
            "{error}"
        );
    }
}

#[test]
fn one_journal_is_one_searchs() {
    let (_folder, journal) = journal();
    let search = search(grid(&[1.0], &[0.5])).with_seeds([1]);
    let tuned = search.run(&journal, |trial| {
        let second = search.run(&journal, |_| -> Score { panic!("a trial was run") });
        assert!(matches!(second, Err(Error::InUse { .. })));
        // Whoever only reads may do so.
        assert_eq!(Tuned::load(&journal).unwrap().trials().count(), 0);
        scored(trial, 0.5)
    });
    assert_eq!(tuned.unwrap().trials().count(), 1);
    search
        .run(&journal, |_| -> Score { panic!("a trial was run") })
        .unwrap();
}

#[cfg(unix)]
#[test]
fn by_a_link_it_is_the_same_journal() {
    let (folder, journal) = journal();
    let link = folder.path().join("link.json");
    let search = search(grid(&[1.0], &[0.5])).with_seeds([1]);
    let tuned = search.run(&journal, |trial| {
        std::os::unix::fs::symlink(&journal, &link).unwrap();
        let second = search.run(&link, |_| -> Score { panic!("a trial was run") });
        assert!(matches!(second, Err(Error::InUse { .. })));
        scored(trial, 0.5)
    });
    assert_eq!(tuned.unwrap().trials().count(), 1);
}

#[test]
fn what_was_saved_is_loaded_and_others_can_read_it() {
    let (folder, journal) = journal();
    let search = search(grid(&[1.0, 2.0], &[0.5])).with_seeds([7]);
    let tuned = search.run(&journal, |trial| {
        scored(
            trial,
            if trial.value("temperature") == 2.0 {
                f64::NAN
            } else {
                0.1
            },
        )
    });
    let tuned = tuned.unwrap();
    let copy = folder.path().join("copy.json");
    tuned.save(&copy).unwrap();
    assert_eq!(fs::read(&copy).unwrap(), fs::read(&journal).unwrap());
    assert_eq!(Tuned::load(&copy).unwrap(), tuned);
    let json = serde_json::to_string(&tuned).unwrap();
    assert_eq!(serde_json::from_str::<Tuned>(&json).unwrap(), tuned);

    let json: Value = serde_json::from_slice(&fs::read(&copy).unwrap()).unwrap();
    assert_eq!(json["search"]["goal"], "minimize");
    assert_eq!(
        json["trials"],
        json!([
            { "point": { "temperature": 1.0, "alpha": 0.5 }, "seed": 7, "budget": 1, "score": 0.1 },
            { "point": { "temperature": 2.0, "alpha": 0.5 }, "seed": 7, "budget": 1, "score": null },
        ])
    );
}
