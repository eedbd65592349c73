//! What cannot be masked is said, with the sample that it is.

use kd::{
    Error,
    transformer::mlm::{MaskedTokensConfig, SpecialTokens, Tokens, Vocabulary},
};
use kd_testkit::device;

fn special() -> SpecialTokens {
    SpecialTokens {
        mask: 4,
        pad: 0,
        begin: 2,
        end: 3,
        others: vec![1],
    }
}

fn vocabulary() -> Vocabulary {
    Vocabulary::new(100, special()).unwrap()
}

fn fault<T>(result: Result<T, Error>) -> String {
    result.err().expect("this is refused").to_string()
}

#[test]
fn what_cannot_be_masked_is_named() {
    let config = MaskedTokensConfig::new(8);
    let masked = config.init(&vocabulary());
    let cases = [
        (
            vec![2, 3],
            "has no token that is text, so there is nothing to ask for; leave it out",
        ),
        (
            vec![10; 9],
            "has 9 tokens, and a sequence may have 8; cut it with `Packing`, or raise `length`, if the model has as many positions",
        ),
        (
            vec![2, 10, 100, 3],
            "has token 100 at place 2, and the vocabulary ends with 99; encode it with the tokenizer of the model",
        ),
    ];
    for (ids, expected) in cases {
        let (good, bad) = (Tokens::new([2, 10, 3]), Tokens::new(ids));
        let batch = masked.batch(&[(0, &good), (17, &bad)], 0, &device());
        assert_eq!(fault(batch), format!("MaskedTokens: sample 17 {expected}"));
    }
    let words = config.with_whole_words(true).init(&vocabulary());
    assert_eq!(
        fault(words.sample(&Tokens::new([2, 10, 3]), 0, 5)),
        "MaskedTokens: sample 5 has no words, and whole words are to be hidden; give them by `Tokens::with_words`"
    );
    assert_eq!(
        fault(masked.batch(&[], 0, &device())),
        "MaskedTokens: the number of samples in the batch is 0, but must be at least 1"
    );
}

#[test]
fn shares_that_ask_for_nothing_or_for_everything_are_refused() {
    let said = |config: MaskedTokensConfig| fault(config.try_init(&vocabulary()));
    let config = || MaskedTokensConfig::new(8);
    for share in [0.0, 1.0, -0.1, f64::NAN] {
        let said = said(config().with_share(share));
        assert!(
            said.starts_with(&format!(
                "MaskedTokensConfig: share is {share}, but must be above 0 and below 1"
            )),
            "{said}"
        );
    }
    assert!(said(config().with_mask(1.1)).contains("mask is 1.1"));
    assert!(said(config().with_random(f64::NAN)).contains("random is NaN"));
    assert!(said(config().with_random(0.3)).contains("mask + random is 1.1, but must be at most 1"));
    assert!(said(MaskedTokensConfig::new(0)).contains("length is 0, but must be at least 1"));
    assert!(config().with_mask(0.0).with_random(0.0).try_init(&vocabulary()).is_ok());
}

#[test]
fn a_vocabulary_that_contradicts_itself_is_refused() {
    let said = |size, change: fn(&mut SpecialTokens)| {
        let mut special = special();
        change(&mut special);
        fault(Vocabulary::new(size, special))
    };
    assert_eq!(
        said(4, |_| {}),
        "Vocabulary: mask is 4, but must be below the number of tokens; count added tokens as well"
    );
    assert!(said(100, |special| special.others.push(100)).contains("others is 100"));
    assert!(said(100, |special| special.pad = 4).contains("pad is 4, but must be another token than the mask"));
    assert!(said(5, |_| {}).contains("the number of tokens that are text is 0"));
}

#[test]
fn a_tokenizer_without_the_special_tokens_is_refused() {
    let names = ["<pad>", "<unk>", "<s>", "</s>", "<mask>"];
    let number = |token: &str| names.iter().position(|name| *name == token).map(|number| number as u32);
    assert_eq!(*Vocabulary::roberta(100, number).unwrap().special(), special());
    assert_eq!(
        fault(Vocabulary::bert(100, number)),
        "the tokenizer has no token '[MASK]'; take the one that the model was trained with, or give the numbers of its special \
         tokens with `Vocabulary::new`"
    );
}

#[test]
fn a_vocabulary_of_another_size_than_the_models_is_refused() {
    let vocabulary = vocabulary();
    vocabulary.check_model(100).unwrap();
    assert_eq!(
        fault(vocabulary.check_model(96)),
        "the tokenizer has 100 tokens and the model 96; take the tokenizer that the model was trained with"
    );
    assert_eq!(
        fault(vocabulary.check_model(128)),
        "the tokenizer has 100 tokens and the model 128; take the tokenizer that the model was trained with, or say \
         `padded_to(128)` if the model's last rows are padding"
    );
    let padded = vocabulary.clone().padded_to(128).unwrap();
    padded.check_model(128).unwrap();
    assert_eq!(
        fault(padded.check_model(100)),
        "Vocabulary: padded_to is 128, but must be left out, for the model has a row for each token and none more"
    );
    assert!(fault(padded.check_model(96)).starts_with("the tokenizer has 100 tokens and the model 96"));
    assert!(vocabulary.padded_to(99).is_err());
    // What is padding is no token.
    let masked = MaskedTokensConfig::new(8).init(&padded);
    assert!(fault(masked.sample(&Tokens::new([2, 100, 3]), 0, 0)).contains("the vocabulary ends with 99"));
}
