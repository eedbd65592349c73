//! A teacher's weights as a student's first ones, between any two modules.

use burn::{
    module::{Lora, Module, ModuleMapper, ModuleVisitor, Param, ParamId},
    nn::{
        Linear, LinearConfig, LinearLayout,
        transformer::{TransformerEncoder, TransformerEncoderConfig, TransformerEncoderInput},
    },
    optim::{GradientsParams, SgdConfig},
    tensor::{DType, Distribution, Tensor},
};
use kd::transformer::{LayerChoice, Transplant, copy_layers};
use kd_testkit::{assert_close, computes_in, contents, device, read, within};

use crate::stack::{Encoder, Stack, input, trained};

const LAYERS: &str = "encoder.layers";

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
fn chosen_layers_and_all_that_is_called_the_same() {
    let device = device();
    let teacher = trained(4, &device);
    let before = contents(&teacher.valid());
    let student = Stack::new(2, &device);
    let (student, report) = copy_layers(student, &teacher, LAYERS, LayerChoice::Listed(vec![1, 3])).unwrap();

    for (ours, theirs) in student.encoder.layers.iter().zip([1, 3]) {
        assert_eq!(contents(ours), contents(&teacher.valid().encoder.layers[theirs]));
    }
    assert_eq!(contents(&student.head), contents(&teacher.head.valid()));
    assert_eq!(contents(&student.embedding), contents(&teacher.embedding.valid()));
    // Integers and booleans as well.
    assert_eq!(
        student.positions.val().into_data().iter::<i64>().collect::<Vec<_>>(),
        [0, 1, 4]
    );
    assert_eq!(
        student.causal.val().into_data().iter::<bool>().collect::<Vec<_>>(),
        [true, true]
    );

    assert_eq!(contents(&teacher.valid()), before);
    assert_eq!(report.fresh, []);
    let left: Vec<&str> = report.left.iter().map(|left| &*left.path).collect();
    assert!(
        left.iter()
            .all(|path| path.starts_with("encoder.layers.0.") || path.starts_with("encoder.layers.2."))
    );
    assert_eq!(left.len(), 2 * 6);
    let of = |student: &str| {
        let copied = report.copied.iter().find(|copied| copied.student == student).unwrap();
        (copied.teacher.clone(), copied.count)
    };
    assert_eq!(
        of("encoder.layers.0.linear.weight"),
        ("encoder.layers.1.linear.weight".into(), 16)
    );
    assert_eq!(
        of("encoder.layers.1.norm.running_mean"),
        ("encoder.layers.3.norm.running_mean".into(), 4)
    );
    assert_eq!(of("head.bias"), ("head.bias".into(), 3));
}

#[test]
fn an_encoder_of_burns_with_all_layers_computes_what_the_teacher_does() {
    let device = device();
    let encoder = |layers| TransformerEncoderConfig::new(8, 16, 2, layers).init(&device);
    let run = |encoder: &TransformerEncoder, input: &Tensor<3>| {
        read(encoder.valid().forward(TransformerEncoderInput::new(input.clone())))
    };
    let input = Tensor::random([2, 3, 8], Distribution::Normal(0.0, 1.0), &device);
    let teacher = encoder(4);
    let (all, _) = copy_layers(encoder(4), &teacher, "layers", LayerChoice::First).unwrap();
    assert_close("all layers", &run(&all, &input), &run(&teacher, &input), within(1e-6));

    // Two of them compute what these two do, one after the other.
    let (two, report) = copy_layers(encoder(2), &teacher, "layers", LayerChoice::Listed(vec![0, 2])).unwrap();
    let teacher = teacher.valid();
    let by_hand = teacher.layers[2].forward(teacher.layers[0].forward(input.clone(), None, None), None, None);
    assert_close("two layers", &run(&two, &input), &read(by_hand), within(1e-6));
    let shown = report.to_string();
    assert!(
        shown.contains("\n  layers.0\n  layers.1 from the teacher's layers.2\nleft: "),
        "{shown}"
    );
    assert!(shown.contains("\n  layers.1\n  layers.3\nfresh: 0 of "), "{shown}");
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
    let (student, _) = copy_layers(student, &teacher, LAYERS, LayerChoice::EvenlySpaced).unwrap();
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
fn between_two_types_paths_are_said() {
    #[derive(Module, Debug)]
    struct Other {
        stack: Encoder,
        classifier: Linear,
        extra: Linear,
    }

    let device = device();
    let teacher = trained(3, &device).valid();
    let Stack { encoder, .. } = Stack::new(2, &device);
    let classifier = LinearConfig::new(4, 3).init(&device);
    let extra = LinearConfig::new(2, 2).init(&device);
    let fresh = contents(&extra);
    let student = Other {
        stack: encoder,
        classifier,
        extra,
    };
    let transplant = Transplant::new()
        .with_layers("stack.layers", LAYERS, LayerChoice::Last)
        .with_part("classifier", "head");
    let (student, report) = transplant.copy(student, &teacher).unwrap();
    assert_eq!(contents(&student.stack), contents(&teacher.encoder)[6..]);
    assert_eq!(contents(&student.classifier), contents(&teacher.head));
    assert_eq!(contents(&student.extra), fresh);
    assert_eq!(
        report.to_string(),
        "copied: 87 of the student's 93 parameters
  stack.layers.0 from the teacher's encoder.layers.1
  stack.layers.1 from the teacher's encoder.layers.2
  classifier from the teacher's head
left: 69 of the teacher's 156 parameters
  embedding
  encoder.layers.0
  positions
  causal
fresh: 6 of the student's 93 parameters
  extra
"
    );
}

#[test]
fn the_longest_part_counts_and_what_is_left_out_stays() {
    let device = device();
    let (student, teacher) = (Stack::new(2, &device), Stack::new(2, &device));
    let (bias, own) = (contents(&teacher)[3].clone(), contents(&student.encoder.layers[0].norm));
    let transplant = Transplant::new()
        .with_part("encoder", "encoder")
        .with_part("encoder.layers.1.linear.bias", "encoder.layers.0.norm.gamma")
        .without("encoder.layers.0.norm");
    let (student, report) = transplant.copy(student, &teacher).unwrap();
    assert_eq!(contents(&student.encoder.layers[1].linear)[1], bias);
    assert_eq!(contents(&student.encoder.layers[0].norm), own);
    assert_eq!(report.fresh.len(), 4);
    // Gamma went elsewhere, so it was not left.
    let left: Vec<&str> = report.left.iter().map(|left| &*left.path).collect();
    assert!(
        !left.contains(&"encoder.layers.0.norm.gamma") && left.contains(&"encoder.layers.0.norm.beta"),
        "{left:?}"
    );
}

#[test]
fn a_module_that_is_a_list_has_layers_at_its_root() {
    let device = device();
    let list = |count: usize| -> Vec<Linear> { (0..count).map(|_| LinearConfig::new(2, 2).init(&device)).collect() };
    let teacher = list(3);
    let (student, _) = copy_layers(list(2), &teacher, "", LayerChoice::EvenlySpaced).unwrap();
    assert_eq!(
        contents(&student),
        [contents(&teacher[0]), contents(&teacher[2])].concat()
    );
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
