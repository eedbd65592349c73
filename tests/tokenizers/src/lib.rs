//! From texts to masked sequences, with the crate `tokenizers` and on the host.

use kd_transformer::mlm::{Packing, Tokens, Vocabulary};
use tokenizers::Tokenizer;

/// What masking must know of a tokenizer that calls its tokens as BERT's do.
pub fn vocabulary(tokenizer: &Tokenizer) -> Vocabulary {
    let vocabulary = Vocabulary::bert(tokenizer.get_vocab_size(true), |token| tokenizer.token_to_id(token));
    vocabulary.expect("the tokenizer is BERT's")
}

/// Texts as sequences of at most `length` tokens, with their words.
pub fn sequences(tokenizer: &Tokenizer, texts: &[&str], length: usize) -> Vec<Tokens> {
    let encoded = texts.iter().map(|text| {
        // Without special tokens: `Packing` adds them.
        let encoding = tokenizer.encode(*text, false).expect("any text has tokens");
        Tokens::with_words(encoding.get_ids(), encoding.get_word_ids())
    });
    let encoded: Vec<Tokens> = encoded.collect();
    let packing = Packing::new(&vocabulary(tokenizer), length);
    packing.pack(&encoded).expect("there are texts, and none is framed")
}
