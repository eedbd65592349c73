//! The picture of a search over one axis.

use kd::tune::{Axis, Goal, Grid, Search, Tuned};

use crate::making::{grid, journal, scored, search, splits};

fn temperatures(values: &[f64]) -> Grid {
    Grid::new([Axis::temperature(values.iter().copied()).unwrap()]).unwrap()
}

fn has(svg: &str, words: &str) -> bool {
    svg.lines().any(|line| line == words)
}

/// Where the means are, from left to right, as x and y.
fn dots(svg: &str) -> Vec<[i32; 2]> {
    let number = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("{name}=\"")).expect("a circle has it");
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let circles = svg.lines().filter(|line| line.starts_with("<circle"));
    circles
        .map(|line| ["cx", "cy"].map(|name| number(line, name)))
        .collect()
}

#[test]
fn means_and_spreads_stand_on_the_scale_of_the_values() {
    let (_folder, journal) = journal();
    let values = temperatures(&[4.0, 1.0, 8.0, 2.0]);
    let search = Search::new("errors of <it>", Goal::Minimize, values, splits()).with_seeds([1, 2, 3]);
    let tuned = search.run(&journal, |trial| {
        scored(trial, trial.value("temperature") + trial.seed() as f64 / 10.0)
    });
    let svg = tuned.unwrap().curve("temperature");
    for words in [
        "errors of &lt;it&gt;",
        "temperature, logarithmic",
        "mean ± standard deviation of 3 seeds",
        "1",
        "2",
        "4",
        "8",
    ] {
        assert!(has(&svg, words), "{words} is missing in {svg}");
    }
    let dots = dots(&svg);
    assert_eq!(dots.len(), 4);
    let step = dots[1][0] - dots[0][0];
    for pair in dots.windows(2) {
        assert!(
            (pair[1][0] - pair[0][0] - step).abs() <= 1,
            "octaves are equal steps: {dots:?}"
        );
        assert!(pair[1][1] < pair[0][1], "what is more stands higher: {dots:?}");
    }
    // The best is the first: its dot, its bar and the ends of that.
    assert_eq!(svg.matches("#D65A14").count(), 4);
}

#[test]
fn what_diverged_is_a_cross_and_what_is_open_a_dash() {
    let (_folder, journal) = journal();
    let search = search(temperatures(&[1.0, 2.0, 4.0, 8.0])).with_seeds([1]);
    let _ = search.run(&journal, |trial| match trial.value("temperature") {
        1.0 => Ok(scored(trial, f64::NAN)),
        2.0 => Ok(scored(trial, 0.25)),
        _ => Err("broken off"),
    });
    let svg = Tuned::load(&journal).unwrap().curve("temperature");
    let count = |words: &str| svg.lines().filter(|line| *line == words).count();
    assert_eq!((count("×"), count("–"), dots(&svg).len()), (1, 2, 1));
    assert!(has(&svg, "one seed") && !svg.contains("#D65A14"));
}

/// One hopeless point does not make all others look alike.
#[test]
fn the_hopeless_stands_at_the_edge() {
    let (_folder, journal) = journal();
    let search = search(temperatures(&[1.0, 2.0, 4.0, 8.0, 1000.0])).with_seeds([1]);
    let tuned = search.run(&journal, |trial| scored(trial, trial.value("temperature")));
    let svg = tuned.unwrap().curve("temperature");
    let hollow = |line: &&str| line.starts_with("<circle") && line.contains("fill=\"none\"");
    assert_eq!(svg.lines().filter(hollow).count(), 1);
    assert!(has(&svg, "1000.000"), "{svg}");
    let dots = dots(&svg);
    assert!(dots[0][1] - dots[3][1] > 100 && dots[4][1] < dots[3][1], "{dots:?}");
}

#[test]
fn of_two_axes_a_value_has_the_best() {
    let (_folder, journal) = journal();
    let search = search(grid(&[1.0, 2.0], &[0.1, 0.5, 0.9])).with_seeds([1]);
    let tuned = search.run(&journal, |trial| {
        scored(trial, trial.value("temperature") * (1.0 + trial.value("alpha")))
    });
    let tuned = tuned.unwrap();
    assert_eq!(dots(&tuned.curve("temperature")).len(), 2);
    let svg = tuned.curve("alpha");
    assert!(has(&svg, "alpha") && dots(&svg).len() == 3, "{svg}");
    assert!(has(&svg, "1.2") && !has(&svg, "3.0"), "T = 1 everywhere: {svg}");
}

#[test]
#[should_panic(expected = "Tuned: there is no axis 'tau'; the grid is temperature [1.0]")]
fn an_axis_that_is_not_there_panics() {
    let (_folder, journal) = journal();
    let search = search(temperatures(&[1.0])).with_seeds([1]);
    let tuned = search.run(&journal, |trial| scored(trial, 1.0));
    tuned.unwrap().curve("tau");
}
