//! What stands in the way of a transplant is said, all at once, and nothing is copied.

use burn::{
    module::{Module, Param, ParamId},
    nn::{Linear, LinearConfig},
    tensor::{Device, Int, Tensor},
};
use kd::transformer::{LayerChoice, Transplant, copy_layers};
use kd_testkit::{contents, device};

use crate::stack::{Stack, trained};

const LAYERS: &str = "encoder.layers";

/// What is said, once it is sure that the student is what it was; its clone shares the running statistics.
fn fault<S: Module, T: Module>(transplant: &Transplant, student: S, teacher: &T) -> String {
    let kept = student.clone();
    let before = contents(&kept);
    let error = transplant.copy(student, teacher).map(|(_, report)| report).unwrap_err();
    assert_eq!(contents(&kept), before);
    error.to_string()
}

#[test]
fn shapes_that_differ_are_all_named_and_nothing_is_half_copied() {
    let device = device();
    let mut student = Stack::new(2, &device);
    student.head = LinearConfig::new(4, 5).init(&device);
    let teacher = trained(4, &device);
    let transplant = Transplant::new().with_layers(LAYERS, LAYERS, LayerChoice::EvenlySpaced);
    assert_eq!(
        fault(&transplant, student, &teacher),
        "Transplant: nothing was copied, for
  'head.weight' is [4, 5] in the student, and the teacher's 'head.weight' is [4, 3]; make them alike, or leave it out by \
         `without(\"head.weight\")`
  'head.bias' is [5] in the student, and the teacher's 'head.bias' is [3]; make them alike, or leave it out by \
         `without(\"head.bias\")`"
    );
}

#[test]
fn of_many_faults_the_first_are_shown() {
    let device = device();
    let list = |width| -> Vec<Linear> { (0..9).map(|_| LinearConfig::new(2, width).init(&device)).collect() };
    let said = fault(&Transplant::new(), list(2), &list(3));
    assert_eq!(said.lines().count(), 1 + 8 + 1, "{said}");
    assert!(said.ends_with("\n  and 10 more"), "{said}");
}

#[test]
fn kinds_that_differ_are_named() {
    #[derive(Module, Debug)]
    struct Positions {
        positions: Param<Tensor<1>>,
    }
    #[derive(Module, Debug)]
    struct Numbers {
        positions: Param<Tensor<1, Int>>,
    }

    let device = device();
    let student = Positions {
        positions: Param::from_tensor(Tensor::zeros([3], &device)),
    };
    let teacher = Numbers {
        positions: Param::initialized(ParamId::new(), Tensor::zeros([3], &device)),
    };
    let said = fault(&Transplant::new(), student, &teacher);
    assert!(
        said.ends_with(
            "'positions' holds floats in the student, and the teacher's 'positions' holds ints; leave it out by \
             `without(\"positions\")`"
        ),
        "{said}"
    );
}

#[test]
fn paths_that_lead_nowhere_are_named_with_those_there_are() {
    let device = device();
    let said = |transplant| fault(&transplant, Stack::new(2, &device), &Stack::new(2, &device));
    let begin = "its paths begin with 'embedding', 'encoder', 'positions', 'causal', 'head'";
    let cases = [
        (
            Transplant::new().with_layers("layers", LAYERS, LayerChoice::First),
            "the student has no layers numbered below 'layers'",
        ),
        (
            Transplant::new().with_layers(LAYERS, "encoder", LayerChoice::First),
            "the teacher has no layers numbered below 'encoder'",
        ),
        (
            Transplant::new().with_part("classifier", "head"),
            "the student has no parameter at or below 'classifier'",
        ),
        (
            Transplant::new().with_part("head", "classifier"),
            "the teacher has no parameter at or below 'classifier'",
        ),
        (
            Transplant::new().without("heads"),
            "the student has no parameter at or below 'heads'",
        ),
    ];
    for (transplant, expected) in cases {
        let said = said(transplant);
        assert_eq!(
            said,
            format!("Transplant: nothing was copied, for\n  {expected}; {begin}")
        );
    }
}

#[test]
fn layers_that_are_not_there_are_the_choices_error() {
    let device = device();
    let (student, teacher) = (Stack::new(2, &device), Stack::new(4, &device));
    let error = copy_layers(student, &teacher, LAYERS, LayerChoice::Listed(vec![0, 4])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "LayerChoice: 2 of a teacher's 4 layers: there is no layer 4; they are counted from 0 to 3"
    );
    let error = copy_layers(teacher, &Stack::new(2, &device), LAYERS, LayerChoice::First).unwrap_err();
    assert!(error.to_string().starts_with("LayerChoice: 4 of a teacher's 2 layers"));
}

#[derive(Module, Debug)]
struct Named {
    blocks: Vec<Inner>,
}

#[derive(Module, Debug)]
struct Inner {
    dense: Linear,
}

fn named(device: &Device) -> Named {
    Named {
        blocks: vec![Inner {
            dense: LinearConfig::new(4, 4).init(device),
        }],
    }
}

#[test]
fn a_layer_that_would_get_nothing_is_an_error_and_not_a_fresh_layer() {
    let device = device();
    let transplant = Transplant::new().with_layers("blocks", LAYERS, LayerChoice::First);
    let said = fault(&transplant, named(&device), &Stack::new(2, &device));
    assert!(
        said.ends_with(
            "'blocks.0' of the student gets nothing, since no parameter of it is called as in the teacher; say what is which by \
             `with_part`, or leave it out by `without(\"blocks.0\")`"
        ),
        "{said}"
    );
}

/// What the message above advises.
#[test]
fn a_part_inside_a_layer_counts_before_the_layer() {
    let device = device();
    let teacher = Stack::new(2, &device);
    let transplant = Transplant::new()
        .with_layers("blocks", LAYERS, LayerChoice::Last)
        .with_part("blocks.0.dense", "encoder.layers.0.linear");
    let (student, report) = transplant.copy(named(&device), &teacher).unwrap();
    assert_eq!(
        contents(&student.blocks[0].dense),
        contents(&teacher.encoder.layers[0].linear)
    );
    assert_eq!(report.fresh, []);
    // And a part around it after the layer.
    let transplant = Transplant::new()
        .with_layers(LAYERS, LAYERS, LayerChoice::Last)
        .with_part("encoder", "encoder");
    let (student, _) = transplant.copy(Stack::new(1, &device), &teacher).unwrap();
    assert_eq!(
        contents(&student.encoder.layers[0]),
        contents(&teacher.encoder.layers[1])
    );
}

#[test]
fn nothing_in_common_is_an_error() {
    let device = device();
    let said = fault(&Transplant::new(), named(&device), &Stack::new(1, &device));
    assert!(
        said.contains(
            "no parameter of the student is called like one of the teacher's: there are 'blocks' and 'embedding', 'enc"
        ),
        "{said}"
    );
    // So is a student all of which is left out.
    let said = fault(&Transplant::new().without(""), named(&device), &named(&device));
    assert!(said.contains("no parameter of the student"), "{said}");
}
