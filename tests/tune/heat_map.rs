//! The picture of a search.

use kd::tune::{Axis, Goal, Grid, Search, Tuned};

use crate::making::{grid, journal, scored, search, splits, valley};

fn run(search: &Search) -> Tuned {
    let (_folder, journal) = journal();
    search.run(&journal, |trial| scored(trial, valley(trial))).unwrap()
}

fn frames(svg: &str) -> usize {
    svg.matches("#D65A14").count()
}

#[test]
fn every_value_and_cell_is_there_and_the_best_is_framed() {
    let (_folder, journal) = journal();
    let search = Search::new(
        "errors of <it>",
        Goal::Minimize,
        grid(&[1.0, 2.5], &[0.5, 0.9, 0.99]),
        splits(),
    );
    let tuned = search.run(&journal, |trial| {
        scored(trial, 100.0 * trial.value("temperature") + trial.value("alpha"))
    });
    let svg = tuned.unwrap().heat_map("temperature", "alpha");
    for words in [
        "errors of &lt;it&gt;",
        "temperature",
        "alpha",
        "2.5",
        "0.99",
        "100.5",
        "100.9",
        "101.0",
        "250.5",
        "251.0",
    ] {
        assert!(svg.lines().any(|line| line == words), "{words} is missing in {svg}");
    }
    assert_eq!(frames(&svg), 1);
}

/// One hopeless point does not make all others look alike.
#[test]
fn the_best_is_dark_and_the_median_half_as_dark() {
    let (_folder, journal) = journal();
    let temperatures = [1.0, 2.0, 4.0, 8.0, 1000.0];
    let tuned = search(grid(&temperatures, &[0.5])).run(&journal, |trial| scored(trial, trial.value("temperature")));
    let svg = tuned.unwrap().heat_map("temperature", "alpha");
    let cells: Vec<&str> = svg.lines().filter(|line| line.starts_with("<polygon")).collect();
    let shades = ["#084081", "#316096", "#84A0C0", "#FFFFFF", "#FFFFFF"];
    for (cell, shade) in cells.iter().zip(shades) {
        assert!(cell.contains(shade), "{cell} is not {shade}");
    }
    assert_eq!(cells.len(), 5);
}

#[test]
fn all_points_are_in_it_at_the_first_budget() {
    let halved = search(grid(&[1.0, 3.0], &[0.5, 0.7])).with_halving([1, 2], 4);
    let (halved, all) = (run(&halved), run(&search(grid(&[1.0, 3.0], &[0.5, 0.7]))));
    let texts = |svg: &str| {
        svg.lines()
            .filter(|line| !line.starts_with('<'))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let [halved, all] = [halved, all].map(|tuned| tuned.heat_map("alpha", "temperature"));
    assert_eq!(texts(&halved), texts(&all));
    assert_eq!((frames(&halved), frames(&all)), (1, 1));
}

#[test]
fn what_diverged_is_grey_and_what_is_open_a_dash() {
    let (_folder, journal) = journal();
    let search = search(grid(&[1.0, 2.0], &[0.5, 0.9])).with_seeds([1]);
    let _ = search.run(&journal, |trial| {
        match (trial.value("temperature"), trial.value("alpha")) {
            (1.0, 0.5) => Ok(scored(trial, f64::NAN)),
            (1.0, _) => Ok(scored(trial, 0.25)),
            _ => Err("broken off"),
        }
    });
    let svg = Tuned::load(&journal).unwrap().heat_map("temperature", "alpha");
    let count = |words: &str| svg.lines().filter(|line| *line == words).count();
    assert_eq!(
        (count("diverged"), count("–"), count("0.2500"), frames(&svg)),
        (1, 2, 1, 0)
    );
}

#[test]
fn of_three_axes_a_cell_has_the_best() {
    let (_folder, journal) = journal();
    let weight = Axis::weight("hint", [0.0, 0.25]).unwrap();
    let axes = grid(&[1.0, 2.0], &[0.5]).axes().to_vec();
    let search = search(Grid::new([axes, vec![weight]].concat()).unwrap());
    let tuned = search.run(&journal, |trial| {
        scored(trial, trial.value("temperature") - trial.value("hint"))
    });
    let svg = tuned.unwrap().heat_map("temperature", "alpha");
    assert!(
        svg.contains("\n0.7500\n") && svg.contains("\n1.7500\n") && !svg.contains("\n1.0000\n"),
        "{svg}"
    );
}

#[test]
#[should_panic(expected = "Tuned: there is no axis 'tau'; the grid is temperature [1.0] × alpha [0.5]")]
fn an_axis_that_is_not_there_panics() {
    run(&search(grid(&[1.0], &[0.5]))).heat_map("tau", "alpha");
}

#[test]
#[should_panic(expected = "a heat map has two axes, and not 'alpha' twice")]
fn an_axis_that_is_there_twice_panics() {
    run(&search(grid(&[1.0], &[0.5]))).heat_map("alpha", "alpha");
}
