//! Searches that cannot be begun say why, before anything is run or written.

use kd::tune::{Score, Search};

use crate::making::{grid, journal, search};

fn refusal(search: Search) -> String {
    let (_folder, journal) = journal();
    let error = search
        .run(&journal, |_| -> Score { panic!("a trial was run") })
        .unwrap_err();
    assert!(!journal.exists());
    error.to_string()
}

#[test]
fn seeds() {
    let search = search(grid(&[1.0], &[0.5]));
    assert!(
        refusal(search.clone().with_seeds([])).starts_with("Search: the number of seeds is 0, but must be at least 1")
    );
    assert!(
        refusal(search.with_seeds([4, 7, 4])).starts_with("Search: a seed is 4, but must be another than those before")
    );
}

#[test]
fn budgets() {
    let search = search(grid(&[1.0], &[0.5]));
    let with = |budgets: &[usize], eta| refusal(search.clone().with_halving(budgets.iter().copied(), eta));
    assert!(with(&[], 3).starts_with("Search: the number of budgets is 0, but must be at least 1"));
    assert!(with(&[0, 1], 3).starts_with("Search: the first budget is 0, but must be at least 1"));
    assert!(with(&[1, 3, 3], 3).starts_with("Search: a budget is 3, but must be above the one before"));
    assert!(with(&[1, 3], 1).starts_with("Search: eta is 1, but must be at least 2"));
}

#[test]
fn a_journal_in_a_place_that_cannot_be() {
    let (folder, journal) = journal();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let search = search(grid(&[1.0], &[0.5]));
    let error = search.run(folder.path().join("file/tuning.json"), |_| -> Score {
        panic!("a trial was run")
    });
    assert!(error.unwrap_err().to_string().starts_with("cannot write "));
    let error = kd::tune::Tuned::load(&journal).unwrap_err().to_string();
    assert!(
        error.starts_with("cannot read ") && error.contains("tuning.json"),
        "{error}"
    );
}
