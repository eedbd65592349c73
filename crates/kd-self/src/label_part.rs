use burn::tensor::{Bool, Int, Tensor};
use kd_core::rows;

/// One of the classes that a row's labels name, and its share of the sample.
#[derive(Clone)]
pub(crate) struct LabelPart {
    /// `[rows]`; where a row has no such part, the class of its first.
    class: Tensor<1, Int>,
    /// `[rows]`; 0 where a row has no such part.
    share: Tensor<1>,
}

impl LabelPart {
    /// Labels of samples that are of one class each, with shares in the type of `logits`.
    pub fn whole(labels: Tensor<1, Int>, logits: &Tensor<2>) -> Self {
        Self {
            share: Tensor::ones(labels.dims(), (&logits.device(), logits.dtype())),
            class: labels,
        }
    }

    /// The two classes of which a row has most, `[rows, classes]`; of a row that has one alone, the second is absent.
    pub fn two_of(shares: Tensor<2>) -> [Self; 2] {
        let classes = shares.dims()[1];
        let column = |(share, class): (Tensor<2>, Tensor<2, Int>)| Self {
            class: class.squeeze_dim(1),
            share: share.squeeze_dim(1),
        };
        let first = column(shares.clone().max_dim_with_indices(1));
        let others = shares.mask_fill(rows::at_label(first.class.clone(), classes), 0.0);
        let mut second = column(others.max_dim_with_indices(1));
        second.class = second.class.clone().mask_where(second.is_absent(), first.class.clone());
        [first, second]
    }

    /// The share of the sample, `[rows]`.
    pub fn share(&self) -> Tensor<1> {
        self.share.clone()
    }

    /// Where a row has no such part, `[rows]`.
    pub fn is_absent(&self) -> Tensor<1, Bool> {
        self.share.clone().equal_elem(0.0)
    }

    /// What `table`, `[rows, classes]`, says of the part's class, `[rows]`.
    pub fn of(&self, table: Tensor<2>) -> Tensor<1> {
        table.gather(1, self.class.clone().unsqueeze_dim(1)).squeeze_dim(1)
    }
}

/// True at the classes that a row's labels name, `[rows, classes]`.
pub(crate) fn at_any(parts: &[LabelPart], classes: usize) -> Tensor<2, Bool> {
    let at_each = parts.iter().map(|part| rows::at_label(part.class.clone(), classes));
    at_each.reduce(Tensor::bool_or).expect("a label names a class")
}
