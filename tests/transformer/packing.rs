//! Texts as sequences of one length.

use kd::transformer::mlm::{Packing, SpecialTokens, Tokens, Vocabulary};
use kd_testkit::for_each;
use proptest::{collection::vec, prelude::*};

const BEGIN: u32 = 2;
const END: u32 = 3;

fn vocabulary() -> Vocabulary {
    let special = SpecialTokens {
        mask: 4,
        pad: 0,
        begin: BEGIN,
        end: END,
        others: vec![1],
    };
    Vocabulary::new(100, special).unwrap()
}

fn packing(length: usize) -> Packing {
    Packing::new(&vocabulary(), length)
}

/// Texts whose words have one token, or go on for some; some are empty, and at least one is not.
fn texts() -> impl Strategy<Value = Vec<Tokens>> {
    let text = vec((5..100u32, 0..4u32), 0..30).prop_map(|tokens| {
        let mut word = 0;
        let words = tokens.iter().map(|(_, new)| {
            word += u32::from(*new == 0);
            Some(word)
        });
        let words: Vec<Option<u32>> = words.collect();
        let ids: Vec<u32> = tokens.iter().map(|(id, _)| *id).collect();
        Tokens::with_words(ids, &words)
    });
    vec(text, 1..8).prop_filter("a text is not empty", |texts| texts.iter().any(|text| !text.is_empty()))
}

/// Every token of a text, and whether it goes on with a word.
fn all(texts: &[Tokens]) -> Vec<(u32, bool)> {
    let tokens = texts.iter().flat_map(|text| {
        let continues = text.continues().unwrap().iter().copied();
        text.ids().iter().copied().zip(continues)
    });
    tokens.filter(|(id, _)| *id != BEGIN && *id != END).collect()
}

#[test]
fn packing_loses_nothing_and_fills_sequences() {
    for_each((texts(), 3..24usize), |(texts, length)| {
        let sequences = packing(length).pack(&texts).unwrap();
        assert_eq!(all(&sequences), all(&texts));
        for (place, sequence) in sequences.iter().enumerate() {
            let ids = sequence.ids();
            assert!(ids.len() <= length, "{ids:?}");
            assert_eq!((ids[0], ids[ids.len() - 1]), (BEGIN, END));
            // Where there is room for a token only, a separator and a token did not fit.
            assert!(ids.len() + 1 >= length || place + 1 == sequences.len(), "{ids:?}");
            let inside = &ids[1..ids.len() - 1];
            assert!(inside[0] != END && inside[inside.len() - 1] != END, "{ids:?}");
            assert!(!inside.contains(&BEGIN));
        }
        let separators: usize = sequences
            .iter()
            .map(|sequence| sequence.ids()[1..].iter().filter(|&&id| id == END).count() - 1)
            .sum();
        assert!(separators < texts.iter().filter(|text| !text.is_empty()).count());
    });
}

#[test]
fn one_each_frames_every_text() {
    for_each(texts(), |texts| {
        let texts: Vec<Tokens> = texts.into_iter().filter(|text| !text.is_empty()).collect();
        let sequences = packing(32).one_each(&texts).unwrap();
        assert_eq!(sequences.len(), texts.len());
        for (sequence, text) in sequences.iter().zip(&texts) {
            assert_eq!(*sequence.ids(), [&[BEGIN][..], text.ids(), &[END]].concat());
            assert_eq!(
                sequence.continues().unwrap()[1..=text.len()],
                *text.continues().unwrap()
            );
        }
    });
}

#[test]
fn words_are_known_where_those_of_all_texts_in_a_sequence_are() {
    let (with, without) = (
        Tokens::with_words([10, 11], &[Some(0), Some(0)]),
        Tokens::new([20, 21, 22]),
    );
    let sequences = packing(5).pack([&with, &without, &with]).unwrap();
    let ids: Vec<&[u32]> = sequences.iter().map(Tokens::ids).collect();
    assert_eq!(
        ids,
        [
            &[BEGIN, 10, 11, END][..],
            &[BEGIN, 20, 21, 22, END],
            &[BEGIN, 10, 11, END]
        ]
    );
    let known: Vec<bool> = sequences
        .iter()
        .map(|sequence| sequence.continues().is_some())
        .collect();
    assert_eq!(known, [true, false, true]);
    let sequences = packing(9).pack([&with, &without]).unwrap();
    assert_eq!(sequences[0].continues(), None);
}

fn fault<T>(result: Result<T, kd::Error>) -> String {
    result.err().expect("this is refused").to_string()
}

#[test]
fn a_text_longer_than_the_positions_is_named() {
    let texts = [Tokens::new([10; 6]), Tokens::new([10; 7])];
    assert_eq!(
        fault(packing(8).one_each(&texts)),
        "Packing: sample 1 has 7 tokens, and between the special ones of a sequence of 8 there is room for 6; cut it, or let `pack` \
         do so"
    );
    assert_eq!(packing(8).pack(&texts).unwrap().len(), 3);
}

#[test]
fn an_empty_corpus_is_refused() {
    let none: [Tokens; 0] = [];
    let empty = [Tokens::new([]), Tokens::new([])];
    let no_text = "Packing: the number of texts is 0, but must be at least 1";
    assert_eq!(fault(packing(8).pack(&none)), no_text);
    assert_eq!(fault(packing(8).one_each(&none)), no_text);
    assert_eq!(
        fault(packing(8).pack(&empty)),
        "Packing: the number of tokens in all texts is 0, but must be at least 1"
    );
    assert_eq!(
        fault(packing(8).one_each(&empty)),
        "Packing: sample 0 has no tokens; leave it out"
    );
}

#[test]
fn a_text_that_is_framed_already_is_refused() {
    for framed in [[BEGIN, 10], [10, END]] {
        let texts = [Tokens::new([10]), Tokens::new(framed)];
        let expected =
            "Packing: sample 1 has its special tokens already; encode texts without them, as `Packing` adds them";
        assert_eq!(fault(packing(8).pack(&texts)), expected);
        assert_eq!(fault(packing(8).one_each(&texts)), expected);
    }
}

#[test]
#[should_panic(expected = "Packing: length is 2, but must be at least 3")]
fn there_must_be_room_between_the_frame() {
    let _ = packing(2);
}

#[test]
#[should_panic(expected = "Tokens: there are 2 tokens and words for 1")]
fn a_word_for_each_token() {
    let _ = Tokens::with_words([1, 2], &[None]);
}
