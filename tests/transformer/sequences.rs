//! How sequences are made of numbers, and what is left of their padding.

use burn::tensor::{Bool, Device, Tensor, TensorData};
use kd_testkit::{Subject, laws, read};

/// Hands out the parts of a batch's rows, one after the other.
pub struct Parts {
    rows: Tensor<2>,
    from: usize,
}

impl Parts {
    pub fn new(rows: Tensor<2>) -> Self {
        Self { rows, from: 0 }
    }

    /// The next numbers of each row, in this shape.
    pub fn take<const D: usize>(&mut self, axes: &[usize]) -> Tensor<D> {
        let count: usize = axes.iter().product();
        let part = self.rows.clone().narrow(1, self.from, count);
        self.from += count;
        let shape: Vec<usize> = self.rows.dims()[..1].iter().chain(axes).copied().collect();
        part.reshape(<[usize; D]>::try_from(shape).expect("there are D axes"))
    }

    /// Panics if something is left.
    pub fn finish(self) {
        assert_eq!(self.from, self.rows.dims()[1], "a row has parts that nobody took");
    }
}

/// A mask, `[batch, seq]`.
pub fn mask(entries: &[Vec<bool>], device: &Device) -> Tensor<2, Bool> {
    let seq = entries.first().map_or(0, Vec::len);
    let data = TensorData::new(entries.concat(), [entries.len(), seq]);
    Tensor::from_data(data, device)
}

/// The first `tokens` of `seq` tokens count, in each of the sequences.
pub fn first(tokens: usize, [batch, seq]: [usize; 2], device: &Device) -> Tensor<2, Bool> {
    mask(&vec![(0..seq).map(|place| place < tokens).collect(); batch], device)
}

/// As many entries of NaN at the end of each of these axes, as a new leaf.
pub fn padded<const D: usize>(x: Tensor<D>, axes: &[usize], by: usize) -> Tensor<D> {
    let pad = |x: Tensor<D>, &axis: &usize| {
        let mut shape = x.dims();
        shape[axis] = by;
        let junk = Tensor::full(shape, f64::NAN, (&x.device(), x.dtype()));
        Tensor::cat(vec![x, junk], axis)
    };
    let x = x.detach();
    let x = if by == 0 { x } else { axes.iter().fold(x, pad) };
    x.detach().require_grad()
}

/// Scores of one head that are each row's numbers, whoever looks: `[batch, 1, seq, seq]`.
pub fn alike_for_all(rows: Tensor<2>) -> Tensor<4> {
    let [batch, seq] = rows.dims();
    if batch == 0 {
        // Burn expands nothing that is empty.
        let nothing = TensorData::new(Vec::<f32>::new(), [0, 1, seq, seq]);
        return Tensor::from_data(nothing, (&rows.device(), rows.dtype()));
    }
    rows.reshape([batch, 1, 1, seq]).expand([batch, 1, seq, seq])
}

/// The number's multiple of each; of nothing it is nothing, which wgpu cannot multiply.
pub fn times<const D: usize>(x: Tensor<D>, by: f64) -> Tensor<D> {
    if x.dims().contains(&0) { x } else { x * by }
}

/// The group `coupled` but for unequal shapes: a matrix of attention shows other numbers than that law looks for, and labels have
/// no other shape. What is said of them is under bad input.
pub fn all_but_shapes(subject: &Subject) {
    laws::the_mean_is_of_the_values(subject);
    laws::order_does_not_matter(subject);
    laws::the_teacher_is_a_constant(subject);
    laws::an_empty_batch_has_no_mean(subject);
    laws::half_precision_is_widened(subject);
    laws::never_negative(subject);
}

/// The first `tokens` entries along these axes of a gradient, whose others must all be 0.
pub fn of_tokens<const D: usize>(gradient: Tensor<D>, axes: &[usize], tokens: usize) -> Vec<f64> {
    let kept = axes
        .iter()
        .fold(gradient.clone(), |kept, &axis| kept.narrow(axis, 0, tokens));
    let zeros = |numbers: &[f64]| numbers.iter().filter(|&&x| x == 0.0).count();
    let (all, kept) = (read(gradient), read(kept));
    assert_eq!(
        all.len() - zeros(&all),
        kept.len() - zeros(&kept),
        "padding has a gradient"
    );
    kept
}
