//! The average in a file: it goes on where it was, or says why not.

use std::{fs, path::PathBuf};

use burn::{module::Module, nn::LinearConfig};
use kd::self_distillation::{Ema, EmaConfig};
use kd_testkit::{contents, device};

use crate::{ema_teacher::trained, folder::Folder, network::Network};

#[test]
fn it_goes_on_where_it_was_saved_to_the_bit() {
    let device = device().autodiff();
    let folder = Folder::new("ema-saved");
    let file = folder.file("ema.bpk");
    let config = EmaConfig::new();
    let mut ema = config.init(&Network::new(&device));
    for _ in 0..3 {
        ema.update(&trained(&device));
    }
    ema.save(&file).unwrap();
    assert_eq!(folder.files(), 1, "nothing is left beside it");

    let mut again = config.init(&Network::new(&device));
    again.load(&file).unwrap();
    assert_eq!(again.step(), 3);
    assert_eq!(contents(again.module()), contents(ema.module()));
    assert!(!again.module().inner.weight.val().is_autodiff());

    // The warm-up goes on as well.
    let student = trained(&device);
    ema.update(&student);
    again.update(&student);
    assert_eq!(contents(again.module()), contents(ema.module()));
}

#[test]
fn a_file_that_does_not_fit_changes_nothing_and_says_why() {
    let device = device();
    let folder = Folder::new("ema-bad");
    let (file, missing) = (folder.file("ema.bpk"), folder.file("missing/ema.bpk"));
    let linear = |width: usize, bias: bool| LinearConfig::new(3, width).with_bias(bias).init(&device);
    let told = |ema: &mut Ema<burn::nn::Linear>, path: &PathBuf, words: &str| {
        let before = contents(ema.module());
        let message = ema.load(path).unwrap_err().to_string();
        assert!(message.contains("ema.bpk") && message.contains(words), "{message}");
        assert_eq!((before, ema.step()), (contents(ema.module()), 1));
    };
    let mut ema = EmaConfig::new().init(&linear(4, true));
    ema.update(&linear(4, true));

    told(&mut ema, &missing, "cannot read");

    EmaConfig::new().init(&linear(5, true)).save(&file).unwrap();
    let no_folder = file.join("ema.bpk");
    assert!(
        ema.save(&no_folder)
            .unwrap_err()
            .to_string()
            .starts_with("cannot write")
    );
    for words in ["average.weight: shape mismatch", "[3, 4]", "[3, 5]"] {
        told(&mut ema, &file, words);
    }
    EmaConfig::new().init(&linear(4, false)).save(&file).unwrap();
    told(&mut ema, &file, "average.bias");
    linear(4, true).into_record().save(&file).unwrap();
    told(&mut ema, &file, "does not fit this network");

    ema.save(&file).unwrap();
    let whole = fs::read(&file).unwrap();
    for length in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&file, &whole[..length]).unwrap();
        told(&mut ema, &file, "is not a valid record of a network");
    }
}
