//! What a copied weight is, however it was kept, and what the student keeps of its own.

use burn::{
    module::{Lora, Module, ModuleMapper, ModuleVisitor, Param, ParamId},
    nn::{LinearConfig, LinearLayout},
    optim::{GradientsParams, SgdConfig},
    tensor::{DType, Distribution, Tensor},
};
use kd::transformer::{LayerChoice, Transplant, copy_layers};
use kd_testkit::{assert_close, computes_in, contents, device, read, within};

use crate::stack::{Stack, input, trained};

fn ids<M: Module>(module: &M) -> Vec<ParamId> {
    burn::module::list_param_ids(module)
}

/// Whether each float of a module learns.
fn tracked<M: Module>(module: &M) -> Vec<bool> {
    struct Tracked(Vec<bool>);

    impl ModuleVisitor for Tracked {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(param.val().is_require_grad());
        }
    }

    let mut tracked = Tracked(Vec::new());
    module.visit(&mut tracked);
    tracked.0
}

#[test]
fn the_student_keeps_who_it_is_and_learns() {
    let device = device().autodiff();
    let mut student = Stack::new(2, &device);
    student.head = student.head.no_grad();
    let (before, learns) = (ids(&student), tracked(&student));
    // The teacher is off the graph, the student is on it.
    let teacher = trained(4, &device.clone().inner()).valid();
    let kept = contents(&teacher);
    let (student, _) = copy_layers(student, &teacher, "encoder.layers", LayerChoice::EvenlySpaced).unwrap();
    assert_eq!(ids(&student), before);
    assert_eq!(tracked(&student), learns);
    assert!(learns.contains(&true) && learns.contains(&false));

    let started = contents(&student);
    let loss = student.forward(input(&device)).square().mean();
    let gradients = GradientsParams::from_grads(loss.backward(), &student);
    let stepped = SgdConfig::new().init().step(0.1, student, gradients);
    assert_ne!(contents(&stepped.encoder.layers[1].linear), started[7..9]);
    assert_eq!(contents(&stepped.head), started[started.len() - 2..]);
    assert_eq!(contents(&teacher), kept);
}

#[test]
fn a_weight_is_what_its_layer_computes_with_however_it_is_saved() {
    // Square, so that a transposed one would fit.
    let device = device();
    let linear = |layout| LinearConfig::new(3, 3).with_layout(layout).init(&device);
    let input = Tensor::<2>::random([4, 3], Distribution::Normal(0.0, 1.0), &device);
    for (ours, theirs) in [
        (LinearLayout::Col, LinearLayout::Row),
        (LinearLayout::Row, LinearLayout::Col),
    ] {
        let teacher = linear(theirs);
        let (student, _) = Transplant::new().copy(linear(ours), &teacher).unwrap();
        let [ours, theirs] = [&student, &teacher].map(|linear| read(linear.forward(input.clone())));
        assert_close("either layout", &ours, &theirs, within(1e-6));
    }
}

#[test]
fn adapters_are_folded_in() {
    let device = device().autodiff();
    let linear = || LinearConfig::new(4, 4).init(&device);
    let input = Tensor::<2>::random([2, 4], Distribution::Normal(0.0, 1.0), &device);
    let teacher = linear().apply_lora(Lora::new(2, 4.0));
    // A step, for an adapter is nothing at first.
    let gradients = GradientsParams::from_grads(teacher.forward(input.clone()).square().mean().backward(), &teacher);
    let teacher = SgdConfig::new().init().step(0.5, teacher, gradients);
    let (student, report) = Transplant::new().copy(linear(), &teacher).unwrap();
    let (ours, theirs) = (read(student.forward(input.clone())), read(teacher.forward(input)));
    assert_close("with the adapter", &ours, &theirs, within(1e-6));
    assert_eq!(report.left, []);
}

#[test]
fn the_students_type_of_floats_stays() {
    let device = device();
    if !computes_in(&device, DType::F64) {
        return;
    }
    let of = |dtype| LinearConfig::new(3, 3).init(&device).map(&mut Cast(dtype));
    for (ours, theirs) in [(DType::F64, DType::F32), (DType::F32, DType::F64)] {
        let teacher = of(theirs);
        let (student, _) = Transplant::new().copy(of(ours), &teacher).unwrap();
        assert_eq!(student.weight.val().dtype(), ours);
        assert_close(
            "either type",
            &read(student.weight.val()),
            &read(teacher.weight.val()),
            within(1e-7),
        );
    }
}

struct Cast(DType);

impl ModuleMapper for Cast {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| tensor.cast(self.0))
    }
}
