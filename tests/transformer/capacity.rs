//! How much smaller a student is than its teacher.

use burn::{
    module::Module,
    nn::{LinearConfig, transformer::TransformerEncoderConfig},
};
use kd::transformer::Capacity;
use kd_testkit::device;

use crate::stack::{Stack, WIDTH};

#[test]
fn it_counts_what_burn_counts_and_draws_nothing() {
    let device = device();
    let encoder = |layers| TransformerEncoderConfig::new(8, 16, 2, layers).init(&device);
    let (student, teacher) = (encoder(2), encoder(6));
    let capacity = Capacity::of(&student, &teacher);
    assert_eq!(capacity.student(), student.num_params());
    assert_eq!(capacity.teacher(), teacher.num_params());
    assert_eq!(capacity.ratio(), 3.0);
    assert!(!teacher.layers[0].pwff.linear_inner.weight.is_initialized());
}

#[test]
fn parts_are_what_paths_begin_with_and_integers_are_no_parameters() {
    let device = device();
    let capacity = Capacity::of(&Stack::new(1, &device), &Stack::new(3, &device));
    // A layer: weight and bias, and of batch normalisation gamma, beta, mean and variance.
    let layer = WIDTH * WIDTH + 5 * WIDTH;
    let parts = capacity
        .parts
        .iter()
        .map(|part| (&*part.name, part.student, part.teacher));
    let expected = [
        ("embedding", 7 * WIDTH, 7 * WIDTH),
        ("encoder", layer, 3 * layer),
        ("head", 3 * WIDTH + 3, 3 * WIDTH + 3),
    ];
    assert_eq!(parts.collect::<Vec<_>>(), expected);
}

#[test]
fn a_part_of_one_side_alone_is_a_row_without_a_ratio() {
    let device = device();
    let linear = LinearConfig::new(2, 2).init(&device);
    let encoder = TransformerEncoderConfig::new(2, 2, 1, 1).init(&device);
    let capacity = Capacity::of(&linear, &encoder);
    let table = capacity.to_string();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows[2], "| weight | 4 | 0 |  |");
    assert_eq!(rows[3], "| bias | 2 | 0 |  |");
    assert!(rows[4].starts_with("| layers | 0 | "), "{table}");
    assert!(rows[5].starts_with("| total | 6 | "), "{table}");
}

#[test]
fn only_what_is_unusual_is_a_warning() {
    let device = device();
    let encoder = |layers| TransformerEncoderConfig::new(4, 4, 1, layers).init(&device);
    let warning = |student, teacher| Capacity::of(&encoder(student), &encoder(teacher)).warning();
    for (student, teacher) in [(1, 1), (3, 5), (1, 2), (1, 5)] {
        assert_eq!(warning(student, teacher), None, "{student} of {teacher}");
    }
    let small = warning(1, 6).unwrap();
    assert!(
        small.starts_with("The teacher is 6.0 times the student, and 2 to 5 times is usual"),
        "{small}"
    );
    let large = warning(2, 1).unwrap();
    assert!(large.starts_with("The student is larger than the teacher"), "{large}");
    assert!(
        Capacity::of(&encoder(1), &encoder(6))
            .to_string()
            .ends_with("in between.\n")
    );
}
