//! Masks for masked language modelling: never where they must not be, and always the same.

use kd::transformer::mlm::{MaskedTokens, MaskedTokensConfig, SpecialTokens, Tokens, Vocabulary};
use kd_testkit::{device, for_each};
use proptest::{collection::vec, prelude::*};

pub const SIZE: usize = 1000;
pub const SPECIAL: [u32; 6] = [0, 100, 101, 102, 103, 999];
pub const MASK: u32 = 103;

pub fn vocabulary() -> Vocabulary {
    let special = SpecialTokens {
        mask: MASK,
        pad: 0,
        begin: 101,
        end: 102,
        others: vec![100, 999],
    };
    Vocabulary::new(SIZE, special).unwrap()
}

pub fn config() -> MaskedTokensConfig {
    MaskedTokensConfig::new(128).with_seed(7)
}

pub fn masked() -> MaskedTokens {
    config().init(&vocabulary())
}

/// A sequence that is full of text, and framed.
pub fn text(number: usize) -> Tokens {
    let inside = (0..126).map(|place| 110 + ((number * 131 + place * 17) % 800) as u32);
    Tokens::new([101].into_iter().chain(inside).chain([102]).collect::<Vec<u32>>())
}

/// Any sequence of special tokens and text, with at least one token that is text.
fn any_sequence() -> impl Strategy<Value = Tokens> {
    let ids = vec(
        prop_oneof![3 => 104..999u32, 1 => proptest::sample::select(&SPECIAL)],
        1..128,
    );
    let ids = ids.prop_filter("there is text", |ids| ids.iter().any(|id| !SPECIAL.contains(id)));
    (ids, vec(0..3u32, 128)).prop_map(|(ids, steps)| {
        let words = steps.iter().scan(0, |word, step| {
            *word += u32::from(*step == 0);
            Some(Some(*word))
        });
        let words: Vec<Option<u32>> = words.take(ids.len()).collect();
        Tokens::with_words(ids, &words)
    })
}

#[test]
fn special_tokens_are_neither_asked_for_nor_put_in_and_the_rest_is_as_it_was() {
    for_each(
        (any_sequence(), any::<bool>(), 0..5usize, 0..1000usize),
        |(tokens, whole_words, epoch, number)| {
            let masked = config()
                .with_whole_words(whole_words)
                .with_share(0.5)
                .init(&vocabulary());
            let sample = masked.sample(&tokens, epoch, number).unwrap();
            assert_eq!((sample.ids.len(), sample.asked.len()), (tokens.len(), tokens.len()));
            for ((&token, &shown), &asked) in tokens.ids().iter().zip(&sample.ids).zip(&sample.asked) {
                if SPECIAL.contains(&token) {
                    assert!(!asked);
                }
                if asked {
                    assert!(shown == MASK || !SPECIAL.contains(&shown));
                } else {
                    assert_eq!(shown, token);
                }
            }
            let asked = sample.asked.iter().filter(|asked| **asked).count();
            assert!(asked > 0);
        },
    );
}

#[test]
fn masks_do_not_depend_on_the_batch_and_change_with_seed_epoch_and_number() {
    for_each((any_sequence(), 0..9usize, 0..99usize), |(tokens, epoch, number)| {
        let once = masked().sample(&tokens, epoch, number).unwrap();
        assert_eq!(masked().sample(&tokens, epoch, number).unwrap(), once);
    });
    let (tokens, of) = (text(0), |seed, epoch, number| {
        config()
            .with_seed(seed)
            .init(&vocabulary())
            .sample(&text(0), epoch, number)
            .unwrap()
    });
    let once = masked().sample(&tokens, 2, 5).unwrap();
    assert_eq!(of(7, 2, 5), once);
    for other in [of(8, 2, 5), of(7, 3, 5), of(7, 2, 6), of(7, 5, 2)] {
        assert_ne!(other, once);
    }
}

#[test]
fn a_batch_is_its_samples_padded() {
    let (device, masked) = (device(), masked());
    let short = Tokens::new([101, 200, 201, 202, 203, 102]);
    let texts = [text(0), short, text(2)];
    let order = [(2, &texts[2]), (0, &texts[0]), (1, &texts[1])];
    let batch = masked.batch(&order, 4, &device).unwrap();
    assert_eq!(batch.input_ids.dims(), [3, 128]);

    let ids: Vec<i64> = batch.input_ids.into_data().iter::<i64>().collect();
    let tokens: Vec<i64> = batch.targets.tokens.into_data().iter::<i64>().collect();
    let asked: Vec<bool> = batch.targets.asked.into_data().iter::<bool>().collect();
    let there: Vec<bool> = batch.attended.into_data().iter::<bool>().collect();
    for (row, (number, text)) in order.into_iter().enumerate() {
        let alone = masked.sample(text, 4, number).unwrap();
        let (from, to) = (row * 128, row * 128 + text.len());
        assert!(
            ids[from..to]
                .iter()
                .zip(&alone.ids)
                .all(|(&id, &expected)| id == i64::from(expected))
        );
        assert!(
            tokens[from..to]
                .iter()
                .zip(text.ids())
                .all(|(&id, &expected)| id == i64::from(expected))
        );
        assert_eq!(asked[from..to], alone.asked);
        assert!(there[from..to].iter().all(|there| *there));
        let padding = to..(row + 1) * 128;
        assert!(
            padding
                .clone()
                .all(|place| !there[place] && !asked[place] && ids[place] == 0)
        );
        assert_eq!(padding.len(), 128 - text.len());
    }
}
