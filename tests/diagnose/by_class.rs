//! Class by class: who says what, who follows, who is right.

use kd::diagnose::ClassAgreement;

use crate::rows::diagnosed;

/// A row that says this class.
fn says(class: usize) -> [f64; 3] {
    let mut row = [0.0; 3];
    row[class] = 2.0;
    row
}

#[test]
fn counted_by_hand() {
    let student = [0, 0, 1, 2, 2].map(says);
    let teacher = [0, 1, 1, 1, 2].map(says);
    let right = [0, 0, 1, 1, 1];
    let report = diagnosed(&student, &teacher, &right).report();
    let counts = |class: &ClassAgreement| {
        let right = [class.student_right, class.teacher_right];
        ([class.chosen, class.agreed, class.labelled], right)
    };
    let found: Vec<_> = report.by_class.iter().map(counts).collect();
    assert_eq!(found, [([1, 1, 2], [2, 1]), ([3, 1, 3], [1, 2]), ([1, 1, 0], [0, 0])]);
    assert_eq!(report.by_class[1].agreement(), Some(1.0 / 3.0));
    assert_eq!(report.by_class[0].student_accuracy(), Some(1.0));
    assert_eq!(report.by_class[0].teacher_accuracy(), Some(0.5));
    assert_eq!(report.by_class[2].student_accuracy(), None);
    assert_eq!(report.agreement.unwrap().top_1, 0.6);
}

#[test]
fn of_equal_classes_the_first_is_said() {
    let report = diagnosed(&[[1.0, 1.0, 0.0]], &[[0.0, 1.0, 1.0]], &[1]).report();
    let chosen: Vec<u64> = report.by_class.iter().map(|class| class.chosen).collect();
    assert_eq!(chosen, [0, 1, 0]);
    assert_eq!(report.by_class[1].agreed, 0);
}

#[test]
fn a_class_that_is_far_behind_is_named() {
    // 40 samples of each class; of the last the student follows in 10.
    let mut student = Vec::new();
    let mut teacher = Vec::new();
    for sample in 0..120 {
        let class = sample / 40;
        teacher.push(says(class));
        student.push(says(if class == 2 && sample % 4 != 0 { 0 } else { class }));
    }
    let report = diagnosed(&student, &teacher, &[0; 120]).report();
    let advice = report.advice();
    let advice = advice
        .iter()
        .find(|advice| advice.text.starts_with("The student follows"))
        .unwrap();
    assert!(advice.text.contains("on 75.0 % of the samples"), "{advice}");
    assert!(
        advice.text.contains("class 2 (25.0 %)") && !advice.text.contains("class 0"),
        "{advice}"
    );
}

/// Of many classes some are behind by chance: here the student misses 8 samples of 400, and two of them are of class 0.
#[test]
fn a_class_that_is_behind_by_chance_is_not_named() {
    let says = |class: usize| -> [f64; 40] { std::array::from_fn(|other| if other == class { 2.0 } else { 0.0 }) };
    let missed = [0, 1, 10, 20, 30, 40, 50, 60];
    let teacher: Vec<[f64; 40]> = (0..400).map(|sample| says(sample / 10)).collect();
    let student = (0..400).map(|sample| says(if missed.contains(&sample) { 39 } else { sample / 10 }));
    let report = diagnosed(&student.collect::<Vec<_>>(), &teacher, &[0; 400]).report();
    assert_eq!(report.by_class[0].agreement(), Some(0.8));
    let advice = report.advice();
    assert!(
        advice
            .iter()
            .all(|advice| !advice.text.starts_with("The student follows")),
        "{advice:?}"
    );
}
