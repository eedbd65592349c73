use serde::{Deserialize, Serialize};

/// What a [`Bert`](super::Bert) is asked for, if more than features.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum BertHead {
    /// Features alone: Hugging Face's `BertModel`.
    #[default]
    None,
    /// Which token stands in each place: `BertForMaskedLM`. Its output matrix is the table of the tokens' embeddings.
    MaskedLanguage,
    /// Which class the text is of: `BertForSequenceClassification`. It reads the pooler.
    Classes {
        /// The classes' names, in order.
        names: Vec<String>,
    },
}

impl BertHead {
    /// So many classes, named as Hugging Face names those that have no name: `LABEL_0` and so on.
    pub fn classes(count: usize) -> Self {
        Self::Classes {
            names: (0..count).map(|class| format!("LABEL_{class}")).collect(),
        }
    }
}
