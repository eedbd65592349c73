use burn::tensor::Tensor;
use kd_core::{Error, check, rows};

use crate::Weights;

/// Steps are taken until no two members differ in slope by more than this share of the longest gradient's square.
const TOLERANCE: f64 = 1e-12;
/// How many steps are taken at most.
const STEPS: usize = 100_000;

/// The weights with which the members' gradients add up to the shortest vector: AE-KD (Du and others, 2020).
///
/// ```text
/// g_m = mean over the batch of the gradient of the loss against member m, with respect to the student's logits
/// w = the weights with the least ‖Σ_m w_m · g_m‖, of those with Σ w = 1 and 0 ≤ w_m ≤ C
/// ```
///
/// Where C is 1, a step down the sum makes the loss against *no* member worse, to first order: members that disagree are not
/// averaged over, but answered where they agree. A smaller C does not let a member be left alone with the student; at 1 / M all
/// weights are equal.
///
/// # Shapes
///
/// - gradients, student, members: `[batch, classes]`
///
/// # Convention
///
/// Gradients are averaged over the batch before they are compared, as in the authors' code, where C is 1 / (ν · M); its
/// option to bring gradients to length 1 first is not here. The problem has M numbers and is solved on the host, which waits for the
/// device once for each member, in f64: pairs of weights are moved against one another, the most unequal pair first, until slopes
/// are equal to 1e-12 of the longest gradient's square.
///
/// # Example
///
/// ```
/// use burn::tensor::Tensor;
/// use kd_ensemble::MinNormWeights;
///
/// # let device = burn::tensor::Device::flex();
/// let student = Tensor::<2>::zeros([1, 3], &device);
/// let members = [[4.0, 0.0, 0.0], [4.0, 0.0, 0.0], [0.0, 4.0, 0.0]];
/// let members = members.map(|logits| Tensor::<2>::from_floats([logits], &device));
/// let found = MinNormWeights::of_soft_labels(student, &members, 1.0, 1.0).unwrap();
/// // Two say the same, and have no more weight than the one that contradicts them.
/// assert!((found.weights.shares()[2] - 0.5).abs() < 1e-6);
/// // let loss = PerTeacher::weighted(soft, found.weights).forward(student, members);
/// ```
///
/// # Reference
///
/// Shangchen Du and others: *Agree to Disagree: Adaptive Ensemble Knowledge Distillation in Gradient Space*, NeurIPS 2020.
///
/// # See also
///
/// [`PerTeacher`](crate::PerTeacher), which takes the weights.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct MinNormWeights {
    /// One for each member.
    pub weights: Weights,
    /// ‖Σ w · g‖: 0 where the members contradict one another in everything.
    pub length: f64,
}

impl MinNormWeights {
    /// Of the gradient of the loss against each member with respect to the student's logits, `[batch, classes]`; `most` is C.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidValue`] if there are no members or `most` is not in `[1 / M, 1]`, [`Error::BadMember`] if a gradient is
    /// NaN or infinite.
    ///
    /// # Panics
    ///
    /// If gradients differ in shape, or the batch is empty.
    #[track_caller]
    pub fn of(gradients: &[Tensor<2>], most: f64) -> Result<Self, Error> {
        const OWNER: &str = "MinNormWeights";
        check::count(OWNER, "members", gradients.len())?;
        check::most_of_each(OWNER, "most", most, gradients.len())?;
        check::same_members(OWNER, gradients);
        check::not_empty(OWNER, gradients[0].dims()[0]);
        let mut means = Vec::new();
        for (member, gradient) in gradients.iter().enumerate() {
            let mean = rows::widen(gradient.clone().without_autodiff()).mean_dim(0);
            let mean: Vec<f64> = mean.into_data().iter::<f64>().collect();
            if !mean.iter().all(|x| x.is_finite()) {
                let reason = "has a gradient that is NaN or infinite; look at what it says".into();
                return Err(Error::BadMember {
                    owner: OWNER,
                    member,
                    reason,
                });
            }
            means.push(mean);
        }
        let dot = |a: &Vec<f64>, b: &Vec<f64>| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let row = |a| means.iter().map(|b| dot(a, b)).collect();
        let products: Vec<Vec<f64>> = means.iter().map(row).collect();
        let weights = shortest(&products, most);
        let sum = (0..means[0].len()).map(|class| weights.iter().zip(&means).map(|(w, g)| w * g[class]).sum::<f64>());
        let length = sum.map(|x| x * x).sum::<f64>().sqrt();
        let weights = Weights::try_new(weights)?;
        Ok(Self { weights, length })
    }

    /// The same for [Hinton's loss](https://arxiv.org/abs/1503.02531) at a temperature, whose gradients are differences of
    /// probabilities, up to a factor that changes no weight.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of), and [`Error::InvalidValue`] if the temperature is 0, negative, NaN or infinite.
    ///
    /// # Panics
    ///
    /// If student and members differ in shape, or the batch is empty.
    #[track_caller]
    pub fn of_soft_labels(
        student: Tensor<2>,
        members: &[Tensor<2>],
        temperature: f64,
        most: f64,
    ) -> Result<Self, Error> {
        const OWNER: &str = "MinNormWeights";
        check::temperature(OWNER, temperature)?;
        for member in members {
            check::logits(OWNER, &student, member);
        }
        let q = rows::soften(student.without_autodiff(), temperature);
        let gradients = members.iter().map(|member| {
            let p = rows::soften(member.clone().without_autodiff(), temperature);
            q.clone() - p.cast(q.dtype())
        });
        Self::of(&gradients.collect::<Vec<_>>(), most)
    }
}

/// The weights with the least `Σ w_i · w_j · products[i][j]`, none above `most`.
fn shortest(products: &[Vec<f64>], most: f64) -> Vec<f64> {
    let members = products.len();
    let mut weights = vec![1.0 / members as f64; members];
    let longest = (0..members).map(|m| products[m][m]).fold(0.0, f64::max);
    for _ in 0..STEPS {
        let slope = |m: usize| products[m].iter().zip(&weights).map(|(g, w)| g * w).sum::<f64>();
        let slopes: Vec<f64> = (0..members).map(slope).collect();
        let by_slope = |a: &usize, b: &usize| slopes[*a].total_cmp(&slopes[*b]);
        let to = (0..members).filter(|&m| weights[m] < most).min_by(by_slope);
        let from = (0..members).filter(|&m| weights[m] > 0.0).max_by(by_slope);
        let (Some(to), Some(from)) = (to, from) else { break };
        let steep = slopes[from] - slopes[to];
        if steep <= TOLERANCE * longest {
            break;
        }
        let curved = products[from][from] + products[to][to] - 2.0 * products[from][to];
        // As far as the parabola's lowest point, or to the end of what may be moved.
        let room = weights[from].min(most - weights[to]);
        let step = if steep < curved * room { steep / curved } else { room };
        weights[to] += step;
        weights[from] -= step;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    fn products(gradients: &[[f64; 3]]) -> Vec<Vec<f64>> {
        let dot = |a: &[f64; 3], b: &[f64; 3]| a.iter().zip(b).map(|(a, b)| a * b).sum();
        let row = |a| gradients.iter().map(|b| dot(a, b)).collect();
        gradients.iter().map(row).collect()
    }

    fn square(products: &[Vec<f64>], weights: &[f64]) -> f64 {
        let row = |(row, w): (&Vec<f64>, &f64)| w * row.iter().zip(weights).map(|(g, w)| g * w).sum::<f64>();
        products.iter().zip(weights).map(row).sum()
    }

    /// The point of a segment that is nearest to 0.
    #[test]
    fn two_members_by_hand() {
        for (a, b) in [([1.0, 0.0, 0.0], [0.0, 2.0, 0.0]), ([1.0, 1.0, 0.5], [-3.0, 0.5, 2.0])] {
            let p = products(&[a, b]);
            let expected = ((p[1][1] - p[0][1]) / (p[0][0] + p[1][1] - 2.0 * p[0][1])).clamp(0.0, 1.0);
            let found = shortest(&p, 1.0);
            assert!((found[0] - expected).abs() < 1e-12, "{found:?} and not {expected}");
            let capped = shortest(&p, 0.6);
            assert!((capped[0] - expected.clamp(0.4, 0.6)).abs() < 1e-12, "{capped:?}");
        }
    }

    /// Among 5,151 others for each C none is shorter, and where C is 1 the sum points down for every member.
    #[test]
    fn three_members_among_all() {
        for gradients in [
            [[1.0, 0.2, 0.0], [-0.3, 1.0, 0.1], [0.5, -0.5, 1.0]],
            [[1.0, 0.0, 0.0], [2.0, 0.1, 0.0], [3.0, 0.0, 0.2]],
            [[1.0, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]],
        ] {
            let p = products(&gradients);
            for most in [1.0, 0.6, 0.4, 1.0 / 3.0] {
                let found = shortest(&p, most);
                assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
                assert!(found.iter().all(|w| (0.0..=most + 1e-12).contains(w)), "{found:?}");
                let least = square(&p, &found);
                for (a, b) in (0..=100).flat_map(|a| (0..=100 - a).map(move |b| (a, b))) {
                    let other = [a, b, 100 - a - b].map(|part| f64::from(part) / 100.0);
                    if other.iter().all(|w| *w <= most) {
                        assert!(least <= square(&p, &other) + 1e-10, "{found:?} against {other:?}");
                    }
                }
                if most == 1.0 {
                    let down = p
                        .iter()
                        .map(|row| row.iter().zip(&found).map(|(g, w)| g * w).sum::<f64>());
                    assert!(down.min_by(f64::total_cmp).unwrap() >= least - 1e-10);
                }
            }
        }
    }

    /// Twenty members in three dimensions: any of many weights is the best, and what they add up to is nothing or one vector.
    #[test]
    fn more_members_than_dimensions() {
        let number = |n: usize| ((n * 7919 + 13) % 101) as f64 / 101.0;
        let gradients: Vec<[f64; 3]> = (0..20)
            .map(|m| [0, 1, 2].map(|axis| 0.2 + number(3 * m + axis)))
            .collect();
        let p = products(&gradients);
        let found = shortest(&p, 0.25);
        let slopes: Vec<f64> = p
            .iter()
            .map(|row| row.iter().zip(&found).map(|(g, w)| g * w).sum())
            .collect();
        // No weight can be moved to a member with less slope.
        for from in (0..20).filter(|&m| found[m] > 1e-9) {
            for to in (0..20).filter(|&m| found[m] < 0.25 - 1e-9) {
                assert!(slopes[from] <= slopes[to] + 1e-9, "{from} to {to}");
            }
        }
    }

    #[test]
    fn equal_members_keep_equal_weights() {
        assert_eq!(shortest(&products(&[[1.0, 2.0, 3.0]; 4]), 1.0), [0.25; 4]);
        assert_eq!(shortest(&products(&[[0.0; 3]; 2]), 1.0), [0.5; 2]);
    }
}
