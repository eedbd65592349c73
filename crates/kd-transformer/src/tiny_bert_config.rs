use burn::{config::Config, tensor::Tensor};
use kd_core::{Error, FeatureProjector, Identity, check};

use crate::TinyBertLoss;

const OWNER: &str = "TinyBertLossConfig";

/// Configuration of a [`TinyBertLoss`].
#[derive(Config, Debug)]
pub struct TinyBertLossConfig {
    /// m: the teacher's layer for each of the student's, both counted from 1 as in the paper: a layer of a
    /// [`LayerChoice`](crate::LayerChoice) is one more here. The embeddings learn from the embeddings.
    pub layers: Vec<usize>,
    /// The weight of the embeddings. Finite and at least 0.
    #[config(default = 1.0)]
    pub embedding: f64,
    /// The weight of each layer's hidden states. Finite and at least 0.
    #[config(default = 1.0)]
    pub hidden: f64,
    /// The weight of each layer's attention scores. Finite and at least 0.
    #[config(default = 1.0)]
    pub attention: f64,
    /// The weight of the answers. Finite and at least 0; they come after everything else was learnt, so it is 0 at first.
    #[config(default = 0.0)]
    pub prediction: f64,
    /// T: how much both answers are flattened before they are compared. Finite and above 0.
    #[config(default = 1.0)]
    pub temperature: f64,
}

impl TinyBertLossConfig {
    /// Every (teacher / student)-th layer of the teacher, the last one last: the paper's map, `m(k) = k · teacher / student`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the teacher's number of layers is not a multiple of the student's, or one is 0.
    ///
    /// ```
    /// use kd_transformer::TinyBertLossConfig;
    ///
    /// assert_eq!(TinyBertLossConfig::uniform(4, 12)?.layers, [3, 6, 9, 12]);
    /// # Ok::<(), kd_core::Error>(())
    /// ```
    pub fn uniform(student: usize, teacher: usize) -> Result<Self, Error> {
        check::count(OWNER, "the student's number of layers", student)?;
        check::count(OWNER, "the teacher's number of layers", teacher)?;
        check::multiple_of_layers(OWNER, teacher, student)?;
        let apart = teacher / student;
        Ok(Self::new((1..=student).map(|layer| layer * apart).collect()))
    }

    /// The second stage: the answers alone, with weight 1, when all layers have been learnt.
    pub fn answers(self) -> Self {
        self.with_embedding(0.0)
            .with_hidden(0.0)
            .with_attention(0.0)
            .with_prediction(1.0)
    }

    /// Makes the loss for a student as wide as its teacher.
    ///
    /// # Panics
    ///
    /// Where [`try_init`](Self::try_init) is an error.
    #[track_caller]
    pub fn init(&self) -> TinyBertLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss for a student as wide as its teacher, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there is no layer, or a layer is 0; if a weight is negative, NaN or infinite, or all are 0; or
    /// if the temperature is 0, negative, NaN or infinite.
    pub fn try_init(&self) -> Result<TinyBertLoss, Error> {
        check::layer_numbers(OWNER, &self.layers)?;
        check::temperature(OWNER, self.temperature)?;
        let weights = [
            ("embedding", self.embedding),
            ("hidden", self.hidden),
            ("attention", self.attention),
            ("prediction", self.prediction),
        ];
        check::weights_of_parts(OWNER, &weights)?;
        Ok(TinyBertLoss {
            projectors: Vec::new(),
            config: self.clone(),
        })
    }

    /// Makes the loss with projectors from the student's width to the teacher's: one for embeddings and all layers, as in the
    /// authors' code, or one for the embeddings and each layer.
    ///
    /// # Panics
    ///
    /// Where [`try_init`](Self::try_init) is an error, or if there are other numbers of projectors.
    #[track_caller]
    pub fn init_with_projectors<P>(&self, projectors: Vec<P>) -> TinyBertLoss<P>
    where
        P: FeatureProjector<Tensor<3>, Output = Tensor<3>>,
    {
        check::projectors_of_layers(OWNER, projectors.len(), self.layers.len());
        let TinyBertLoss::<Identity> { config, .. } = self.init();
        TinyBertLoss { projectors, config }
    }
}
