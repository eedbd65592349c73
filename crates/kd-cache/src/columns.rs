use std::sync::Arc;

use burn::tensor::{Device, Int, Tensor, TensorData};
use kd_core::check;

use crate::{dtype::Values, shard};

/// Outputs of a batch on their way to a cache or from one: columns by name, in main memory, on no device.
///
/// Most people never see it: a cache takes and gives tensors. It is what a [`Record`](crate::Record) of your own is made of, and
/// what a loader's worker hands over.
#[derive(Clone, Debug, PartialEq)]
pub struct Columns {
    pub(crate) rows: usize,
    pub(crate) columns: Vec<Column>,
}

/// One column: `shape` is a sample's.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Column {
    pub name: Arc<str>,
    pub shape: Vec<usize>,
    pub values: Values,
}

impl Columns {
    /// No columns yet, for a batch of so many samples.
    pub fn new(rows: usize) -> Self {
        let columns = Vec::new();
        Self { rows, columns }
    }

    /// How many samples it is of.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| &*column.name)
    }

    /// With one more column of floats, `[rows, ...]`. It reads the tensor back from its device.
    ///
    /// # Panics
    ///
    /// If there is such a column, or the tensor has another number of rows.
    #[track_caller]
    pub fn with_floats<const D: usize>(self, name: &str, tensor: Tensor<D>) -> Self {
        let shape = tensor.dims();
        let data = tensor.into_data().convert::<f32>();
        let floats = data.try_into_vec().expect("converted to f32");
        self.with(name, &shape, Values::Floats(floats))
    }

    /// With one more column of integers, `[rows, ...]`, each of which i32 can hold.
    ///
    /// # Panics
    ///
    /// If there is such a column, the tensor has another number of rows, or i32 cannot hold one of the integers.
    #[track_caller]
    pub fn with_ints<const D: usize>(self, name: &str, tensor: Tensor<D, Int>) -> Self {
        let shape = tensor.dims();
        let narrow = |int: i64| {
            int.try_into().unwrap_or_else(|_| {
                panic!("Columns: '{name}' has {int}, which i32 cannot hold; keep it as two columns")
            })
        };
        let ints = tensor.into_data().iter::<i64>().map(narrow).collect();
        self.with(name, &shape, Values::Ints(ints))
    }

    #[track_caller]
    fn with(mut self, name: &str, shape: &[usize], values: Values) -> Self {
        assert!(
            self.names().all(|other| other != name) && !RESERVED.contains(&name),
            "Columns: there is a column '{name}' already; give each its own name"
        );
        assert!(
            shape[0] == self.rows,
            "Columns: '{name}' has {} rows in a batch of {}; give it one for each sample",
            shape[0],
            self.rows
        );
        self.columns.push(Column {
            name: name.into(),
            shape: shape[1..].to_vec(),
            values,
        });
        self
    }

    /// Takes a column of floats out, as a tensor, `[rows, ...]`, in the device's own type.
    ///
    /// # Errors
    ///
    /// What was looked for, if there is none such; then nothing was taken.
    pub fn take_floats<const D: usize>(&mut self, name: &str, device: &Device) -> Result<Tensor<D>, String> {
        match self.take(name, D, |values| matches!(values, Values::Floats(_))) {
            Some((shape, Values::Floats(floats))) => Ok(Tensor::from_data(TensorData::new(floats, shape), device)),
            _ => Err(format!("'{name}', floats of {} axes", D - 1)),
        }
    }

    /// Takes a column of integers out, as a tensor, `[rows, ...]`, in the device's own type.
    ///
    /// # Errors
    ///
    /// What was looked for, if there is none such; then nothing was taken.
    pub fn take_ints<const D: usize>(&mut self, name: &str, device: &Device) -> Result<Tensor<D, Int>, String> {
        match self.take(name, D, |values| matches!(values, Values::Ints(_))) {
            Some((shape, Values::Ints(ints))) => Ok(Tensor::from_data(TensorData::new(ints, shape), device)),
            _ => Err(format!("'{name}', integers of {} axes", D - 1)),
        }
    }

    /// One batch after another, as one: what a batcher makes of what several workers read.
    ///
    /// # Panics
    ///
    /// If there are none, or they are not of the same form.
    #[track_caller]
    pub fn stack(batches: impl IntoIterator<Item = Self>) -> Self {
        let mut batches = batches.into_iter();
        let mut all = batches.next().unwrap_or_else(|| Self::new(0));
        check::not_empty("Columns::stack", all.rows);
        for batch in batches {
            all.rows += batch.rows;
            assert!(all.columns.len() == batch.columns.len(), "{}", OTHER_FORM);
            for (column, more) in all.columns.iter_mut().zip(batch.columns) {
                assert!(column.name == more.name && column.shape == more.shape, "{}", OTHER_FORM);
                match (&mut column.values, more.values) {
                    (Values::Floats(floats), Values::Floats(more)) => floats.extend(more),
                    (Values::Ints(ints), Values::Ints(more)) => ints.extend(more),
                    _ => panic!("{OTHER_FORM}"),
                }
            }
        }
        all
    }

    /// The column of this name with its shape, `[rows, ...]`, if a tensor of so many axes can hold it and it is of this sort.
    fn take(&mut self, name: &str, axes: usize, sort: impl Fn(&Values) -> bool) -> Option<(Vec<usize>, Values)> {
        let sought = |column: &Column| &*column.name == name && column.shape.len() + 1 == axes && sort(&column.values);
        let place = self.columns.iter().position(sought)?;
        let Column { mut shape, values, .. } = self.columns.remove(place);
        shape.insert(0, self.rows);
        Some((shape, values))
    }
}

/// Names that a shard uses itself.
const RESERVED: [&str; 2] = [shard::IDS, "__metadata__"];

const OTHER_FORM: &str = "Columns::stack: the batches are not of the same form; stack what one cache gave";
