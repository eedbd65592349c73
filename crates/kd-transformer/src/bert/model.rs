use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig, Linear},
    tensor::{Device, Tensor},
};
use kd_core::check;

use super::{
    BertAttention, BertConfig, BertEmbeddings, BertHead, BertInput, BertLayer, BertMaskedLanguage, BertOutput,
    BertPooler, linear::linear,
};

/// BERT (Devlin and others, 2018), a transformer that reads in both directions.
///
/// ```text
/// h₀ = norm(word + type + position)
/// a  = norm(h + W · softmax(Q · Kᵀ / √d + mask) · V)         each layer: attention,
/// h' = norm(a + outer(GELU(inner(a))))                       and the feed-forward part
/// ```
///
/// # Shapes
///
/// - input: ids, mask and token types `[batch, seq]`
/// - output: hidden states `[batch, seq, hidden]`, one more than there are layers; the others at [`BertOutput`]
///
/// # Convention
///
/// Hugging Face's `BertModel`, `BertForMaskedLM` and `BertForSequenceClassification`: normalisation after each sum, the exact GELU,
/// and positions counted from the first token, whether it counts or not. Padding changes no value and no gradient of tokens that count:
/// attention to it is exactly 0. Dropout is on where the network learns and off after
/// `valid()`, so a teacher is a [`Frozen`](kd_core::Frozen). Hugging Face keeps the embedding of `pad_token_id` from learning; here it learns as any
/// token does, from places that count.
///
/// # Example
///
/// A folder as Hugging Face keeps it, written and read.
///
/// ```
/// use burn::tensor::{Device, Int, Tensor};
/// use kd_core::{Frozen, Teacher};
/// use kd_transformer::bert::{Bert, BertConfig, BertHead, BertInput};
///
/// # fn main() -> Result<(), kd_core::Error> {
/// # let folder = std::env::temp_dir().join(format!("kd-transformer-bert-{}", std::process::id()));
/// let device = Device::flex();
/// let config = BertConfig::new()
///     .with_vocab_size(50)
///     .with_hidden_size(8)
///     .with_num_hidden_layers(1)
///     .with_num_attention_heads(2)
///     .with_intermediate_size(16)
///     .with_head(BertHead::classes(3));
/// config.init(&device).save(&folder)?;
///
/// let teacher = Frozen::new(Bert::load(&folder, &device)?, Bert::forward);
/// let ids = Tensor::<2, Int>::from_ints([[2, 7, 3], [2, 3, 0]], &device);
/// let counts = ids.clone().not_equal_elem(0);
/// let taught = teacher.teach(BertInput::new(ids).with_mask(counts));
/// assert_eq!(taught.class_logits.unwrap().dims(), [2, 3]);
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok(())
/// # }
/// ```
///
/// # Reference
///
/// Jacob Devlin and others: *BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding*, 2018,
/// arXiv:1810.04805.
#[derive(Module, Debug)]
pub struct Bert {
    /// Tokens as vectors.
    pub embeddings: BertEmbeddings,
    /// The layers, from the first.
    pub layers: Vec<BertLayer>,
    /// The layer on the first token, if there is one.
    pub pooler: Option<BertPooler>,
    /// The head for tokens, if that is the head.
    pub masked_language: Option<BertMaskedLanguage>,
    /// The head for classes, if that is the head.
    pub classifier: Option<Linear>,
    classifier_dropout: Dropout,
    #[module(skip)]
    config: BertConfig,
}

impl Bert {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        let masked_language = matches!(config.head, BertHead::MaskedLanguage);
        let classifier = match &config.head {
            BertHead::Classes { names } => Some(linear(config, config.hidden_size, names.len(), device)),
            _ => None,
        };
        Self {
            embeddings: BertEmbeddings::new(config, device),
            layers: (0..config.num_hidden_layers)
                .map(|_| BertLayer::new(config, device))
                .collect(),
            pooler: config.pooler.then(|| BertPooler::new(config, device)),
            masked_language: masked_language.then(|| BertMaskedLanguage::new(config, device)),
            classifier,
            classifier_dropout: DropoutConfig::new(config.classifier_dropout.unwrap_or(config.hidden_dropout_prob))
                .init(),
            config: config.clone(),
        }
    }

    /// What it was made of.
    pub fn config(&self) -> &BertConfig {
        &self.config
    }

    /// What the network says of the texts, without its attention.
    ///
    /// # Panics
    ///
    /// If a text has no token or more than there are positions, mask or token types have another shape than the ids, there are token
    /// types and no embeddings for them, or (if `check_ids`) an id is no token or no type.
    #[track_caller]
    pub fn forward(&self, input: BertInput) -> BertOutput {
        self.run(input, false)
    }

    /// The same with each layer's attention, which takes memory: two `[batch, heads, seq, seq]` a layer, and Q, K and V.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward) does.
    #[track_caller]
    pub fn forward_with_attentions(&self, input: BertInput) -> BertOutput {
        self.run(input, true)
    }

    /// The hidden states alone, `[batch, seq, hidden]` each: the embeddings', then each layer's. Pooler and head are not asked, which
    /// saves most of the time where the vocabulary is large and few tokens are asked for.
    ///
    /// # Panics
    ///
    /// As [`forward`](Self::forward) does.
    #[track_caller]
    pub fn encode(&self, input: BertInput) -> Vec<Tensor<3>> {
        self.layer_by_layer(&input, |_| ())
    }

    /// What the head for tokens makes of these last hidden states, `[batch, seq, vocab]` of `[batch, seq, hidden]`: of all, as
    /// [`forward`](Self::forward) does, or of those picked for it.
    ///
    /// # Panics
    ///
    /// If the network has no head for tokens, or the states are of another width.
    #[track_caller]
    pub fn token_logits(&self, states: Tensor<3>) -> Tensor<3> {
        let head = check::head_for_tokens("Bert", self.masked_language.as_ref());
        head.forward(states, self.embeddings.word_embeddings.weight.val())
    }

    /// The hidden states; each layer's attention is shown as it comes.
    #[track_caller]
    fn layer_by_layer(&self, input: &BertInput, mut show: impl FnMut(BertAttention)) -> Vec<Tensor<3>> {
        self.check(input);
        let mut states = self.embeddings.forward(input);
        let mut hidden_states = vec![states.clone()];
        for layer in &self.layers {
            let (next, attention) = layer.forward(states, input.mask.as_ref());
            hidden_states.push(next.clone());
            show(attention);
            states = next;
        }
        hidden_states
    }

    #[track_caller]
    fn run(&self, input: BertInput, keep_attentions: bool) -> BertOutput {
        let mut attentions = Vec::new();
        let hidden_states = self.layer_by_layer(&input, |attention| {
            if keep_attentions {
                attentions.push(attention);
            }
        });
        let states = hidden_states
            .last()
            .expect("the embeddings' states are always there")
            .clone();
        let pooled = self.pooler.as_ref().map(|pooler| pooler.forward(states.clone()));
        let classes = self.classifier.as_ref().zip(pooled.clone());
        let words = || self.embeddings.word_embeddings.weight.val();
        BertOutput {
            token_logits: self.masked_language.as_ref().map(|head| head.forward(states, words())),
            class_logits: classes.map(|(head, pooled)| head.forward(self.classifier_dropout.forward(pooled))),
            hidden_states,
            attentions,
            pooled,
        }
    }

    #[track_caller]
    fn check(&self, input: &BertInput) {
        const NAME: &str = "Bert";
        let config = &self.config;
        let shape = input.ids.dims();
        check::texts(NAME, shape, config.max_position_embeddings);
        if let Some(mask) = &input.mask {
            check::one_per_token(NAME, "the mask", mask.dims(), shape);
        }
        if let Some(types) = &input.token_types {
            check::has_token_types(NAME, config.type_vocab_size);
            check::one_per_token(NAME, "the token types", types.dims(), shape);
        }
        if config.check_ids {
            check::token_ids(NAME, "token", &input.ids, config.vocab_size);
            if let Some(types) = &input.token_types {
                check::token_ids(NAME, "token type", types, config.type_vocab_size);
            }
        }
    }
}
