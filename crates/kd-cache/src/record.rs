use burn::tensor::{Device, Tensor};
use kd_core::{Feature, Features, OffGraph, TopK};

use crate::Columns;

/// What a cache can keep: outputs that are columns of numbers by sample, and can be made of them again.
///
/// | Outputs | Columns |
/// |---|---|
/// | `Tensor<D>`, such as logits | `logits` |
/// | [`Features`] | `features.NAME` for each layer |
/// | [`TopK`], whose temperature the key should name | `top_ids`, `top_log_probs`, `tail` |
/// | a pair of two of them | those of both |
///
/// # Example
///
/// Implement it for the struct in which your teacher returns its outputs:
///
/// ```
/// use burn::tensor::{Device, Tensor};
/// use kd_cache::{Columns, Record};
/// use kd_core::OffGraph;
///
/// struct Boxes {
///     corners: Tensor<3>,
///     scores: Tensor<2>,
/// }
/// # impl OffGraph for Boxes {
/// #     fn off_graph(self) -> Self {
/// #         Self { corners: self.corners.off_graph(), scores: self.scores.off_graph() }
/// #     }
/// # }
///
/// impl Record for Boxes {
///     fn rows(&self) -> usize {
///         self.scores.dims()[0]
///     }
///
///     fn write(self, columns: Columns) -> Columns {
///         columns.with_floats("corners", self.corners).with_floats("scores", self.scores)
///     }
///
///     fn read(columns: &mut Columns, device: &Device) -> Result<Self, String> {
///         let corners = columns.take_floats("corners", device)?;
///         Ok(Self { corners, scores: columns.take_floats("scores", device)? })
///     }
/// }
///
/// # let device = Device::flex();
/// let boxes = Boxes { corners: Tensor::zeros([2, 5, 4], &device), scores: Tensor::ones([2, 5], &device) };
/// let mut columns = boxes.write(Columns::new(2));
/// assert_eq!(Boxes::read(&mut columns, &device).unwrap().scores.dims(), [2, 5]);
/// ```
pub trait Record: OffGraph + Sized {
    /// Of how many samples these outputs are.
    fn rows(&self) -> usize;

    /// Adds its columns.
    fn write(self, columns: Columns) -> Columns;

    /// Finds its columns again, and takes them out.
    ///
    /// # Errors
    ///
    /// What it looked for, if it is not there.
    fn read(columns: &mut Columns, device: &Device) -> Result<Self, String>;
}

impl<const D: usize> Record for Tensor<D> {
    fn rows(&self) -> usize {
        self.dims()[0]
    }

    fn write(self, columns: Columns) -> Columns {
        columns.with_floats("logits", self)
    }

    fn read(columns: &mut Columns, device: &Device) -> Result<Self, String> {
        columns.take_floats("logits", device)
    }
}

/// Before the name of a layer.
const LAYER: &str = "features.";

impl Record for Features {
    fn rows(&self) -> usize {
        self.iter().next().map_or(0, |(_, feature)| feature.batch())
    }

    fn write(self, columns: Columns) -> Columns {
        self.iter().fold(columns, |columns, (name, feature)| {
            let name = format!("{LAYER}{name}");
            match feature.clone() {
                Feature::Vector(vector) => columns.with_floats(&name, vector),
                Feature::Tokens(tokens) => columns.with_floats(&name, tokens),
                Feature::Map(map) => columns.with_floats(&name, map),
            }
        })
    }

    fn read(columns: &mut Columns, device: &Device) -> Result<Self, String> {
        let mut features = Self::new();
        let names: Vec<String> = columns.names().map(String::from).collect();
        for name in &names {
            let Some(layer) = name.strip_prefix(LAYER) else {
                continue;
            };
            let feature = columns.take_floats::<2>(name, device).map(Feature::from);
            let feature = feature.or_else(|_| columns.take_floats::<3>(name, device).map(Feature::from));
            let feature = feature.or_else(|_| columns.take_floats::<4>(name, device).map(Feature::from));
            features = features.with(layer, feature?);
        }
        if features.names().next().is_none() {
            return Err(format!("'{LAYER}NAME', floats of 1 to 3 axes"));
        }
        Ok(features)
    }
}

impl Record for TopK {
    fn rows(&self) -> usize {
        self.ids.dims()[0]
    }

    fn write(self, columns: Columns) -> Columns {
        columns
            .with_ints("top_ids", self.ids)
            .with_floats("top_log_probs", self.log_probs)
            .with_floats("tail", self.tail)
    }

    fn read(columns: &mut Columns, device: &Device) -> Result<Self, String> {
        Ok(Self {
            ids: columns.take_ints("top_ids", device)?,
            log_probs: columns.take_floats("top_log_probs", device)?,
            tail: columns.take_floats("tail", device)?,
        })
    }
}

impl<A: Record, B: Record> Record for (A, B) {
    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn write(self, columns: Columns) -> Columns {
        self.1.write(self.0.write(columns))
    }

    fn read(columns: &mut Columns, device: &Device) -> Result<Self, String> {
        Ok((A::read(columns, device)?, B::read(columns, device)?))
    }
}
