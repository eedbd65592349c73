use burn::tensor::{Int, Tensor, TensorData};
use kd_core::{Error, check, rows};

use crate::{
    exit_by_exit::{ExitByExit, SelectSamples},
    exit_output::check_same,
};

const NAME: &str = "EarlyExit";

/// Answers from the first exit that is sure enough (Huang and others, 2018): sure where the largest probability reaches a
/// threshold.
///
/// A sample that has left costs no more: it is taken out of the batch, and the rest goes on. What no exit is sure of is
/// answered by the deepest one, and so is a row of NaN. How sure a network is means more where it is calibrated.
///
/// # Parameters
///
/// | Name | Purpose | Range |
/// |---|---|---|
/// | `threshold` | the probability at which a sample leaves | (0, 1]; at 1 only a probability that rounds to 1 in f32 leaves early |
///
/// # Convention
///
/// One threshold for all exits, on the largest probability at T = 1; they are compared in f32, so that an f32 probability of 0.9
/// reaches a threshold of 0.9. BranchyNet compares the entropy instead. Who leaves is
/// decided on the host, so each exit but the last waits for the device once.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_self::EarlyExit;
///
/// # let device = burn::tensor::Device::flex();
/// // Two samples' logits at two exits: the shallow one is sure of the second sample alone.
/// let shallow = Tensor::<2>::from_floats([[1.0, 0.0], [0.0, 9.0]], &device);
/// let deep = Tensor::<2>::from_floats([[0.0, 5.0], [0.0, 0.0]], &device);
///
/// let exited = EarlyExit::new(0.9).choose(&[shallow, deep]); // `run` does the same, and saves the rest
/// assert_eq!(exited.taken, [1, 0]);
/// assert_eq!(exited.logits.clone().into_data().iter::<f32>().collect::<Vec<_>>(), [0.0, 5.0, 0.0, 9.0]);
/// // The first exit costs 3, the second 12: the mean is 5/8 of the whole network's.
/// assert_eq!(exited.cost(&[3.0, 12.0]), 0.625);
/// ```
///
/// # Reference
///
/// Gao Huang, Danlu Chen, Tianhong Li, Felix Wu, Laurens van der Maaten, Kilian Q. Weinberger: *Multi-Scale Dense Networks for
/// Resource Efficient Image Classification*, 2018, arXiv:1703.09844. Surat Teerapittayanon, Bradley McDanel, H. T. Kung:
/// *BranchyNet: Fast Inference via Early Exiting from Deep Neural Networks*, 2016, arXiv:1709.01686.
///
/// # See also
///
/// [`early_exit_table`](crate::early_exit_table), to choose a threshold by what it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EarlyExit {
    threshold: f64,
}

impl EarlyExit {
    /// Leaves at this probability.
    ///
    /// # Panics
    ///
    /// If it is not in (0, 1].
    #[track_caller]
    pub fn new(threshold: f64) -> Self {
        kd_core::check::must(Self::try_new(threshold))
    }

    /// The same for a value that comes from a file or a command line.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if the threshold is not in (0, 1].
    pub fn try_new(threshold: f64) -> Result<Self, Error> {
        check::exit_threshold(NAME, threshold)?;
        Ok(Self { threshold })
    }

    /// The probability at which a sample leaves.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// Runs `network`, each sample as far as it has to go.
    ///
    /// Nothing is taken off the graph, nor put in evaluation mode: give it the network's `valid()`.
    ///
    /// # Panics
    ///
    /// If the network has no exits, the batch is empty, or an exit gives more or fewer rows than there are samples left, or
    /// other classes than the first.
    #[track_caller]
    pub fn run<I, N: ExitByExit<I>>(&self, network: &N, input: I) -> EarlyExited {
        let exits = network.exits();
        check::exits(NAME, exits);
        let (mut state, first) = network.run_to(0, network.start(input));
        let [batch, classes] = first.dims();
        check::not_empty(NAME, batch);
        check::has_classes(NAME, classes);

        let mut samples: Vec<usize> = (0..batch).collect();
        let (mut logits, mut answers) = (first, Vec::new());
        let (mut taken, mut places) = (vec![0; batch], vec![0; batch]);
        let mut answered = 0;
        for exit in 0.. {
            let is_deepest = exit + 1 == exits;
            let sure = match is_deepest {
                true => vec![true; samples.len()],
                false => self.is_sure(&logits),
            };
            let (leaving, staying): (Vec<usize>, Vec<usize>) = (0..samples.len()).partition(|&row| sure[row]);
            for &row in &leaving {
                taken[samples[row]] = exit;
                places[samples[row]] = answered;
                answered += 1;
            }
            if staying.is_empty() {
                answers.push(logits);
                break;
            }
            // Kernels on some devices take no empty tensors, and where nobody leaves there is nothing to copy.
            if !leaving.is_empty() {
                let device = logits.device();
                answers.push(logits.select_samples(&indices(&leaving, &device)));
                state = state.select_samples(&indices(&staying, &device));
                samples = staying.into_iter().map(|row| samples[row]).collect();
            }
            (state, logits) = network.run_to(exit + 1, state);
            check::exit_rows(NAME, exit + 2, logits.dims(), [samples.len(), classes]);
        }
        let in_order_of_leaving = Tensor::cat(answers, 0);
        let device = in_order_of_leaving.device();
        EarlyExited {
            logits: in_order_of_leaving.select_samples(&indices(&places, &device)),
            taken,
            exits,
        }
    }

    /// What [`run`](Self::run) would answer, from all exits' logits, shallow to deep, `[batch, classes]` each.
    ///
    /// # Panics
    ///
    /// If there are no exits, they differ in shape, or the batch is empty.
    #[track_caller]
    pub fn choose(&self, logits: &[Tensor<2>]) -> EarlyExited {
        check_logits(NAME, logits);
        let confidences: Vec<Vec<f32>> = logits.iter().map(confidences).collect();
        let taken = self.taken(&confidences);
        let rows = taken.len();
        let places: Vec<usize> = taken.iter().enumerate().map(|(row, exit)| exit * rows + row).collect();
        let device = logits[0].device();
        EarlyExited {
            logits: Tensor::cat(logits.to_vec(), 0).select_samples(&indices(&places, &device)),
            taken,
            exits: logits.len(),
        }
    }

    /// The exit that each sample takes, of how sure each exit is of each.
    pub(crate) fn taken(&self, confidences: &[Vec<f32>]) -> Vec<usize> {
        let deepest = confidences.len() - 1;
        let rows = 0..confidences[deepest].len();
        let first_sure = |row: usize| {
            let mut shallower = confidences[..deepest].iter();
            shallower
                .position(|of_exit| self.is_reached(of_exit[row]))
                .unwrap_or(deepest)
        };
        rows.map(first_sure).collect()
    }

    fn is_sure(&self, logits: &Tensor<2>) -> Vec<bool> {
        let confidences = confidences(logits).into_iter();
        confidences.map(|confidence| self.is_reached(confidence)).collect()
    }

    /// In f32: the f64 number of a threshold of 0.9 is a little above the f32 one.
    fn is_reached(&self, confidence: f32) -> bool {
        confidence >= self.threshold as f32
    }
}

/// The exits of one batch must all have given the same rows of logits.
#[track_caller]
pub(crate) fn check_logits(owner: &str, logits: &[Tensor<2>]) {
    check::exits(owner, logits.len());
    check_same(owner, logits);
    let [rows, classes] = logits[0].dims();
    check::not_empty(owner, rows);
    check::has_classes(owner, classes);
}

/// The largest probability of each row.
pub(crate) fn confidences(logits: &Tensor<2>) -> Vec<f32> {
    let probs = rows::soften(logits.clone().without_autodiff(), 1.0);
    probs.max_dim(1).into_data().iter::<f32>().collect()
}

fn indices(rows: &[usize], device: &burn::tensor::Device) -> Tensor<1, Int> {
    let rows: Vec<i32> = rows.iter().map(|&row| row as i32).collect();
    let count = rows.len();
    Tensor::from_data(TensorData::new(rows, [count]), device)
}

/// Answers, and where they came from.
#[derive(Clone, Debug)]
pub struct EarlyExited {
    /// The logits of the exit that each sample took, in the order of the input, `[batch, classes]`.
    pub logits: Tensor<2>,
    /// The exit that each sample took, counted from 0, the shallowest.
    pub taken: Vec<usize>,
    exits: usize,
}

impl EarlyExited {
    /// How many samples took each exit, shallow to deep.
    pub fn samples_per_exit(&self) -> Vec<usize> {
        samples_per_exit(&self.taken, self.exits)
    }

    /// The mean cost of a sample as a share of what the deepest exit costs.
    ///
    /// `costs` says what an answer of each exit costs, all that had to be run for it included: multiply-adds, or seconds.
    ///
    /// # Panics
    ///
    /// If there is not one cost for each exit, or one is not finite or not above 0.
    #[track_caller]
    pub fn cost(&self, costs: &[f64]) -> f64 {
        check::one_per_exit("EarlyExited", "costs", costs.len(), "exits", self.exits);
        kd_core::check::must(check::exit_costs("EarlyExited", costs));
        mean_cost(&self.samples_per_exit(), costs)
    }
}

pub(crate) fn samples_per_exit(taken: &[usize], exits: usize) -> Vec<usize> {
    let mut counts = vec![0; exits];
    for &exit in taken {
        counts[exit] += 1;
    }
    counts
}

/// The mean cost over samples, as a share of the deepest exit's.
pub(crate) fn mean_cost(samples: &[usize], costs: &[f64]) -> f64 {
    let total: f64 = samples
        .iter()
        .zip(costs)
        .map(|(&count, cost)| count as f64 * cost)
        .sum();
    let all: usize = samples.iter().sum();
    total / (all as f64 * costs[costs.len() - 1])
}
