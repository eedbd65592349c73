//! A teacher's weights as a student's first ones, between any two modules: which goes where.

use burn::{
    module::Module,
    nn::{
        Linear, LinearConfig,
        transformer::{TransformerEncoder, TransformerEncoderConfig, TransformerEncoderInput},
    },
    tensor::{Distribution, Tensor},
};
use kd::transformer::{LayerChoice, Transplant, copy_layers};
use kd_testkit::{assert_close, contents, device, read, within};

use crate::stack::{Encoder, Stack, trained};

const LAYERS: &str = "encoder.layers";

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
