use burn::{
    config::Config,
    module::{Content, DisplaySettings, Module, ModuleDisplay},
    tensor::Tensor,
};
use kd_core::{DistillLoss, Error, check, rows};

/// Configuration of a [`MultiLevelLoss`].
#[derive(Config, Debug)]
pub struct MultiLevelLossConfig {
    /// The temperatures at which all three levels are compared. At least one, each finite and above 0.
    #[config(default = "vec![2.0, 3.0, 4.0, 5.0, 6.0]")]
    pub temperatures: Vec<f64>,
    /// The weight of the level of instances. Finite and at least 0.
    #[config(default = 1.0)]
    pub instance: f64,
    /// The weight of the level of the batch. Finite and at least 0.
    #[config(default = 1.0)]
    pub batch: f64,
    /// The weight of the level of classes. Finite and at least 0.
    #[config(default = 1.0)]
    pub class: f64,
}

impl MultiLevelLossConfig {
    /// Makes the loss.
    ///
    /// # Panics
    ///
    /// If there is no temperature, one is 0, negative, NaN or infinite, or a weight is negative, NaN or infinite.
    #[track_caller]
    pub fn init(&self) -> MultiLevelLoss {
        kd_core::check::must(self.try_init())
    }

    /// Makes the loss, for values that come from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there is no temperature, one is 0, negative, NaN or infinite, or a weight is
    /// negative, NaN or infinite.
    pub fn try_init(&self) -> Result<MultiLevelLoss, Error> {
        const NAME: &str = "MultiLevelLossConfig";
        check::count(NAME, "number of temperatures", self.temperatures.len())?;
        for &temperature in &self.temperatures {
            check::temperature(NAME, temperature)?;
        }
        for (name, weight) in [
            ("instance", self.instance),
            ("batch", self.batch),
            ("class", self.class),
        ] {
            check::weight(NAME, name, weight)?;
        }
        Ok(MultiLevelLoss {
            temperatures: self.temperatures.clone(),
            instance: self.instance,
            batch: self.batch,
            class: self.class,
        })
    }
}

/// The teacher's probabilities at several temperatures, each sample's, those of samples among one another, and those of
/// classes among one another (Jin, Wang & Lin, 2023).
///
/// ```text
/// P = softmax(teacher / T)    Q = softmax(student / T)    p, q their rows
/// loss of row r = Σ over T of
///       instance · T² · KL(p[r] ‖ q[r])
///     + batch · Σ over s of (q[r] · q[s] − p[r] · p[s])²
///     + class · ‖Qᵀ Q − Pᵀ P‖² / classes
/// ```
///
/// # Shapes
///
/// - student, teacher: `[batch, classes]`
/// - output of `per_sample`: `[batch]`
///
/// # Reduction
///
/// Sum over temperatures and levels, mean over rows. The last level is the same for every row, and the second compares
/// each row with the whole batch: the loss of a batch is not that of its parts, and both levels grow with the batch. A
/// mask after the fact leaves the masked rows in them: select the rows that count before, from student and teacher.
/// Gradient accumulation gives the mean of the batches' losses, and not the loss of all samples.
///
/// # Gradient
///
/// Flows to the student through Q; none for the teacher.
///
/// # Range
///
/// At least 0 (up to rounding), and 0 with gradient 0 where the distributions are equal.
///
/// # Parameters
///
/// | Name | Default | Purpose | Range |
/// |---|---|---|---|
/// | `temperatures` | 2, 3, 4, 5, 6 | all three levels are compared at each | at least one, finite, > 0 |
/// | `instance` | 1 | weight of the KL of each sample | finite, ≥ 0; at 0 a level is not even computed |
/// | `batch` | 1 | weight of the `[batch, batch]` products of samples | finite, ≥ 0 |
/// | `class` | 1 | weight of the `[classes, classes]` products of classes | finite, ≥ 0 |
///
/// # Convention
///
/// As in the authors' code, T² belongs to the KL alone, the batch level is divided by the batch size and the class
/// level by the number of classes. The paper trains on a weak and a strong view of each picture: add the losses of the
/// two. In the authors' code the strong view's KL takes the weak view's logits at T = 2 and 6, its class level is
/// computed and never added, and the masks of confident samples and classes multiply sums and so only scale them, by
/// about a half; here one call is one view, in full and unmasked. Products of 1000 classes are 4 MB per temperature and
/// side.
///
/// # Panics
///
/// If student and teacher differ in shape, or there are no rows or no classes.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_core::DistillLoss;
/// use kd_soft_label::MultiLevelLossConfig;
///
/// # let device = burn::tensor::Device::flex();
/// let levels = MultiLevelLossConfig::new().init();
/// let teacher = Tensor::<2>::from_floats([[3.0, 1.0, 0.0], [0.0, 2.0, 1.0]], &device);
/// let student = teacher.clone().flip([0]); // the right answers, to each other's questions
///
/// let all = levels.forward(student.clone(), teacher.clone()).into_scalar::<f32>();
/// let relations = MultiLevelLossConfig::new().with_instance(0.0).with_batch(0.0).init();
/// let of_classes = relations.forward(student, teacher).into_scalar::<f32>();
/// assert!(all > 1.0 && of_classes < 1e-6); // among one another the classes are as they should be
/// ```
///
/// # Reference
///
/// Ying Jin, Jiaqi Wang, Dahua Lin: *Multi-Level Logit Distillation*, CVPR 2023, section 3.
///
/// # See also
///
/// [`SoftLabelLoss`](crate::SoftLabelLoss), the first level alone at one temperature; [`DistLoss`](crate::DistLoss),
/// which compares correlations.
#[derive(Module, Debug)]
#[module(custom_display)]
pub struct MultiLevelLoss {
    #[module(skip)]
    temperatures: Vec<f64>,
    instance: f64,
    batch: f64,
    class: f64,
}

impl MultiLevelLoss {
    /// The temperatures in use.
    pub fn temperatures(&self) -> &[f64] {
        &self.temperatures
    }

    fn at(&self, t: f64, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        let log_p = rows::log_soften(teacher, t);
        let log_q = rows::log_soften(student, t);
        let (p, q) = (log_p.clone().exp(), log_q.clone().exp());
        let (p_t, q_t) = (p.clone().transpose(), q.clone().transpose());
        let mut loss = Tensor::zeros([q.dims()[0]], (&q.device(), q.dtype()));
        // A level of weight 0 is left out: 0 · ∞ would not be 0.
        if self.instance > 0.0 {
            loss = loss + rows::kl(log_p, log_q) * (t * t * self.instance);
        }
        if self.batch > 0.0 {
            let off = q.clone().matmul(q_t.clone()) - p.clone().matmul(p_t.clone());
            loss = loss + squares(off) * self.batch;
        }
        if self.class > 0.0 {
            let off = q_t.matmul(q) - p_t.matmul(p);
            loss = loss + squares(off).mean() * self.class;
        }
        loss
    }
}

/// The sum of the squares of each row.
fn squares(matrix: Tensor<2>) -> Tensor<1> {
    matrix.square().sum_dim(1).squeeze_dim(1)
}

impl DistillLoss<Tensor<2>> for MultiLevelLoss {
    #[track_caller]
    fn per_sample(&self, student: Tensor<2>, teacher: Tensor<2>) -> Tensor<1> {
        check::logits("MultiLevelLoss", &student, &teacher);
        let student = rows::widen(student);
        let teacher = teacher.without_autodiff().cast(student.dtype());
        let at_each = self.temperatures.iter();
        let at_each = at_each.map(|&t| self.at(t, student.clone(), teacher.clone()));
        at_each.reduce(|sum, next| sum + next).expect("there is a temperature")
    }
}

impl ModuleDisplay for MultiLevelLoss {
    fn custom_settings(&self) -> Option<DisplaySettings> {
        DisplaySettings::new().with_new_line_after_attribute(false).optional()
    }

    fn custom_content(&self, content: Content) -> Option<Content> {
        content
            .add_debug_attribute("temperatures", &self.temperatures)
            .add("instance", &self.instance)
            .add("batch", &self.batch)
            .add("class", &self.class)
            .optional()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_is() {
        let levels = MultiLevelLossConfig::new().with_temperatures(vec![2.0, 4.0]).init();
        assert_eq!(
            format!("{levels}"),
            "MultiLevelLoss {temperatures: [2.0, 4.0], instance: 1, batch: 1, class: 1}"
        );
    }

    #[test]
    fn impossible_values_are_errors_that_say_what_to_do() {
        for (config, message) in [
            (
                MultiLevelLossConfig::new().with_temperatures(vec![]),
                "MultiLevelLossConfig: number of temperatures is 0, but must be at least 1",
            ),
            (
                MultiLevelLossConfig::new().with_batch(f64::NAN),
                "MultiLevelLossConfig: batch is NaN, but must be a finite number of at least 0 (0 leaves its part out)",
            ),
        ] {
            assert_eq!(config.try_init().unwrap_err().to_string(), message);
        }
        let error = MultiLevelLossConfig::new()
            .with_temperatures(vec![2.0, 0.0])
            .try_init()
            .unwrap_err();
        assert!(error.to_string().starts_with("MultiLevelLossConfig: temperature is 0"));
    }
}
