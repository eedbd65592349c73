use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    columns::{Column, Columns},
    dtype::{Dtype, Floats, Values},
};

/// What there is of each sample: columns in an order, each with its name, type and shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Form {
    pub columns: Vec<ColumnForm>,
}

/// The form of one column; the shape is a sample's, without the batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ColumnForm {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
}

/// Where the bytes of rows are: a shard, or what waits to become one.
pub(crate) trait Rows {
    /// All rows of a column, one after another.
    fn column(&self, index: usize) -> &[u8];
}

impl Form {
    pub fn of(columns: &Columns, floats: Floats) -> Self {
        let form_of = |column: &Column| ColumnForm {
            name: column.name.to_string(),
            dtype: Dtype::of(&column.values, floats),
            shape: column.shape.clone(),
        };
        Self {
            columns: columns.columns.iter().map(form_of).collect(),
        }
    }

    /// Whether no column of floats is of another type.
    pub fn keeps_floats_in(&self, floats: Floats) -> bool {
        let kept = [Dtype::of_floats(floats), Dtype::I32];
        self.columns.iter().all(|column| kept.contains(&column.dtype))
    }

    /// The values of chosen rows, in the order of the choice.
    pub fn gather<'a>(&self, chosen: &[(&'a dyn Rows, usize)]) -> Columns {
        let gather = |(index, form): (usize, &ColumnForm)| {
            let numbers = form.shape.iter().product::<usize>();
            let bytes = form.row_bytes();
            let mut values: Values = form.dtype.room(numbers * chosen.len());
            let row =
                |&(rows, row): &(&'a dyn Rows, usize)| -> &'a [u8] { &rows.column(index)[row * bytes..][..bytes] };
            for some in chosen.chunks(AT_ONCE) {
                some.iter().for_each(|chosen| touch(row(chosen)));
                some.iter()
                    .for_each(|chosen| form.dtype.decode(row(chosen), &mut values));
            }
            Column {
                name: form.name.as_str().into(),
                shape: form.shape.clone(),
                values,
            }
        };
        Columns {
            rows: chosen.len(),
            columns: self.columns.iter().enumerate().map(gather).collect(),
        }
    }
}

/// How many rows are asked of memory before the first of them is used.
const AT_ONCE: usize = 32;

/// Has memory bring a row, without waiting for it: the processor goes on to the next row's before this one's is here. Read one
/// after another, rows from all over a large cache would each be waited for: of a million rows of 100 numbers, drawn at random,
/// one takes two thirds of the time this way.
fn touch(row: &[u8]) {
    const LINE: usize = 64;
    let touched = row.iter().step_by(LINE).fold(0, |touched, byte| touched ^ byte);
    std::hint::black_box(touched);
}

impl ColumnForm {
    pub fn row_bytes(&self) -> usize {
        self.shape.iter().product::<usize>() * self.dtype.bytes()
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, column) in self.columns.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(
                f,
                "{comma}'{}' {:?} in {}",
                column.name,
                column.shape,
                column.dtype.name()
            )?;
        }
        if self.columns.is_empty() {
            write!(f, "nothing yet")?;
        }
        Ok(())
    }
}
