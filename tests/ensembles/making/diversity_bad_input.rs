use burn::tensor::{Device, Tensor};
use kd::ensemble::{Diversity, MemberMap};
use kd_testkit::device;

use super::{labels, rows};

/// Two members, two samples, three classes.
fn members() -> Vec<Tensor<2>> {
    vec![rows(&[3.0, 1.0, 0.0, 0.0, 2.0, 1.0], 3, &device()); 2]
}

#[test]
#[should_panic(expected = "Diversity: there are 2 members, and it was made for 3")]
fn a_member_is_missing() {
    Diversity::new(3).update(&members(), labels(&[0, 1], &device()));
}

#[test]
#[should_panic(expected = "Diversity: member 0 has shape [2, 3] and member 1 [3, 2]")]
fn a_member_knows_other_classes() {
    let members = [members().swap_remove(0), rows(&[0.0; 6], 2, &device())];
    Diversity::new(2).update(&members, labels(&[0, 1], &device()));
}

#[test]
#[should_panic(expected = "Diversity: there are 3 labels for 2 rows")]
fn a_label_too_many() {
    Diversity::new(2).update(&members(), labels(&[0, 1, 2], &device()));
}

#[test]
#[should_panic(expected = "Diversity: the label of sample 1 is 3, which is not a class")]
fn a_label_is_no_class() {
    Diversity::new(2).update(&members(), labels(&[0, 3], &device()));
}

#[test]
#[should_panic(expected = "Diversity: there are 3 members, and it was made for 2")]
fn another_ensemble_is_not_merged() {
    Diversity::new(2).merge(&Diversity::new(3));
}

#[test]
fn nobody_is_no_ensemble() {
    let error = Diversity::try_new(0).unwrap_err().to_string();
    assert_eq!(error, "Diversity: members is 0, but must be at least 1");
}

#[test]
fn of_no_samples_there_is_no_report() {
    // On Flex: other devices have no empty tensors.
    let device = Device::flex();
    let mut diversity = Diversity::new(1);
    diversity.update(&[Tensor::zeros([0, 3], &device)], Tensor::zeros([0], &device));
    assert_eq!(diversity.report(), None);
}

#[test]
fn a_picture_that_cannot_be_written_is_an_error_that_names_it() {
    let mut diversity = Diversity::new(2);
    diversity.update(&members(), labels(&[0, 1], &device()));
    let report = diversity.report().unwrap();
    let map = MemberMap::new("Disagreement", &report.disagreement, ["a", "b"]);
    // A program, and no folder.
    let place = std::env::current_exe().unwrap().join("at/all.svg");
    let error = map.save(&place).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("cannot write {}", place.display())),
        "{error}"
    );
}
