use kd_core::{Error, check};

use super::{Tokens, Vocabulary};

/// Makes sequences for a model of texts: framed by special tokens, and no longer than the model has positions.
///
/// ```text
/// pack:      [CLS] the first text [SEP] the second [SEP]    [CLS] 's end [SEP] the third text [SEP]    …
/// one_each:  [CLS] the first text [SEP]    [CLS] the second 's end [SEP]    …
/// ```
///
/// Sequences are not padded yet; [`MaskedTokens`](super::MaskedTokens) does that.
///
/// # Example
///
/// ```
/// use kd_transformer::mlm::{Packing, SpecialTokens, Tokens, Vocabulary};
///
/// let special = SpecialTokens { mask: 4, pad: 0, begin: 2, end: 3, others: vec![1] };
/// let packing = Packing::new(&Vocabulary::new(100, special)?, 8);
/// let texts = [Tokens::new([10, 11, 12]), Tokens::new([20, 21, 22, 23])];
/// let packed = packing.pack(&texts)?;
/// assert_eq!(packed[0].ids(), [2, 10, 11, 12, 3, 20, 21, 3]);
/// assert_eq!(packed[1].ids(), [2, 22, 23, 3]);
/// let each = packing.one_each(&texts)?;
/// assert_eq!(each[1].ids(), [2, 20, 21, 22, 23, 3]);
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Convention
///
/// Texts run on into the next sequence, as in RoBERTa ("full sentences"): next to nothing is padding. A separator never begins or
/// ends what is between the frame.
///
/// # Panics
///
/// [`new`](Self::new), if the length leaves no room between the special tokens.
#[derive(Clone, Debug)]
pub struct Packing {
    begin: u32,
    end: u32,
    length: usize,
}

/// What frames a sequence.
const FRAME: usize = 2;

impl Packing {
    /// Into sequences of at most `length` tokens, special ones included: as many as the model has positions, or fewer.
    #[track_caller]
    pub fn new(vocabulary: &Vocabulary, length: usize) -> Self {
        kd_core::check::must(Self::try_new(vocabulary, length))
    }

    /// The same, where the length comes from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if it is below 3, which leaves no room between the special tokens.
    pub fn try_new(vocabulary: &Vocabulary, length: usize) -> Result<Self, Error> {
        if length <= FRAME {
            return Err(Error::InvalidValue {
                owner: "Packing",
                name: "length",
                value: length as f64,
                expected: "at least 3: two special tokens and one between them (128 to 512 are usual)",
            });
        }
        let special = vocabulary.special();
        Ok(Self {
            begin: special.begin,
            end: special.end,
            length,
        })
    }

    /// Texts one after the other, cut where a sequence is full. Empty ones are left out.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there is no text or no token, and [`Error::Sample`] if a text has its special tokens already.
    pub fn pack<'a>(&self, texts: impl IntoIterator<Item = &'a Tokens>) -> Result<Vec<Tokens>, Error> {
        let mut packed = Packed {
            packing: self,
            words: true,
            ids: Vec::new(),
            continues: Vec::new(),
            sequences: Vec::new(),
        };
        let mut count = 0;
        for (sample, text) in texts.into_iter().enumerate() {
            self.check_unframed(sample, text)?;
            packed.add(text);
            count = sample + 1;
        }
        check::count("Packing", "the number of texts", count)?;
        packed.flush();
        check::count("Packing", "the number of tokens in all texts", packed.sequences.len())?;
        Ok(packed.sequences)
    }

    /// Each text as a sequence of its own, in their order.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there is no text, and [`Error::Sample`], which names the text, if one is empty, longer than
    /// there is room for, or has its special tokens already.
    pub fn one_each<'a>(&self, texts: impl IntoIterator<Item = &'a Tokens>) -> Result<Vec<Tokens>, Error> {
        let framed: Result<Vec<Tokens>, Error> = texts
            .into_iter()
            .enumerate()
            .map(|(sample, text)| {
                self.check_unframed(sample, text)?;
                let room = self.length - FRAME;
                if text.is_empty() {
                    return Err(fault(sample, "has no tokens; leave it out".into()));
                }
                if text.len() > room {
                    return Err(fault(
                        sample,
                        format!(
                            "has {} tokens, and between the special ones of a sequence of {} there is room for {room}; cut it, or \
                             let `pack` do so",
                            text.len(),
                            self.length
                        ),
                    ));
                }
                Ok(self.framed(text.ids(), text.continues()))
            })
            .collect();
        let framed = framed?;
        check::count("Packing", "the number of texts", framed.len())?;
        Ok(framed)
    }

    fn framed(&self, ids: &[u32], continues: Option<&[bool]>) -> Tokens {
        let ids = [&[self.begin][..], ids, &[self.end]].concat();
        Tokens::from_parts(
            ids,
            continues.map(|continues| [&[false][..], continues, &[false]].concat()),
        )
    }

    fn check_unframed(&self, sample: usize, text: &Tokens) -> Result<(), Error> {
        if text.ids().first() == Some(&self.begin) || text.ids().last() == Some(&self.end) {
            let reason = "has its special tokens already; encode texts without them, as `Packing` adds them";
            return Err(fault(sample, reason.into()));
        }
        Ok(())
    }
}

fn fault(sample: usize, reason: String) -> Error {
    Error::Sample {
        owner: "Packing",
        sample,
        reason,
    }
}

/// What has been packed so far, and the sequence that is not full yet.
struct Packed<'a> {
    packing: &'a Packing,
    /// Whether the words of all that is in it are known.
    words: bool,
    ids: Vec<u32>,
    continues: Vec<bool>,
    sequences: Vec<Tokens>,
}

impl Packed<'_> {
    fn add(&mut self, text: &Tokens) {
        for (place, &id) in text.ids().iter().enumerate() {
            if place == 0 && !self.ids.is_empty() {
                self.separate();
            }
            self.ids.push(id);
            self.words &= text.continues().is_some();
            self.continues
                .push(text.continues().is_some_and(|continues| continues[place]));
            if self.room() == 0 {
                self.flush();
            }
        }
    }

    /// A separator needs a token after it.
    fn separate(&mut self) {
        if self.room() < 2 {
            self.flush();
        } else {
            self.ids.push(self.packing.end);
            self.continues.push(false);
        }
    }

    fn room(&self) -> usize {
        self.packing.length - FRAME - self.ids.len()
    }

    fn flush(&mut self) {
        if !self.ids.is_empty() {
            let continues = self.words.then_some(&*self.continues);
            self.sequences.push(self.packing.framed(&self.ids, continues));
        }
        self.words = true;
        self.ids.clear();
        self.continues.clear();
    }
}
