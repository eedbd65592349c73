//! Which of a teacher's layers a student is made of.

use kd::transformer::LayerChoice;
use kd_testkit::for_each;
use proptest::{collection::vec, prelude::*};

/// Layers of a student and of its teacher, who has as many or more.
fn depths() -> impl Strategy<Value = (usize, usize)> {
    (1..=24usize).prop_flat_map(|teacher| (1..=teacher, Just(teacher)))
}

fn fault(choice: LayerChoice, student: usize, teacher: usize) -> String {
    choice.choose(student, teacher).unwrap_err().to_string()
}

#[test]
fn the_usual_choices_of_6_of_12() {
    let chosen = |choice: LayerChoice| choice.choose(6, 12).unwrap();
    // DistilBERT's own list.
    assert_eq!(chosen(LayerChoice::EvenlySpaced), [0, 2, 4, 7, 9, 11]);
    assert_eq!(chosen(LayerChoice::EveryOther), [0, 2, 4, 6, 8, 10]);
    assert_eq!(chosen(LayerChoice::First), [0, 1, 2, 3, 4, 5]);
    assert_eq!(chosen(LayerChoice::Last), [6, 7, 8, 9, 10, 11]);
    let list = LayerChoice::Listed(vec![1, 2, 3, 5, 8, 11]);
    assert_eq!(chosen(list), [1, 2, 3, 5, 8, 11]);
}

#[test]
fn whatever_fits_is_in_rising_order_and_there() {
    for_each(depths(), |(student, teacher)| {
        for choice in [LayerChoice::EvenlySpaced, LayerChoice::First, LayerChoice::Last] {
            let layers = choice.choose(student, teacher).unwrap();
            assert_eq!(layers.len(), student, "{choice:?}");
            assert!(
                layers.windows(2).all(|pair| pair[0] < pair[1]),
                "{choice:?}: {layers:?}"
            );
            assert!(layers.iter().all(|&layer| layer < teacher), "{choice:?}: {layers:?}");
            // What was chosen can be written down as a list.
            assert_eq!(
                LayerChoice::Listed(layers.clone()).choose(student, teacher).unwrap(),
                layers
            );
        }
    });
}

#[test]
fn evenly_spaced_keeps_both_ends_and_no_gap_is_two_wider_than_another() {
    for_each(depths(), |(student, teacher)| {
        let layers = LayerChoice::EvenlySpaced.choose(student, teacher).unwrap();
        assert_eq!(layers[0], 0);
        if student > 1 {
            assert_eq!(layers[student - 1], teacher - 1);
            let gaps: Vec<usize> = layers.windows(2).map(|pair| pair[1] - pair[0]).collect();
            assert!(
                gaps.iter().max().unwrap() - gaps.iter().min().unwrap() <= 1,
                "{layers:?}"
            );
        }
    });
}

#[test]
fn every_other_reaches_as_far_as_it_goes() {
    assert_eq!(LayerChoice::EveryOther.choose(3, 5).unwrap(), [0, 2, 4]);
    assert_eq!(
        fault(LayerChoice::EveryOther, 4, 6),
        "LayerChoice: 4 of a teacher's 6 layers: every other is 3 of them; make the student of so many, or take `EvenlySpaced`"
    );
}

#[test]
fn by_similarity_no_choice_in_order_is_better() {
    let tables = depths().prop_filter("all choices are tried", |(_, teacher)| *teacher <= 8);
    let tables =
        tables.prop_flat_map(|(student, teacher)| vec(vec((-4..=16i32).prop_map(f64::from), teacher), student));
    for_each(tables, |table| {
        let (student, teacher) = (table.len(), table[0].len());
        let total = |layers: &[usize]| layers.iter().zip(&table).map(|(&layer, row)| row[layer]).sum::<f64>();
        let found = LayerChoice::BySimilarity(table.clone())
            .choose(student, teacher)
            .unwrap();
        let all = (0..1u32 << teacher).filter(|set| set.count_ones() as usize == student);
        let all = all.map(|set| {
            (0..teacher)
                .filter(|layer| set >> layer & 1 == 1)
                .collect::<Vec<usize>>()
        });
        let best = all.map(|layers| total(&layers)).fold(f64::NEG_INFINITY, f64::max);
        assert_eq!(total(&found), best);
        assert!(found.windows(2).all(|pair| pair[0] < pair[1]));

        let asked = LayerChoice::by_similarity(student, teacher, |k, layer| table[k][layer]);
        assert_eq!(asked.choose(student, teacher).unwrap(), found);
    });
}

#[test]
fn a_choice_is_a_value_in_a_file() {
    let choices = [
        (LayerChoice::EvenlySpaced, r#""evenly_spaced""#),
        (LayerChoice::EveryOther, r#""every_other""#),
        (LayerChoice::Listed(vec![0, 11]), r#"{"listed":[0,11]}"#),
    ];
    for (choice, json) in choices {
        assert_eq!(serde_json::to_string(&choice).unwrap(), json);
        assert_eq!(serde_json::from_str::<LayerChoice>(json).unwrap(), choice);
    }
}

#[test]
fn a_student_deeper_than_its_teacher_is_refused_by_every_choice() {
    let table = vec![vec![0.0; 2]; 3];
    let choices = [
        LayerChoice::EvenlySpaced,
        LayerChoice::EveryOther,
        LayerChoice::First,
        LayerChoice::Last,
        LayerChoice::Listed(vec![0, 1, 2]),
        LayerChoice::BySimilarity(table),
    ];
    for choice in choices {
        assert_eq!(
            fault(choice.clone(), 3, 2),
            "LayerChoice: 3 of a teacher's 2 layers: the teacher has no layer for each of the student's; make the student of at \
             most 2"
        );
        assert!(fault(choice, 0, 2).ends_with("give it at least one"));
    }
}

#[test]
fn a_list_that_does_not_fit_names_the_layer() {
    let faults = [
        (vec![0, 1, 4], "there is no layer 4; they are counted from 0 to 3"),
        (vec![0, 2, 2], "layer 2 is in the list [0, 2, 2] twice; name each once"),
        (
            vec![0, 3, 1],
            "layer 1 comes after layer 3 in the list [0, 3, 1]; sort it, for a later layer builds on an earlier one",
        ),
        (
            vec![0, 1],
            "the list [0, 1] has 2 of them; name one for each of the student's",
        ),
    ];
    for (list, expected) in faults {
        assert_eq!(
            fault(LayerChoice::Listed(list), 3, 4),
            format!("LayerChoice: 3 of a teacher's 4 layers: {expected}")
        );
    }
}

#[test]
fn a_table_that_does_not_fit_says_where() {
    let of = |table| fault(LayerChoice::BySimilarity(table), 2, 3);
    assert!(of(vec![vec![0.0; 3]]).contains("rows of [3] numbers; give a row for each"));
    assert!(of(vec![vec![0.0; 3], vec![0.0; 2]]).contains("rows of [3, 2] numbers"));
    let nan = vec![vec![0.0; 3], vec![0.0, f64::NAN, 0.0]];
    assert!(of(nan).contains("the student's layer 1 and the teacher's layer 1 is NaN"));
}
