use burn::{
    config::Config,
    tensor::{DType, Tensor},
};
use kd_core::{Error, Features, check};

use super::{
    Similarity,
    gram::centred_gram,
    side::{Side, samples},
};

/// Configuration of a [`Cka`].
#[derive(Config, Debug)]
pub struct CkaConfig {
    /// Whether each batch's estimate is the one without bias. Without, layers of many numbers seem alike that have
    /// nothing in common, the more so the smaller the batch.
    #[config(default = true)]
    pub debiased: bool,
}

impl CkaConfig {
    /// Makes a comparison that has seen nothing yet.
    pub fn init(&self) -> Cka {
        Cka {
            debiased: self.debiased,
            batches: 0,
            student: Side::new("student"),
            teacher: Side::new("teacher"),
            cross: Vec::new(),
        }
    }
}

/// Linear CKA (centred kernel alignment) between all layers of a student and all layers of its teacher (Kornblith and
/// others, 2019), batch by batch (Nguyen and others, 2021).
///
/// ```text
/// CKA(s, t) = Σ HSIC(Kₛ, Kₜ) / √(Σ HSIC(Kₛ, Kₛ) · Σ HSIC(Kₜ, Kₜ))      sums over batches
/// HSIC(K, L) = Σ Ũ(K) · Ũ(L) / (n · (n − 3))                            debiased
/// HSIC(K, L) = Σ H·K·H · H·L·H / (n − 1)²                               otherwise
/// ```
///
/// K is a layer's Gram matrix, the products of each sample with each, so layers of any two widths and ranks compare. Ũ
/// centres it as if its diagonal did not exist, H·K·H centres it as it is.
///
/// What it holds does not grow with the batches: an f64 for each layer and each pair of layers. A batch takes a matrix
/// of batch × batch for each layer while it is being compared.
///
/// # Shapes
///
/// - features: of any rank, `[batch, …]`; a sample is all that comes after the batch, a whole sequence or map
///
/// # Range
///
/// From −1 to 1, but for rounding: 1 where the samples of one layer are those of the other turned, mirrored, scaled and
/// shifted; about 0, and sometimes below, where they have nothing in common. 0 for a layer that is constant over each
/// batch, or (if `debiased`) of whose samples in a batch only one differs: such a layer is like none, not even like itself,
/// so that no matching takes it for a match. As a loss, in [`CkaLoss`](crate::CkaLoss), such features count as ½ and two of
/// them as 1, since then there is nothing to learn.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `debiased` | true | takes each batch's bias out | true, false |
///
/// # Convention
///
/// Each batch counts the same, whatever its size, as in the second paper: HSIC is averaged over batches and then divided,
/// CKA itself is not averaged. With `debiased` off and one batch of all samples it is the CKA of the first paper. A map
/// is not averaged over its places, and tokens are no samples of their own; pool before where that is meant.
///
/// # Panics
///
/// [`update`](Self::update) does if a side has no layers, or layers differ in their number of samples.
///
/// # Example
///
/// ```
/// use burn::tensor::{Distribution, Tensor};
/// use kd_core::Features;
/// use kd_feature::align::CkaConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let mut cka = CkaConfig::new().init();
/// let map = Tensor::<4>::random([16, 3, 4, 4], Distribution::Default, &device);
/// let vector = Tensor::<2>::random([16, 8], Distribution::Default, &device);
/// let teacher = Features::new().with("scaled", map.clone() * -5.0).with("other", vector);
/// cka.update(&Features::new().with("map", map), &teacher)?;
///
/// let similarity = cka.similarity()?;
/// assert!((similarity.get("map", "scaled")? - 1.0).abs() < 1e-5);
/// assert!(similarity.get("map", "other")? < 0.9);
/// # Ok::<(), kd_core::Error>(())
/// ```
///
/// # Reference
///
/// Simon Kornblith, Mohammad Norouzi, Honglak Lee, Geoffrey Hinton: *Similarity of Neural Network Representations
/// Revisited*, 2019, arXiv:1905.00414. Thao Nguyen, Maithra Raghu, Simon Kornblith: *Do Wide and Deep Networks Learn the
/// Same Things?*, 2021, arXiv:2010.15327. The estimate without bias is by Le Song, Alex Smola, Arthur Gretton, Justin
/// Bedo, Karsten Borgwardt: *Feature Selection via Dependence Maximization*, 2012.
///
/// # See also
///
/// [`Plan`](super::Plan), which is what one wants it for.
#[derive(Clone, Debug)]
pub struct Cka {
    debiased: bool,
    batches: usize,
    student: Side,
    teacher: Side,
    /// Σ HSIC of each student's layer with each teacher's, the teacher's side by side.
    cross: Vec<f64>,
}

impl Cka {
    /// Compares one more batch.
    ///
    /// Waits for the device, once.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the batch has fewer than 4 samples, or 2 if not `debiased`, and
    /// [`Error::OtherLayers`] if the layers are not those of the first batch; the sums are then as before.
    ///
    /// # Panics
    ///
    /// If a side has no layers, or layers differ in their number of samples.
    #[track_caller]
    pub fn update(&mut self, student: &Features, teacher: &Features) -> Result<(), Error> {
        let samples = samples([student, teacher]);
        self.enough(samples)?;
        if self.batches > 0 {
            self.student.still(student)?;
            self.teacher.still(teacher)?;
        } else {
            self.student.begin(student);
            self.teacher.begin(teacher);
            self.cross = vec![0.0; student.iter().len() * teacher.iter().len()];
        }

        let student = self.grams(student, None);
        let teacher = self.grams(teacher, Some(student.dtype()));
        let own = |grams: &Tensor<2>| grams.clone().square().sum_dim(1).squeeze_dim::<1>(1);
        let sums = vec![
            own(&student),
            own(&teacher),
            student.matmul(teacher.transpose()).flatten(0, 1),
        ];
        let n = samples as f64;
        let divisor = if self.debiased {
            n * (n - 3.0)
        } else {
            (n - 1.0).powi(2)
        };
        let sums = Tensor::cat(sums, 0).into_data();
        let totals = self.student.own.iter_mut().chain(&mut self.teacher.own);
        for (total, sum) in totals.chain(&mut self.cross).zip(sums.iter::<f64>()) {
            *total += sum / divisor;
        }
        self.batches += 1;
        Ok(())
    }

    /// How many batches it has seen.
    pub fn batches(&self) -> usize {
        self.batches
    }

    /// What it found so far.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if it has seen no batch.
    pub fn similarity(&self) -> Result<Similarity, Error> {
        check::count("Cka", "the number of batches", self.batches)?;
        let rows = self.student.own.iter().zip(self.cross.chunks(self.teacher.own.len()));
        let values = rows.map(|(&student, cross)| {
            let row = cross.iter().zip(&self.teacher.own);
            row.map(|(&cross, &teacher)| ratio(cross, student, teacher)).collect()
        });
        let [student, teacher] = [&self.student, &self.teacher].map(|side| side.names.clone());
        Ok(Similarity::new(student, teacher, values.collect()))
    }

    fn enough(&self, samples: usize) -> Result<(), Error> {
        let (least, expected) = if self.debiased {
            (
                4,
                "at least 4 to have its bias taken out; drop what remains of the last one, or use larger batches",
            )
        } else {
            (
                2,
                "at least 2; drop what remains of the last one, or use larger batches",
            )
        };
        if samples >= least {
            return Ok(());
        }
        Err(Error::InvalidValue {
            owner: "Cka",
            name: "the number of samples in a batch",
            value: samples as f64,
            expected,
        })
    }

    /// Each layer's centred Gram matrix as a row, in the first one's type if in no other.
    fn grams(&self, features: &Features, dtype: Option<DType>) -> Tensor<2> {
        let grams = features
            .iter()
            .map(|(_, layer)| centred_gram(layer.clone(), self.debiased));
        let grams: Vec<_> = grams.collect();
        let dtype = dtype.unwrap_or(grams[0].dtype());
        Tensor::cat(grams.into_iter().map(|gram| gram.cast(dtype)).collect(), 0)
    }
}

fn ratio(cross: f64, student: f64, teacher: f64) -> f64 {
    if student == 0.0 || teacher == 0.0 {
        0.0
    } else {
        cross / (student.sqrt() * teacher.sqrt())
    }
}
