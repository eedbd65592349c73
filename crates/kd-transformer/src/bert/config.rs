use burn::{config::Config, tensor::Device};
use kd_core::{Error, check};

use super::{Bert, BertHead};

/// Configuration of a [`Bert`]; by default the sizes of BERT base, without a head.
///
/// The fields have Hugging Face's names. `config.json` is read by [`from_hugging_face`](Self::from_hugging_face);
/// `load` and `save` are Burn's, in a form of their own.
///
/// ```
/// use burn::tensor::{Device, Int, Tensor};
/// use kd_transformer::bert::{BertConfig, BertInput};
///
/// let device = Device::flex();
/// let student = BertConfig::new()
///     .with_vocab_size(100)
///     .with_hidden_size(24)
///     .with_num_hidden_layers(2)
///     .with_num_attention_heads(3)
///     .with_intermediate_size(48)
///     .init(&device);
/// let ids = Tensor::<2, Int>::from_ints([[2, 17, 50, 3]], &device);
/// let output = student.forward(BertInput::new(ids));
/// assert_eq!(output.last_hidden_state().dims(), [1, 4, 24]);
/// assert!(output.features().names().eq(["embeddings", "layer1", "layer2"]));
/// ```
#[derive(Config, Debug, PartialEq)]
pub struct BertConfig {
    /// How many tokens there are.
    #[config(default = 30522)]
    pub vocab_size: usize,
    /// The width of the hidden states; a multiple of the heads.
    #[config(default = 768)]
    pub hidden_size: usize,
    /// How many layers.
    #[config(default = 12)]
    pub num_hidden_layers: usize,
    /// How many heads each layer's attention has.
    #[config(default = 12)]
    pub num_attention_heads: usize,
    /// The inner width of the feed-forward part.
    #[config(default = 3072)]
    pub intermediate_size: usize,
    /// The longest text, in tokens.
    #[config(default = 512)]
    pub max_position_embeddings: usize,
    /// How many token types there are; 0 leaves their embeddings out.
    #[config(default = 2)]
    pub type_vocab_size: usize,
    /// What is added to the variance in each normalisation.
    #[config(default = 1e-12)]
    pub layer_norm_eps: f64,
    /// The share of the hidden states that dropout silences while training.
    #[config(default = 0.1)]
    pub hidden_dropout_prob: f64,
    /// The share of the attention that dropout silences while training.
    #[config(default = 0.1)]
    pub attention_probs_dropout_prob: f64,
    /// The same before the classes; that of the hidden states if not given.
    pub classifier_dropout: Option<f64>,
    /// The standard deviation of new weights.
    #[config(default = 0.02)]
    pub initializer_range: f64,
    /// The token that fills texts up, if there is one. It is kept for others: what does not count, the mask says.
    #[config(default = "Some(0)")]
    pub pad_token_id: Option<usize>,
    /// Whether there is a pooler, a layer on the first token's last hidden state.
    #[config(default = true)]
    pub pooler: bool,
    /// What the network is asked for.
    #[config(default = "BertHead::None")]
    pub head: BertHead,
    /// Whether ids are looked at before they are used. That waits for the device; without it, an id that is no token is
    /// whatever the backend makes of it.
    #[config(default = true)]
    pub check_ids: bool,
}

impl BertConfig {
    /// Makes a network with new weights, drawn as Hugging Face does: normal with deviation `initializer_range`, biases 0. (BERT's
    /// authors leave out what is beyond two deviations.)
    ///
    /// # Panics
    ///
    /// If a value is outside its range, or contradicts another.
    #[track_caller]
    pub fn init(&self, device: &Device) -> Bert {
        kd_core::check::must(self.try_init(device))
    }

    /// Makes a network, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if a value is outside its range, or contradicts another.
    pub fn try_init(&self, device: &Device) -> Result<Bert, Error> {
        self.validate()?;
        Ok(Bert::new(self, device))
    }

    /// Whether all values are possible, each alone and together.
    pub(super) fn validate(&self) -> Result<(), Error> {
        const NAME: &str = "BertConfig";
        for (name, value) in [
            ("vocab_size", self.vocab_size),
            ("hidden_size", self.hidden_size),
            ("num_hidden_layers", self.num_hidden_layers),
            ("num_attention_heads", self.num_attention_heads),
            ("intermediate_size", self.intermediate_size),
            ("max_position_embeddings", self.max_position_embeddings),
        ] {
            check::count(NAME, name, value)?;
        }
        check::whole_heads(NAME, self.hidden_size, self.num_attention_heads)?;
        check::norm_epsilon(NAME, "layer_norm_eps", self.layer_norm_eps)?;
        for (name, value) in [
            ("hidden_dropout_prob", Some(self.hidden_dropout_prob)),
            ("attention_probs_dropout_prob", Some(self.attention_probs_dropout_prob)),
            ("classifier_dropout", self.classifier_dropout),
        ] {
            value.map_or(Ok(()), |value| check::dropout(NAME, name, value))?;
        }
        check::deviation(NAME, "initializer_range", self.initializer_range)?;
        if let Some(id) = self.pad_token_id {
            check::token(NAME, "pad_token_id", id, self.vocab_size)?;
        }
        if let BertHead::Classes { names } = &self.head {
            check::count(NAME, "the number of classes", names.len())?;
            check::has_pooler(NAME, self.pooler)?;
        }
        Ok(())
    }
}

/// What fills texts up if nobody says anything of it, as Hugging Face has it.
pub(super) fn usual_pad_token() -> Option<usize> {
    BertConfig::new().pad_token_id
}
