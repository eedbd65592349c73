//! A module's parameters by their paths: what they are, reading them and writing them.

use std::collections::HashMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Bool, Float, Int, Tensor, TensorData},
};

/// What a parameter is called, and what it is.
pub(crate) struct Parameter {
    pub(crate) path: String,
    pub(crate) kind: &'static str,
    pub(crate) shape: Vec<usize>,
}

impl Parameter {
    /// How many numbers it is.
    pub(crate) fn count(&self) -> usize {
        self.shape.iter().product()
    }
}

/// All parameters of a module, in its order. None is drawn for it.
pub(crate) fn parameters<M: Module>(module: &M) -> Vec<Parameter> {
    let mut list = List::default();
    module.visit(&mut list);
    list.parameters
}

#[derive(Default)]
struct List {
    path: Vec<String>,
    parameters: Vec<Parameter>,
}

macro_rules! list_kind {
    ($visit:ident, $kind:ident, $name:literal) => {
        fn $visit<const D: usize>(&mut self, param: &Param<Tensor<D, $kind>>) {
            self.parameters.push(Parameter {
                path: self.path.join("."),
                kind: $name,
                shape: param.lazy_shape().to_vec(),
            });
        }
    };
}

impl ModuleVisitor for List {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    list_kind!(visit_float, Float, "float");
    list_kind!(visit_int, Int, "int");
    list_kind!(visit_bool, Bool, "bool");
}

/// Some parameters of a module, on the host.
pub(crate) struct Read {
    path: Vec<String>,
    data: HashMap<String, Option<TensorData>>,
}

impl Read {
    pub(crate) fn of<'a, M: Module>(module: &M, paths: impl Iterator<Item = &'a str>) -> Self {
        let mut read = Self {
            path: Vec::new(),
            data: paths.map(|path| (path.into(), None)).collect(),
        };
        module.visit(&mut read);
        read
    }
}

macro_rules! read_kind {
    ($visit:ident, $kind:ident) => {
        fn $visit<const D: usize>(&mut self, param: &Param<Tensor<D, $kind>>) {
            if let Some(data) = self.data.get_mut(&self.path.join(".")) {
                *data = Some(param.val().into_data());
            }
        }
    };
}

impl ModuleVisitor for Read {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    read_kind!(visit_float, Float);
    read_kind!(visit_int, Int);
    read_kind!(visit_bool, Bool);
}

/// Writes what was read into another module.
pub(crate) struct Write<'a> {
    path: Vec<String>,
    sources: &'a HashMap<&'a str, &'a str>,
    read: &'a Read,
}

impl<'a> Write<'a> {
    /// `sources` has a path of what was read for each path that is to be written.
    pub(crate) fn new(sources: &'a HashMap<&'a str, &'a str>, read: &'a Read) -> Self {
        let path = Vec::new();
        Self { path, sources, read }
    }

    fn data(&self) -> Option<TensorData> {
        let source = self.sources.get(&*self.path.join("."))?;
        self.read.data.get(*source)?.clone()
    }
}

/// What a layer computes with, and not what it saves: a linear layer may save its weight transposed.
macro_rules! write_kind {
    ($map:ident, $kind:ident, $like:expr) => {
        fn $map<const D: usize>(&mut self, param: Param<Tensor<D, $kind>>) -> Param<Tensor<D, $kind>> {
            match self.data() {
                None => param,
                Some(data) => param.map(|old| {
                    let new = Tensor::from_data(data, (&old.device(), old.dtype()));
                    $like(new, old)
                }),
            }
        }
    };
}

impl ModuleMapper for Write<'_> {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    write_kind!(map_float, Float, |new: Tensor<D>, old: Tensor<D>| new
        .set_require_grad(old.is_require_grad()));
    write_kind!(map_int, Int, |new, _| new);
    write_kind!(map_bool, Bool, |new, _| new);
}
