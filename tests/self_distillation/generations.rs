//! Generations on disk, what is said where one is missing or another's, and all of them as one teacher.

use std::fs;

use burn::{
    module::Module,
    tensor::{Tensor, TensorData},
};
use kd::{
    Error, Teacher,
    ensemble::Ensemble,
    prelude::*,
    rows::{log_mean_probs, soften},
    self_distillation::Generations,
};
use kd_testkit::{assert_close, contents, device, laws, read, within};

use crate::{
    folder::Folder,
    network::{Network, input, step},
};

#[test]
fn a_run_goes_on_after_the_latest() {
    let device = device().autodiff();
    let folder = Folder::new("generations-resumed");
    let kd = SoftLabelLossConfig::new().init();
    let mut trained = Vec::new();
    // Stops after two generations, and then is started again.
    for last in [2, 4] {
        let generations = Generations::in_folder(folder.file("kept")).unwrap();
        for k in generations.next_number().unwrap()..last {
            let student = Network::new(&device);
            let x = input(&device);
            let said = student.forward(x.clone());
            let loss = match k.checked_sub(1) {
                Some(before) => {
                    let before = generations.load(before, &student).unwrap();
                    assert_eq!(contents(&before), trained[k - 1]);
                    kd.forward(said, Frozen::new(before, Network::forward).teach(x))
                }
                None => said.square().mean(),
            };
            let student = step(student, loss);
            generations.save(k, &student).unwrap();
            trained.push(contents(&student.valid()));
        }
    }
    let generations = Generations::in_folder(folder.file("kept")).unwrap();
    assert_eq!(generations.numbers().unwrap(), [0, 1, 2, 3]);
    assert_eq!(generations.latest().unwrap(), Some(3));
    let all = generations.load_all(&Network::new(&device)).unwrap();
    assert_eq!(all.iter().map(contents).collect::<Vec<_>>(), trained);
}

/// Neither the network that says what it should look like, nor, where it is one that is in training, its statistics.
#[test]
fn loading_changes_nothing_but_what_is_loaded() {
    let device = device().autodiff();
    let folder = Folder::new("generations-like");
    let generations = Generations::in_folder(&folder).unwrap();
    let network = Network::new(&device);
    let (loss, like) = (network.forward(input(&device)).square().mean(), Network::new(&device));
    generations.save(0, &step(network, loss)).unwrap();
    let before = (contents(&like), like.tracked());
    let loaded = generations.load(0, &like).unwrap();
    assert_ne!(contents(&loaded), before.0);
    assert_eq!((contents(&like), like.tracked()), before);
    assert!(loaded.tracked().iter().all(|&tracked| !tracked));
    // It may learn on.
    assert!(loaded.train().tracked().iter().any(|&tracked| tracked));

    let narrow = Network::of_width(8, &device);
    let before = contents(&narrow);
    generations.load(0, &narrow).unwrap_err();
    assert_eq!(contents(&narrow), before);
}

#[test]
fn a_generation_never_changes_within_a_step() {
    let device = device().autodiff();
    let folder = Folder::new("generations-frozen");
    let generations = Generations::in_folder(&folder).unwrap();
    generations.save(0, &Network::new(&device)).unwrap();
    let loaded = generations.load(0, &Network::new(&device)).unwrap();
    let teacher = Frozen::new(loaded, Network::forward);
    let kd = SoftLabelLossConfig::new().init();
    laws::a_teacher_never_changes(teacher.module(), || {
        let (student, x) = (Network::new(&device), input(&device));
        let loss = kd.forward(student.forward(x.clone()), teacher.teach(x));
        step(student, loss);
    });
}

#[test]
fn a_missing_generation_is_named_with_those_that_there_are() {
    let device = device();
    let place = Folder::new("generations-missing");
    let folder = place.file("kept");
    let generations = Generations::in_folder(&folder).unwrap();
    let network = Network::new(&device);
    let told = |error: Error, words: &str| {
        let message = error.to_string();
        assert!(
            message.contains("generation-2.bpk") && message.contains(words),
            "{message}"
        );
    };
    assert_eq!(
        (generations.latest().unwrap(), generations.next_number().unwrap()),
        (None, 0)
    );
    told(generations.load(2, &network).unwrap_err(), "generations there: none");
    for number in [10, 0, 9] {
        generations.save(number, &network).unwrap();
    }
    for other in [
        "generation-x.bpk",
        "generation-01.bpk",
        "generation-+1.bpk",
        "notes.txt",
        ".tmp123",
    ] {
        fs::write(folder.join(other), "").unwrap();
    }
    assert_eq!(generations.next_number().unwrap(), 11);
    told(
        generations.load(2, &network).unwrap_err(),
        "generations there: 0, 9, 10.",
    );

    fs::write(generations.file(2), "half a fi").unwrap();
    told(
        generations.load(2, &network).unwrap_err(),
        "is not a valid record of a network",
    );
    generations.save(2, &Network::of_width(8, &device)).unwrap();
    let error = || generations.load(2, &network).unwrap_err();
    for words in [
        "does not fit this network",
        "inner.weight: shape mismatch",
        "[6, 16]",
        "[6, 8]",
    ] {
        told(error(), words);
    }

    fs::remove_dir_all(&folder).unwrap();
    assert!(matches!(generations.numbers().unwrap_err(), Error::Read { .. }));
    fs::write(&folder, "a file").unwrap();
    told(generations.save(2, &network).unwrap_err(), "cannot write");
    assert!(matches!(
        Generations::in_folder(&folder).unwrap_err(),
        Error::Write { .. }
    ));
}

/// The ensemble of what was kept against the mean in f64 of what each network says.
#[test]
fn all_generations_are_an_ensemble() {
    let device = device().autodiff();
    let folder = Folder::new("generations-together");
    let generations = Generations::in_folder(folder.file("kept")).unwrap();
    let networks: Vec<Network> = (0..3).map(|_| Network::new(&device).valid()).collect();
    for (number, network) in networks.iter().enumerate() {
        generations.save(number, network).unwrap();
    }
    let x = input(&device) * 4.0;
    let each: Vec<Vec<f64>> = networks
        .iter()
        .map(|network| read(soften(network.forward(x.clone().without_autodiff()), 1.0)))
        .collect();
    let expected: Vec<f64> = (0..each[0].len())
        .map(|place| each.iter().map(|probs| probs[place]).sum::<f64>() / 3.0)
        .collect();

    let members = generations.load_all(&Network::new(&device)).unwrap();
    let ensemble = Ensemble::new(members.into_iter().map(|n| Frozen::new(n, Network::forward)));
    assert_eq!(ensemble.members().len(), 3);
    let taught = ensemble.teach(x.require_grad());
    assert!(!taught.is_autodiff());
    assert_close("probabilities", &read(taught.exp()), &expected, within(1e-6));
}

/// Probabilities that no f32 holds have logarithms, and classes that nobody knows have no gradient that is not a number.
#[test]
fn a_mean_of_probabilities_beyond_what_numbers_hold() {
    let device = device().autodiff();
    let tensor = |rows: [[f32; 3]; 2]| Tensor::<2>::from_data(TensorData::from(rows), &device);
    let none = f32::NEG_INFINITY;
    let sure = tensor([[1000.0, 0.0, none], [0.0, none, none]]).require_grad();
    let other = tensor([[900.0, 0.0, none], [0.0, 0.0, none]]).require_grad();
    let log_probs = log_mean_probs(vec![sure.clone(), other.clone()]);
    let ln2 = 2f64.ln();
    // ½ · (e⁻¹⁰⁰⁰ + e⁻⁹⁰⁰) is e⁻⁹⁰⁰ / 2 to all digits; ½ · (1 + ½) and ½ · (0 + ½).
    let expected = [
        0.0,
        -900.0 - ln2,
        f64::NEG_INFINITY,
        0.75f64.ln(),
        0.25f64.ln(),
        f64::NEG_INFINITY,
    ];
    for (found, expected) in read(log_probs.clone()).into_iter().zip(expected) {
        assert!(
            found == expected || (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
            "{found} and not {expected}"
        );
    }

    // Of log p at class 1 of row 1, by hand: p = (1 − softmax) · ½ · ½ / ¼ of the second member, and nothing of the first.
    let gradients = log_probs.slice([1..2, 1..2]).sum().backward();
    assert_eq!(read(sure.grad(&gradients).unwrap()), [0.0; 6]);
    let gradient = read(other.grad(&gradients).unwrap());
    assert_close("gradient", &gradient, &[0.0, 0.0, 0.0, -0.5, 0.5, 0.0], within(1e-6));
}

/// Even where another member rules the class out.
#[test]
fn what_is_not_a_number_is_no_mean() {
    let rows = |first: [f32; 2]| Tensor::<2>::from_floats([first, [0.0, 0.0]], &device());
    let mean = log_mean_probs(vec![rows([f32::NAN, 0.0]), rows([0.0, f32::NEG_INFINITY])]);
    let mean = read(mean);
    assert!(mean[0].is_nan() && mean[1].is_nan());
    assert_close("the other row", &mean[2..], &[-(2f64.ln()); 2], within(1e-6));
}

#[test]
#[should_panic(expected = "member 0 has shape [2, 3] and member 1 [2, 4]")]
fn members_that_know_other_classes_panic() {
    let logits = |classes| Tensor::<2>::zeros([2, classes], &device());
    log_mean_probs(vec![logits(3), logits(4)]);
}
