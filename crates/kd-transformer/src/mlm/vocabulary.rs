use std::collections::BTreeSet;

use kd_core::{Error, check};

/// The numbers of the tokens that are no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecialTokens {
    /// What stands where a token is hidden: `[MASK]`.
    pub mask: u32,
    /// What fills a sequence up: `[PAD]`.
    pub pad: u32,
    /// What a sequence begins with: `[CLS]`.
    pub begin: u32,
    /// What a sequence ends with, and what stands between two texts: `[SEP]`.
    pub end: u32,
    /// All others, such as `[UNK]`.
    pub others: Vec<u32>,
}

/// What masking must know of a tokenizer: how many tokens there are, and which of them are no text.
///
/// ```
/// use kd_transformer::mlm::{SpecialTokens, Vocabulary};
///
/// let special = SpecialTokens { mask: 103, pad: 0, begin: 101, end: 102, others: vec![100] };
/// let vocabulary = Vocabulary::new(30522, special)?;
/// vocabulary.check_model(30522)?;
///
/// let error = vocabulary.check_model(30528).unwrap_err().to_string();
/// assert!(error.ends_with("or say `padded_to(30528)` if the model's last rows are padding"), "{error}");
/// vocabulary.padded_to(30528)?.check_model(30528)?;
/// # Ok::<(), kd_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    size: usize,
    rows: usize,
    special: SpecialTokens,
    /// The numbers of all of them, rising.
    reserved: BTreeSet<u32>,
}

impl Vocabulary {
    /// Of so many tokens, added ones included, and these special ones.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the number of a special token is not below `size`, the mask is one of the others, or there are no
    /// tokens but the special ones.
    pub fn new(size: usize, special: SpecialTokens) -> Result<Self, Error> {
        let SpecialTokens {
            mask, pad, begin, end, ..
        } = special;
        let with_names = [("mask", mask), ("pad", pad), ("begin", begin), ("end", end)];
        let others = special.others.iter().map(|&other| ("others", other));
        let invalid = |name, number, expected| Error::InvalidValue {
            owner: "Vocabulary",
            name,
            value: f64::from(number),
            expected,
        };
        for (name, number) in with_names.into_iter().chain(others) {
            if number as usize >= size {
                return Err(invalid(
                    name,
                    number,
                    "below the number of tokens; count added tokens as well",
                ));
            }
            if name != "mask" && number == mask {
                return Err(invalid(
                    name,
                    number,
                    "another token than the mask, which is a question and nothing else",
                ));
            }
        }
        let reserved: BTreeSet<u32> = [mask, pad, begin, end]
            .into_iter()
            .chain(special.others.iter().copied())
            .collect();
        check::count(
            "Vocabulary",
            "the number of tokens that are text",
            size - reserved.len(),
        )?;
        Ok(Self {
            size,
            rows: size,
            special,
            reserved,
        })
    }

    /// As BERT's tokenizers call them: `[MASK]`, `[PAD]`, `[CLS]`, `[SEP]` and `[UNK]`. `number` gives a token's number, as
    /// `token_to_id` does.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownToken`] if it has no such token, and those of [`new`](Self::new).
    pub fn bert(size: usize, number: impl Fn(&str) -> Option<u32>) -> Result<Self, Error> {
        Self::named(size, number, ["[MASK]", "[PAD]", "[CLS]", "[SEP]", "[UNK]"])
    }

    /// As RoBERTa's tokenizers call them: `<mask>`, `<pad>`, `<s>`, `</s>` and `<unk>`.
    ///
    /// # Errors
    ///
    /// Those of [`bert`](Self::bert).
    pub fn roberta(size: usize, number: impl Fn(&str) -> Option<u32>) -> Result<Self, Error> {
        Self::named(size, number, ["<mask>", "<pad>", "<s>", "</s>", "<unk>"])
    }

    fn named(size: usize, number: impl Fn(&str) -> Option<u32>, names: [&str; 5]) -> Result<Self, Error> {
        let of = |name: &str| number(name).ok_or_else(|| Error::UnknownToken { name: name.into() });
        let [mask, pad, begin, end, unknown] = names;
        let special = SpecialTokens {
            mask: of(mask)?,
            pad: of(pad)?,
            begin: of(begin)?,
            end: of(end)?,
            others: vec![of(unknown)?],
        };
        Self::new(size, special)
    }

    /// For a model whose embedding has more rows than there are tokens, as some round up to a multiple of 8 or 64. No such row is
    /// ever drawn or asked for.
    ///
    /// # Errors
    ///
    /// [`Error::OtherVocabulary`] if there are fewer rows than tokens.
    pub fn padded_to(self, rows: usize) -> Result<Self, Error> {
        if rows < self.size {
            return Err(self.unlike(rows));
        }
        Ok(Self { rows, ..self })
    }

    /// That a model's embedding has as many rows as this says.
    ///
    /// # Errors
    ///
    /// [`Error::OtherVocabulary`] otherwise, or [`Error::InvalidValue`] if it is [`padded_to`](Self::padded_to) that is not so.
    pub fn check_model(&self, rows: usize) -> Result<(), Error> {
        if rows == self.rows {
            Ok(())
        } else if rows == self.size {
            Err(Error::InvalidValue {
                owner: "Vocabulary",
                name: "padded_to",
                value: self.rows as f64,
                expected: "left out, for the model has a row for each token and none more",
            })
        } else {
            Err(self.unlike(rows))
        }
    }

    /// How many tokens there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The tokens that are no text.
    pub fn special(&self) -> &SpecialTokens {
        &self.special
    }

    /// Whether this token is no text.
    pub fn is_special(&self, token: u32) -> bool {
        self.reserved.contains(&token)
    }

    /// How many tokens are text.
    pub(super) fn ordinary(&self) -> u32 {
        (self.size - self.reserved.len()) as u32
    }

    /// The token that is text and has so many of these before it.
    pub(super) fn ordinary_token(&self, place: u32) -> u32 {
        self.reserved
            .iter()
            .fold(place, |token, &special| token + u32::from(special <= token))
    }

    fn unlike(&self, model: usize) -> Error {
        Error::OtherVocabulary {
            tokenizer: self.size,
            model,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_tokens_are_all_that_are_not_special() {
        let special = SpecialTokens {
            mask: 4,
            pad: 0,
            begin: 2,
            end: 3,
            others: vec![9, 6],
        };
        let vocabulary = Vocabulary::new(10, special).unwrap();
        let ordinary: Vec<u32> = (0..vocabulary.ordinary())
            .map(|place| vocabulary.ordinary_token(place))
            .collect();
        assert_eq!(ordinary, [1, 5, 7, 8]);
        assert!(ordinary.iter().all(|&token| !vocabulary.is_special(token)));
    }
}
