//! A network's parameters by Hugging Face's names.

use std::collections::HashMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{DType, Tensor, TensorData},
};

use super::names;

/// The names of all parameters, with the shapes that files have.
pub(super) fn shapes<M: Module>(module: &M) -> Vec<(String, Vec<usize>)> {
    let mut shapes = Shapes::default();
    module.visit(&mut shapes);
    shapes.found
}

/// The names of all parameters, with their values and the shapes that files have.
pub(super) fn values<M: Module>(module: &M) -> Vec<(String, Vec<usize>, Vec<f32>)> {
    let mut values = Values::default();
    module.visit(&mut values);
    values.found
}

/// The module with these values, which have the shapes that files have; a parameter without stays as it is.
pub(super) fn with_values<M: Module>(module: M, values: HashMap<String, Vec<f32>>) -> M {
    module.map(&mut Setter {
        place: Place::default(),
        values,
    })
}

/// Where in a module a visit is.
#[derive(Default)]
struct Place {
    path: Vec<String>,
    containers: Vec<String>,
}

impl Place {
    fn enter(&mut self, name: &str, container: &str) {
        self.path.push(name.to_owned());
        self.containers.push(container.to_owned());
    }

    fn exit(&mut self) {
        self.path.pop();
        self.containers.pop();
    }

    fn name(&self) -> String {
        names::of_path(&self.path.join("."))
    }

    /// Burn multiplies by a layer's matrix from the right, `[in, out]`, and PyTorch by its transpose.
    fn is_transposed(&self) -> bool {
        let container = self.containers.last().map(String::as_str);
        container == Some("Struct:Linear") && self.path.last().is_some_and(|name| name == "weight")
    }

    fn shape_in_file<const D: usize>(&self, param: &Param<Tensor<D>>) -> Vec<usize> {
        let mut shape: Vec<usize> = param.lazy_shape().to_vec();
        if self.is_transposed() {
            shape.reverse();
        }
        shape
    }
}

#[derive(Default)]
struct Shapes {
    place: Place,
    found: Vec<(String, Vec<usize>)>,
}

impl ModuleVisitor for Shapes {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.found.push((self.place.name(), self.place.shape_in_file(param)));
    }
}

#[derive(Default)]
struct Values {
    place: Place,
    found: Vec<(String, Vec<usize>, Vec<f32>)>,
}

impl ModuleVisitor for Values {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let tensor = if self.place.is_transposed() {
            tensor.transpose()
        } else {
            tensor
        };
        let values = tensor.into_data().try_into_vec_as().expect("parameters are floats");
        let shape = self.place.shape_in_file(param);
        self.found.push((self.place.name(), shape, values));
    }
}

struct Setter {
    place: Place,
    values: HashMap<String, Vec<f32>>,
}

impl ModuleMapper for Setter {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(values) = self.values.remove(&self.place.name()) else {
            return param;
        };
        let values = match (self.place.is_transposed(), self.place.shape_in_file(&param).as_slice()) {
            (true, &[rows, columns]) => transposed(&values, rows, columns),
            _ => values,
        };
        let data = TensorData::new(values, param.lazy_shape());
        let device = param.lazy_device();
        // A parameter that nobody has looked at is not drawn only to learn its type.
        let dtype: DType = if param.is_initialized() {
            param.val().dtype()
        } else {
            Tensor::<1>::zeros([1], &device).dtype()
        };
        let id = param.id;
        param.transform_for_load(Tensor::from_data(data, (&device, dtype)), id)
    }
}

/// Row by row what was column by column.
fn transposed(values: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let column = |column| (0..rows).map(move |row| values[row * columns + column]);
    (0..columns).flat_map(column).collect()
}
