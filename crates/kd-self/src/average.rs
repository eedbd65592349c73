//! One network's parameters mixed into another's, path by path.

use std::{any::Any, collections::BTreeMap};

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param, ParameterValue},
    tensor::{Bool, Int, Tensor},
};
use kd_core::{check, rows::widen};

use crate::Buffers;

/// A network's parameters and running statistics by their paths.
pub(crate) struct Visited {
    path: Vec<String>,
    /// Each a tensor of some rank and kind, and its shape.
    tensors: BTreeMap<String, (Vec<usize>, Box<dyn Any>)>,
}

impl Visited {
    pub(crate) fn of<M: Module>(module: &M) -> Self {
        let (path, tensors) = Default::default();
        let mut visited = Self { path, tensors };
        module.visit(&mut visited);
        visited
    }

    pub(crate) fn first_path(&self) -> Option<&str> {
        self.tensors.keys().next().map(String::as_str)
    }

    fn put<T: 'static>(&mut self, shape: Vec<usize>, tensor: T) {
        self.tensors.insert(self.path.join("."), (shape, Box::new(tensor)));
    }

    /// What stands at `path`, which is gone from here afterwards.
    #[track_caller]
    fn take<T: 'static>(&mut self, path: &str, shape: &[usize]) -> T {
        let found = self.tensors.remove(path);
        check::same_parameter("Ema", path, shape, found.as_ref().map(|(shape, _)| shape.as_slice()));
        let (_, tensor) = found.expect("has just been checked");
        *tensor.downcast().expect("the field is of the same type on both sides")
    }
}

impl ModuleVisitor for Visited {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.put(param.val().dims().into(), param.val());
    }

    fn visit_int<const D: usize>(&mut self, param: &Param<Tensor<D, Int>>) {
        self.put(param.val().dims().into(), param.val());
    }

    fn visit_bool<const D: usize>(&mut self, param: &Param<Tensor<D, Bool>>) {
        self.put(param.val().dims().into(), param.val());
    }
}

/// Makes the next average of the last one and a student.
pub(crate) struct Average<'a> {
    student: &'a mut Visited,
    decay: f64,
    buffers: Buffers,
    path: Vec<String>,
    containers: Vec<String>,
}

impl<'a> Average<'a> {
    pub(crate) fn new(student: &'a mut Visited, decay: f64, buffers: Buffers) -> Self {
        Self {
            student,
            decay,
            buffers,
            path: Vec::new(),
            containers: Vec::new(),
        }
    }

    /// Batch normalisation's running mean or variance.
    fn is_buffer(&self) -> bool {
        let name = self.path.last().is_some_and(|name| name.starts_with("running_"));
        name && self.containers.last().is_some_and(|last| last == "Struct:BatchNorm")
    }

    fn copied<T: ParameterValue + 'static>(&mut self, param: Param<T>, shape: &[usize]) -> Param<T> {
        let student = self.student.take(&self.path.join("."), shape);
        param.map(|_| student)
    }
}

impl ModuleMapper for Average<'_> {
    fn enter_module(&mut self, name: &str, container_type: &str) {
        self.path.push(name.into());
        self.containers.push(container_type.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
        self.containers.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let student: Tensor<D> = self.student.take(&self.path.join("."), &param.val().dims());
        let copied = self.decay == 0.0 || (self.is_buffer() && self.buffers == Buffers::Copy);
        let decay = self.decay;
        param.map(|average| {
            let student = student.cast(average.dtype());
            if copied {
                student
            } else {
                average.clone() + (student - average) * (1.0 - decay)
            }
        })
    }

    fn map_int<const D: usize>(&mut self, param: Param<Tensor<D, Int>>) -> Param<Tensor<D, Int>> {
        let shape = param.val().dims();
        self.copied(param, &shape)
    }

    fn map_bool<const D: usize>(&mut self, param: Param<Tensor<D, Bool>>) -> Param<Tensor<D, Bool>> {
        let shape = param.val().dims();
        self.copied(param, &shape)
    }
}

/// Makes f16 and bf16 f32.
pub(crate) struct Widened;

impl ModuleMapper for Widened {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(widen)
    }
}
