/// A text as the numbers of its tokens, and which of them go on with the word before.
///
/// ```
/// use kd_transformer::mlm::Tokens;
///
/// let tokens = Tokens::with_words([7592, 22953, 2595], &[Some(0), Some(1), Some(1)]); // hello, gr, ##ox
/// assert_eq!(tokens.ids(), [7592, 22953, 2595]);
/// assert_eq!(tokens.continues(), Some(&[false, false, true][..]));
/// assert_eq!(Tokens::new([7592]).continues(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    ids: Vec<u32>,
    continues: Option<Vec<bool>>,
}

impl Tokens {
    /// Without words: enough where single tokens are masked.
    pub fn new(ids: impl Into<Vec<u32>>) -> Self {
        Self {
            ids: ids.into(),
            continues: None,
        }
    }

    /// With the number of the word that each token is of, as the crate `tokenizers` has it (`get_word_ids`); tokens of no word are
    /// words of their own.
    ///
    /// # Panics
    ///
    /// If there is not a word for each token.
    #[track_caller]
    pub fn with_words(ids: impl Into<Vec<u32>>, words: &[Option<u32>]) -> Self {
        let ids = ids.into();
        assert!(
            ids.len() == words.len(),
            "Tokens: there are {} tokens and words for {}; give a word, or `None`, for each",
            ids.len(),
            words.len()
        );
        let before = [None].into_iter().chain(words.iter().copied());
        let continues = words
            .iter()
            .zip(before)
            .map(|(word, before)| word.is_some() && *word == before);
        Self {
            continues: Some(continues.collect()),
            ids,
        }
    }

    pub(super) fn from_parts(ids: Vec<u32>, continues: Option<Vec<bool>>) -> Self {
        Self { ids, continues }
    }

    /// The numbers.
    pub fn ids(&self) -> &[u32] {
        &self.ids
    }

    /// Of each token: whether it goes on with the word of the one before. None if words are not known.
    pub fn continues(&self) -> Option<&[bool]> {
        self.continues.as_deref()
    }

    /// How many tokens there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}
