use burn::{
    module::{Module, ModuleVisitor, Param},
    tensor::{Bool, Int, Tensor, TensorData},
};
use sha2::{Digest, Sha256};

/// A name for a module's weights that changes if any of them does: the SHA-256 of all it holds.
///
/// ```text
/// sha256 of, for each parameter and each running statistic, in the order of their paths:
///     path ␀ type ␀ shape ␀ sha256 of its bytes
/// ```
///
/// The same weights have the same fingerprint in every process and on every device that keeps them in the same type. What is
/// no weight, such as a stride or an activation, does not enter: name it in the key where it varies.
///
/// # Example
///
/// ```
/// use burn::{module::Module, nn::LinearConfig};
/// use kd_cache::fingerprint;
///
/// # let device = burn::tensor::Device::flex();
/// let teacher = LinearConfig::new(4, 2).init(&device);
/// let other = LinearConfig::new(4, 2).init(&device);
/// assert!(fingerprint(&teacher).starts_with("sha256:"));
/// assert_eq!(fingerprint(&teacher), fingerprint(&teacher.clone().no_grad()));
/// assert_ne!(fingerprint(&teacher), fingerprint(&other));
/// ```
///
/// Of a [`Frozen`](kd_core::Frozen) teacher, give its [`module`](kd_core::Frozen::module).
pub fn fingerprint<M: Module>(module: &M) -> String {
    let mut visitor = Weights::default();
    // Running statistics put off what they were last told; `valid` has them take it in.
    module.valid().visit(&mut visitor);
    visitor.found.sort();
    let mut all = Sha256::new();
    for weight in &visitor.found {
        all.update(weight);
    }
    format!("sha256:{:x}", all.finalize())
}

/// One entry for each weight, which begins with its path.
#[derive(Default)]
struct Weights {
    path: Vec<String>,
    found: Vec<Vec<u8>>,
}

impl Weights {
    fn add(&mut self, data: TensorData) {
        let (path, dtype, shape) = (self.path.join("."), data.dtype(), data.shape().as_slice().to_vec());
        let mut entry = format!("{path}\0{dtype:?}\0{shape:?}\0").into_bytes();
        entry.extend(Sha256::digest(data.as_bytes()));
        self.found.push(entry);
    }
}

impl ModuleVisitor for Weights {
    fn enter_module(&mut self, name: &str, _container_type: &str) {
        self.path.push(name.into());
    }

    fn exit_module(&mut self, _name: &str, _container_type: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.add(param.val().into_data());
    }

    fn visit_int<const D: usize>(&mut self, param: &Param<Tensor<D, Int>>) {
        self.add(param.val().into_data());
    }

    fn visit_bool<const D: usize>(&mut self, param: &Param<Tensor<D, Bool>>) {
        self.add(param.val().into_data());
    }
}
