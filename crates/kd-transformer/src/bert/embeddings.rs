use burn::{
    module::Module,
    nn::{Dropout, DropoutConfig, Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig},
    tensor::{Device, Tensor},
};

use super::{BertConfig, BertInput, linear::normal};

/// Tokens, their places and their types as vectors: the sum of three tables, normalised.
#[derive(Module, Debug)]
pub struct BertEmbeddings {
    /// The tokens', `[vocab, hidden]`.
    pub word_embeddings: Embedding,
    /// The places', `[positions, hidden]`.
    pub position_embeddings: Embedding,
    /// The types', `[types, hidden]`, if there are types.
    pub token_type_embeddings: Option<Embedding>,
    /// What normalises their sum.
    pub norm: LayerNorm,
    dropout: Dropout,
}

impl BertEmbeddings {
    pub(super) fn new(config: &BertConfig, device: &Device) -> Self {
        let table = |rows| {
            let config = EmbeddingConfig::new(rows, config.hidden_size).with_initializer(normal(config));
            config.init(device)
        };
        Self {
            word_embeddings: table(config.vocab_size),
            position_embeddings: table(config.max_position_embeddings),
            token_type_embeddings: (config.type_vocab_size > 0).then(|| table(config.type_vocab_size)),
            norm: LayerNormConfig::new(config.hidden_size)
                .with_epsilon(config.layer_norm_eps)
                .init(device),
            dropout: DropoutConfig::new(config.hidden_dropout_prob).init(),
        }
    }

    pub(super) fn forward(&self, input: &BertInput) -> Tensor<3> {
        let [_, seq] = input.ids.dims();
        let mut sum = self.word_embeddings.forward(input.ids.clone());
        if let Some(table) = &self.token_type_embeddings {
            sum = sum
                + match &input.token_types {
                    Some(types) => table.forward(types.clone()),
                    None => table.weight.val().narrow(0, 0, 1).unsqueeze(),
                };
        }
        let places = self.position_embeddings.weight.val().narrow(0, 0, seq);
        self.dropout.forward(self.norm.forward(sum + places.unsqueeze()))
    }
}
