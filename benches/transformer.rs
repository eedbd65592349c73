//! What a student of half its teacher's layers saves, in parameters and in time, and what a step costs that teaches it.
//!
//! Weights are random: a network's size and speed do not depend on what it knows. With `--quick` there is one counted round
//! of everything, and features are of one text alone, to see that all of it runs.

use std::{env, hint::black_box};

use burn::{
    nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig},
    tensor::{Device, Int, Tensor},
};
use kd::{
    DistillLoss, Frozen, Teacher,
    transformer::{
        Capacity, DistilBertLoss, DistilBertLossConfig, LayerChoice, MaskedLanguage, MaskedLesson, MaskedTargets,
        SoftTokens, Transplant,
        bert::{Bert, BertConfig, BertHead, BertInput, BertOutput},
    },
};
use kd_benches::interleaved::Turns;

fn main() {
    let quick = env::args().any(|argument| argument == "--quick");
    for (name, config) in [("BERT base", BertConfig::new()), ("MiniLM of 6 layers", mini_lm())] {
        let (student, teacher) = pair(&config, &Device::flex());
        size(name, &student, &teacher);
        features(name, &student, &teacher, quick);
    }
    steps(quick);
}

/// The sizes of MiniLM's students of 6 layers, which are BERT's width halved.
fn mini_lm() -> BertConfig {
    BertConfig::new()
        .with_hidden_size(384)
        .with_num_hidden_layers(6)
        .with_intermediate_size(1536)
}

/// A student and this teacher. As DistilBERT does, the student begins as half of the teacher's layers, without pooler and
/// token types.
fn pair(teacher: &BertConfig, device: &Device) -> (Bert, Bert) {
    let student = teacher
        .clone()
        .with_num_hidden_layers(teacher.num_hidden_layers / 2)
        .with_pooler(false)
        .with_type_vocab_size(0)
        .init(device);
    let teacher = teacher.init(device);
    let transplant = Transplant::new().with_layers("layers", "layers", LayerChoice::EvenlySpaced);
    let (student, report) = transplant
        .copy(student, &teacher)
        .expect("the teacher has all that the student has");
    assert!(report.fresh.is_empty(), "every parameter has its source");
    (student, teacher)
}

fn size(name: &str, student: &Bert, teacher: &Bert) {
    let capacity = Capacity::of(student, teacher);
    let fewer = 100.0 * (1.0 - capacity.student() as f64 / capacity.teacher() as f64);
    println!("{name} and a student of half its layers, which has {fewer:.1} % fewer parameters:\n\n{capacity}");
}

/// The time of the hidden states alone, off the graph, as an application asks for them.
fn features(name: &str, student: &Bert, teacher: &Bert, quick: bool) {
    const SEQ: usize = 128;
    let rounds_of: &[(usize, usize)] = if quick { &[(1, 1)] } else { &[(1, 20), (16, 5)] };
    println!("| features of {name} | student ms | teacher ms | teacher / student | faster |\n|---|--:|--:|--:|--:|");
    for &(batch, rounds) in rounds_of {
        let input = BertInput::new(ids([batch, SEQ], &Device::flex()));
        let run = |network: &Bert| drop(black_box(network.encode(input.clone())));
        let turns = Turns::take(rounds, &mut [&mut || run(student), &mut || run(teacher)]);
        let [of_student, of_teacher] = [0, 1].map(|number| turns.seconds(number).show(1e3));
        let ratio = turns.ratio(1, 0);
        let faster = 100.0 * (ratio.median() - 1.0);
        let ratio = ratio.show(1.0);
        println!("| {batch} × {SEQ} tokens | {of_student} | {of_teacher} | {ratio} | {faster:.0} % |");
    }
    println!();
}

/// A step of the student, forward and backward, by DistilBERT's three parts and by the tokens asked for alone. The teacher
/// runs in both, so that their ratio is what the loss costs; a step without a teacher stands beside them.
fn steps(quick: bool) {
    const BATCH: usize = 4;
    const SEQ: usize = 64;
    /// One of so many tokens is asked for: 14 %, about BERT's share.
    const ASKED: usize = 7;
    let rounds = if quick { 1 } else { 20 };
    let device = Device::flex().autodiff();
    let (student, teacher) = pair(&mini_lm().with_head(BertHead::MaskedLanguage), &device);
    let teacher = Frozen::new(teacher, Bert::forward);

    // Texts as they are packed, of which every token counts.
    let tokens = ids([BATCH, SEQ], &device);
    let input = BertInput::new(tokens.clone());
    let attended = tokens.clone().greater_equal_elem(0);
    let numbers = Tensor::<1, Int>::arange(0..(BATCH * SEQ) as i64, &device);
    let asked = (numbers % ASKED as i64).equal_elem(0).reshape([BATCH, SEQ]);
    let places = Tensor::<1, Int>::arange_step(0..(BATCH * SEQ) as i64, ASKED, &device);
    let answers = tokens.clone().flatten::<1>(0, 1).select(0, places.clone());
    let targets = MaskedTargets::new(tokens, asked);

    let cross_entropy: CrossEntropyLoss = CrossEntropyLossConfig::new().init(&device);
    let soft_of_all = DistilBertLossConfig::new().init();
    let soft_of_asked = DistilBertLossConfig::new().with_soft_tokens(SoftTokens::Asked).init();
    let learns = || shown(&student.forward(input.clone()));
    let taught = || shown(&teacher.teach(input.clone()));
    let own = || {
        let logits = learns().logits.flatten::<2>(0, 1).select(0, places.clone());
        cross_entropy.forward(logits, answers.clone()).backward()
    };
    let distilled = |loss: &DistilBertLoss| {
        let lesson = MaskedLesson::new(taught(), targets.clone(), attended.clone());
        loss.forward(learns(), lesson).backward()
    };
    let turns = Turns::take(
        rounds,
        &mut [
            &mut || drop(black_box((taught(), own()))),
            &mut || drop(black_box((taught(), own()))),
            &mut || drop(black_box(distilled(&soft_of_all))),
            &mut || drop(black_box(distilled(&soft_of_asked))),
            &mut || drop(black_box(own())),
        ],
    );
    println!("| a step of {BATCH} × {SEQ} tokens | ms | over the first, in its round |\n|---|--:|--:|");
    let names = [
        "the teacher's forward pass, and a step on the tokens asked for",
        "the same, again",
        "DistilBERT's loss, soft labels of all tokens",
        "DistilBERT's loss, soft labels of the tokens asked for",
        "a step on the tokens asked for, without a teacher",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let (ms, ratio) = (turns.seconds(number).show(1e3), turns.ratio(number, 0).show(1.0));
        println!("| {name} | {ms} | {ratio} |");
    }
}

/// What the losses compare.
fn shown(output: &BertOutput) -> MaskedLanguage {
    output.masked_language().expect("it has a head for tokens")
}

/// Texts without a token that comes twice, `[batch, seq]`, of BERT's vocabulary.
fn ids(shape: [usize; 2], device: &Device) -> Tensor<2, Int> {
    let [batch, seq] = shape;
    let numbers = Tensor::<1, Int>::arange(0..(batch * seq) as i64, device);
    (numbers * 7919 % 30_522).reshape([batch, seq])
}
