//! It is the same teacher.

use std::thread;

use burn::tensor::{Device, Int, Tensor};
use kd::{Frozen, RemoteTeacher, Teacher};

use crate::{
    network::{Network, Training, batch, here, there},
    server::{Server, TOKEN},
};

/// Loss and gradients to the bit, and so the student after some steps: the server computes with Flex too, on the same
/// processor, and numbers travel as they are.
#[test]
fn a_student_learns_the_same() {
    let server = Server::start();
    let there = there(&server);
    let (mut near, mut far) = (Training::new(), Training::new());
    for _ in 0..4 {
        near = near.step(&here());
        far = far.step(&there);
    }
    assert_eq!(far.bits(), near.bits());
    assert_ne!(near.losses[0], near.losses[3]);
}

#[test]
fn what_is_said_is_a_constant_and_comes_home() {
    let server = Server::start();
    let (images, _) = batch(0);
    let said = there(&server).teach(images.clone().require_grad());
    assert!(!said.is_autodiff());
    assert_eq!(said.device(), images.device());
    assert_eq!(said.into_data(), here().teach(images).into_data());
}

/// Any input and any output, with types that are nobody's default.
#[test]
fn structs_travel() {
    let server = Server::start();
    let run = |network: &Network, (images, rows): (Tensor<2>, Option<Tensor<1, Int>>)| {
        let logits = network.forward(images.select(0, rows.expect("there are some")));
        (
            logits.clone().argmax(1),
            [logits.clone().greater_elem(0.0)],
            vec![logits],
        )
    };
    let teacher = Frozen::new(Network::new(96, &Device::flex()), run);
    let (images, _) = batch(0);
    let input = (images, Some(Tensor::from_ints([5, 0, 5], &Device::flex())));
    let near = teacher.teach(input.clone());
    let far = RemoteTeacher::new(&server.url(), teacher)
        .with_credential(TOKEN)
        .teach(input);
    assert_eq!(far.0.into_data(), near.0.into_data());
    let (far_signs, near_signs) = (far.1.map(Tensor::into_data), near.1.map(Tensor::into_data));
    assert_eq!(far_signs, near_signs);
    let data = |tensors: Vec<Tensor<2>>| tensors.into_iter().map(Tensor::into_data).collect::<Vec<_>>();
    assert_eq!(data(far.2), data(near.2));
}

/// Asked by several threads at once, and beside another teacher of the same server.
#[test]
fn who_asks_at_once_is_answered_in_turn() {
    let server = Server::start();
    let teachers = [there(&server), there(&server)];
    let said = |step: usize| here().teach(batch(step).0).into_data();
    thread::scope(|scope| {
        for step in 0..6 {
            let teacher = &teachers[step % 2];
            scope.spawn(move || assert_eq!(teacher.teach(batch(step).0).into_data(), said(step)));
        }
    });
}
