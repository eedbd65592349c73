use kd_core::{Error, seed_for};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{MaskedTokens, Tokens};

/// A sequence with some of its tokens hidden, on the host and not padded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MaskedSample {
    /// What the model reads.
    pub ids: Vec<u32>,
    /// Which tokens it is asked for.
    pub asked: Vec<bool>,
}

/// What the same seed means here, and not elsewhere.
const PURPOSE: usize = 0x6d6c6d;

impl MaskedTokens {
    /// The sequence with this number, as the model reads it in this epoch.
    ///
    /// # Errors
    ///
    /// [`Error::Sample`], which names the number, if the sequence has no token that is text, is longer than it may be, has a token
    /// that is not in the vocabulary, or its words are not known and whole ones are to be hidden.
    pub fn sample(&self, tokens: &Tokens, epoch: usize, sample: usize) -> Result<MaskedSample, Error> {
        let units = self.units(tokens).map_err(|reason| Error::Sample {
            owner: "MaskedTokens",
            sample,
            reason,
        })?;
        let mut random = StdRng::from_seed(seed_for(self.config.seed as u64, &[PURPOSE, epoch, sample]));
        let mut masked = MaskedSample {
            ids: tokens.ids().to_vec(),
            asked: vec![false; tokens.len()],
        };
        for (unit, chosen) in units.iter().zip(self.chosen(units.len(), &mut random)) {
            for &place in unit.iter().filter(|_| chosen) {
                masked.asked[place] = true;
                masked.ids[place] = self.shown(tokens.ids()[place], &mut random);
            }
        }
        Ok(masked)
    }

    /// The places of what is hidden together: a token, or all tokens of a word.
    fn units(&self, tokens: &Tokens) -> Result<Vec<Vec<usize>>, String> {
        let (length, size) = (self.config.length, self.vocabulary.size());
        if tokens.len() > length {
            return Err(format!(
                "has {} tokens, and a sequence may have {length}; cut it with `Packing`, or raise `length`, if the model has as many \
                 positions",
                tokens.len()
            ));
        }
        let unknown = tokens.ids().iter().position(|&token| token as usize >= size);
        if let Some(place) = unknown {
            return Err(format!(
                "has token {} at place {place}, and the vocabulary ends with {}; encode it with the tokenizer of the model",
                tokens.ids()[place],
                size - 1
            ));
        }
        let continues = match (self.config.whole_words, tokens.continues()) {
            (false, _) => None,
            (true, Some(continues)) => Some(continues),
            (true, None) => {
                return Err("has no words, and whole words are to be hidden; give them by `Tokens::with_words`".into());
            }
        };
        let mut units: Vec<Vec<usize>> = Vec::new();
        let mut before_is_text = false;
        for (place, &token) in tokens.ids().iter().enumerate() {
            let is_text = !self.vocabulary.is_special(token);
            let goes_on = before_is_text && continues.is_some_and(|continues| continues[place]);
            match units.last_mut() {
                Some(unit) if is_text && goes_on => unit.push(place),
                _ if is_text => units.push(vec![place]),
                _ => {}
            }
            before_is_text = is_text;
        }
        if units.is_empty() {
            return Err("has no token that is text, so there is nothing to ask for; leave it out".into());
        }
        Ok(units)
    }

    /// Each by itself. Where chance chose none, one is; where it chose all, one is left to be read.
    fn chosen(&self, units: usize, random: &mut StdRng) -> Vec<bool> {
        let mut chosen: Vec<bool> = (0..units).map(|_| random.random_bool(self.config.share)).collect();
        let any = random.random_range(0..units as u64) as usize;
        if chosen.iter().all(|&chosen| !chosen) {
            chosen[any] = true;
        } else if units > 1 && chosen.iter().all(|&chosen| chosen) {
            chosen[any] = false;
        }
        chosen
    }

    /// What the model reads in place of a token that it is asked for.
    fn shown(&self, token: u32, random: &mut StdRng) -> u32 {
        let config = &self.config;
        let draw: f64 = random.random();
        if draw < config.mask {
            self.vocabulary.special().mask
        } else if draw < config.mask + config.random {
            self.vocabulary
                .ordinary_token(random.random_range(0..self.vocabulary.ordinary()))
        } else {
            token
        }
    }
}
