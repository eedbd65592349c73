use std::collections::HashMap;

use kd_core::Error;

use crate::{
    columns::Columns,
    dtype::Values,
    form::{Form, Rows},
};

/// Samples that wait until they fill a shard, as the bytes that they will be there.
#[derive(Default)]
pub(crate) struct Pending {
    pub ids: Vec<u64>,
    pub columns: Vec<Vec<u8>>,
    places: HashMap<u64, usize>,
}

impl Pending {
    pub fn place(&self, id: u64) -> Option<usize> {
        self.places.get(&id).copied()
    }

    /// Adds all of them, or on an error none.
    pub fn add(&mut self, ids: &[u64], columns: &Columns, form: &Form) -> Result<(), Error> {
        for column in &columns.columns {
            if let Some((place, value)) = column.values.unteachable() {
                return Err(Error::Unteachable {
                    name: column.name.to_string(),
                    id: ids[place / column.shape.iter().product::<usize>()],
                    value,
                });
            }
        }
        let mut encoded = Vec::with_capacity(columns.columns.len());
        for (column, form) in columns.columns.iter().zip(&form.columns) {
            let bytes = form.dtype.encode(&column.values).map_err(|place| Error::OutOfReach {
                name: form.name.clone(),
                id: ids[place / form.shape.iter().product::<usize>()],
                value: match &column.values {
                    Values::Floats(floats) => floats[place],
                    Values::Ints(ints) => ints[place] as f32,
                },
                dtype: form.dtype.name(),
            })?;
            encoded.push(bytes);
        }
        self.columns.resize_with(encoded.len(), Vec::new);
        for (column, bytes) in self.columns.iter_mut().zip(encoded) {
            column.extend(bytes);
        }
        for &id in ids {
            self.places.insert(id, self.ids.len());
            self.ids.push(id);
        }
        Ok(())
    }

    /// The first so many.
    pub fn first(&self, samples: usize, form: &Form) -> Self {
        let columns = self.columns.iter().zip(&form.columns);
        Self {
            ids: self.ids[..samples].to_vec(),
            columns: columns
                .map(|(bytes, form)| bytes[..samples * form.row_bytes()].to_vec())
                .collect(),
            places: HashMap::new(),
        }
    }

    /// Drops the first so many, which have found their shard.
    pub fn drop_first(&mut self, samples: usize, form: &Form) {
        for id in self.ids.drain(..samples) {
            self.places.remove(&id);
        }
        for place in self.places.values_mut() {
            *place -= samples;
        }
        for (bytes, form) in self.columns.iter_mut().zip(&form.columns) {
            bytes.drain(..samples * form.row_bytes());
        }
    }
}

impl Rows for Pending {
    fn column(&self, index: usize) -> &[u8] {
        &self.columns[index]
    }
}
