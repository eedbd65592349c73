//! Points: each combination once, in order, and none that cannot be tried.

use std::collections::HashSet;

use kd::tune::{Axis, Grid, Point};
use kd_testkit::for_each;
use proptest::prelude::*;

use crate::making::grid;

fn message(grid: Result<impl Sized, kd::Error>) -> String {
    grid.map(|_| ()).unwrap_err().to_string()
}

fn axes() -> impl Strategy<Value = Vec<Vec<f64>>> {
    // Shuffled, for a set has them in order.
    let values = prop::collection::btree_set(-1000i32..1000, 1..5)
        .prop_map(|values| values.into_iter().collect::<Vec<i32>>())
        .prop_shuffle();
    let axis = values.prop_map(|values| values.into_iter().map(|value| f64::from(value) / 16.0).collect());
    prop::collection::vec(axis, 1..5)
}

fn of(axes: &[Vec<f64>]) -> Grid {
    let axis = |(number, values): (usize, &Vec<f64>)| Axis::new(format!("w{number}"), values.iter().copied()).unwrap();
    Grid::new(axes.iter().enumerate().map(axis)).unwrap()
}

#[test]
fn every_combination_comes_once() {
    for_each(axes(), |axes| {
        let grid = of(&axes);
        let points: Vec<Point> = grid.points().collect();
        assert_eq!(points.len(), axes.iter().map(Vec::len).product::<usize>());
        assert_eq!(points.len(), grid.len());
        let distinct: HashSet<String> = points.iter().map(Point::to_string).collect();
        assert_eq!(distinct.len(), points.len());
        for (index, point) in points.iter().enumerate() {
            assert_eq!(grid.index_of(point), Some(index));
            for (axis, values) in grid.axes().iter().zip(&axes) {
                assert!(values.contains(&point.value(axis.name())));
            }
        }
    });
}

#[test]
fn the_last_axis_runs_fastest() {
    for_each(axes(), |axes| {
        let place = |(value, values): (f64, &Vec<f64>)| values.iter().position(|known| *known == value).unwrap();
        let places =
            |point: Point| -> Vec<usize> { point.iter().map(|(_, value)| value).zip(&axes).map(place).collect() };
        let places: Vec<Vec<usize>> = of(&axes).points().map(places).collect();
        assert!(places.is_sorted());
    });
}

#[test]
fn a_grid_comes_back_from_a_file() {
    for_each(axes(), |axes| {
        let grid = of(&axes);
        let json = serde_json::to_string(&grid).unwrap();
        assert_eq!(serde_json::from_str::<Grid>(&json).unwrap(), grid);
        for point in grid.points() {
            let json = serde_json::to_string(&point).unwrap();
            assert_eq!(serde_json::from_str::<Point>(&json).unwrap(), point);
        }
    });
}

#[test]
fn points_of_other_grids_have_no_number() {
    let here = grid(&[1.0, 2.0], &[0.5]);
    for other in [grid(&[4.0], &[0.5]), of(&[vec![1.0], vec![0.5]]), of(&[vec![1.0]])] {
        assert_eq!(here.index_of(&other.point(0)), None, "{other}");
    }
    let more = Grid::new([here.axes().to_vec(), vec![Axis::new("w", [1.0]).unwrap()]].concat()).unwrap();
    assert_eq!(
        (here.index_of(&more.point(0)), more.index_of(&here.point(0))),
        (None, None)
    );
}

#[test]
fn values_that_cannot_be_tried_are_named() {
    for temperature in [0.0, -1.0, 1e-40] {
        assert!(message(Axis::temperature([1.0, temperature])).starts_with("Axis: temperature is"));
    }
    assert!(message(Axis::alpha([1.5])).starts_with("Axis: alpha is 1.5, but must be in [0, 1]"));
    assert!(message(Axis::weight("hint", [-1.0])).starts_with("Axis: hint is -1, but must be"));
    assert_eq!(
        message(Axis::new("w", [f64::NAN])),
        "Grid: axis 'w' has the value NaN; give finite numbers"
    );
    assert!(message(Axis::temperature([f64::INFINITY])).contains("has the value inf"));
    assert!(message(Axis::new("w", [])).contains("axis 'w' has no values"));
    assert!(message(Axis::new("", [1.0])).contains("has no name"));
    assert!(message(Axis::new("w", [1.0, 2.0, 1.0])).contains("axis 'w' has the value 1 twice"));
    assert!(message(Axis::new("w", [0.3, 0.1 + 0.2])).contains("has the value 0.3 twice"));
}

#[test]
fn grids_that_are_none_say_why() {
    assert!(message(Grid::new([])).starts_with("Grid: it has no axes"));
    let axis = || Axis::new("w", [1.0, 2.0]).unwrap();
    assert!(message(Grid::new([axis(), axis()])).contains("two axes 'w'"));
    let many = (0..64).map(|number| Axis::new(number.to_string(), [0.0, 1.0]).unwrap());
    assert!(message(Grid::new(many)).contains("more points than can be counted"));
    let json = r#"[{ "name": "w", "values": [1.0, 1.0] }]"#;
    assert!(
        serde_json::from_str::<Grid>(json)
            .unwrap_err()
            .to_string()
            .contains("twice")
    );
}

/// What the loss refuses is refused before anything is trained.
#[test]
fn a_point_that_the_loss_refuses_is_named() {
    let weights = Grid::new([
        Axis::alpha([0.5, 0.9]).unwrap(),
        Axis::weight("hint", [0.1, 0.3]).unwrap(),
    ]);
    let error = message(
        weights
            .unwrap()
            .checked(|point| match point.value("alpha") + point.value("hint") {
                sum if sum <= 1.0 => Ok(()),
                sum => Err(format!("the weights add up to {sum}")),
            }),
    );
    assert_eq!(
        error,
        "Grid: point alpha = 0.9, hint = 0.3 cannot be tried: the weights add up to 1.2"
    );
    let all = grid(&[1.0], &[0.5]);
    assert_eq!(all.clone().checked(|_| Ok::<(), String>(())).unwrap(), all);
}

#[test]
#[should_panic(expected = "Point: there is no 'tau' in temperature = 1, alpha = 0.5; ask for an axis of the grid")]
fn an_axis_that_is_not_there_panics() {
    grid(&[1.0], &[0.5]).point(0).value("tau");
}

#[test]
#[should_panic(expected = "Grid: there is no point 2; there are 2")]
fn a_point_that_is_not_there_panics() {
    grid(&[1.0, 2.0], &[0.5]).point(2);
}
