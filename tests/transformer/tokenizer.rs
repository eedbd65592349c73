//! A tokenizer of BERT's kind, as its file says it, and what becomes of texts.

use kd::transformer::mlm::{MaskedTokensConfig, Packing, Tokens, Vocabulary};
use tokenizers::Tokenizer;

const WORDS: [&str; 14] = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "hor", "##se", "##s", "gall", "##op", "##ed", ".", "away",
];

fn tokenizer() -> Tokenizer {
    let vocabulary: Vec<String> = WORDS
        .iter()
        .enumerate()
        .map(|(id, word)| format!("{word:?}: {id}"))
        .collect();
    let special = WORDS[..5].iter().enumerate().map(|(id, word)| {
        format!(
            r#"{{"id": {id}, "content": {word:?}, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}}"#
        )
    });
    let json = format!(
        r###"{{
            "version": "1.0", "truncation": null, "padding": null, "post_processor": null, "decoder": null,
            "added_tokens": [{}],
            "normalizer": {{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}},
            "pre_tokenizer": {{"type": "BertPreTokenizer"}},
            "model": {{"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {{{}}}}}
        }}"###,
        special.collect::<Vec<_>>().join(", "),
        vocabulary.join(", ")
    );
    Tokenizer::from_bytes(json).unwrap()
}

/// What masking must know of a tokenizer that calls its tokens as BERT's do.
fn vocabulary(tokenizer: &Tokenizer) -> Vocabulary {
    let vocabulary = Vocabulary::bert(tokenizer.get_vocab_size(true), |token| tokenizer.token_to_id(token));
    vocabulary.expect("the tokenizer is BERT's")
}

/// Texts as sequences of at most `length` tokens, with their words.
fn sequences(tokenizer: &Tokenizer, texts: &[&str], length: usize) -> Vec<Tokens> {
    let encoded = texts.iter().map(|text| {
        // Without special tokens: `Packing` adds them.
        let encoding = tokenizer.encode(*text, false).expect("any text has tokens");
        Tokens::with_words(encoding.get_ids(), encoding.get_word_ids())
    });
    let encoded: Vec<Tokens> = encoded.collect();
    let packing = Packing::new(&vocabulary(tokenizer), length);
    packing.pack(&encoded).expect("there are texts, and none is framed")
}

fn numbers(words: &str) -> Vec<u32> {
    let number = |word: &str| WORDS.iter().position(|known| *known == word).unwrap() as u32;
    words.split(' ').map(number).collect()
}

#[test]
fn texts_are_packed_with_their_words() {
    let sequences = sequences(&tokenizer(), &["The horses galloped.", "Away!", "The horse"], 12);
    assert_eq!(
        sequences[0].ids(),
        numbers("[CLS] the hor ##se ##s gall ##op ##ed . [SEP] away [SEP]")
    );
    let continues = [
        false, false, false, true, true, false, true, true, false, false, false, false,
    ];
    assert_eq!(sequences[0].continues(), Some(&continues[..]));
    assert_eq!(sequences[1].ids(), numbers("[CLS] [UNK] [SEP] the hor ##se [SEP]"));
    assert_eq!(sequences.len(), 2);
}

#[test]
fn whole_words_are_hidden_and_the_tokenizers_vocabulary_is_the_models() {
    let tokenizer = tokenizer();
    let vocabulary = vocabulary(&tokenizer);
    vocabulary.check_model(WORDS.len()).unwrap();
    let sequences = sequences(&tokenizer, &["The horses galloped."], 12);
    let config = MaskedTokensConfig::new(12)
        .with_share(0.4)
        .with_mask(1.0)
        .with_random(0.0);
    let masked = config.with_whole_words(true).init(&vocabulary);
    let mut hidden = 0;
    for epoch in 0..50 {
        let ids = masked.sample(&sequences[0], epoch, 0).unwrap().ids;
        let mask = vocabulary.special().mask;
        for word in [1..2, 2..5, 5..8, 8..9] {
            let of_word = ids[word.clone()].iter().filter(|id| **id == mask).count();
            assert!(of_word == 0 || of_word == word.len(), "{ids:?}");
            hidden += usize::from(of_word > 0);
        }
    }
    // 200 words, and 0.4 of them within five standard deviations.
    assert!((45..=115).contains(&hidden), "{hidden}");
}

#[test]
fn a_text_encoded_with_special_tokens_would_have_them_twice() {
    let tokenizer = tokenizer();
    let framed = Tokens::new(numbers("[CLS] the [SEP]"));
    let error = Packing::new(&vocabulary(&tokenizer), 8).pack([&framed]).unwrap_err();
    assert!(error.to_string().contains("encode texts without them"), "{error}");
}
