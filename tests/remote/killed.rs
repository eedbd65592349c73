//! The server is killed in the middle of an epoch.

use std::{panic, panic::AssertUnwindSafe, thread, time::Duration};

use burn::{
    nn::{BatchNorm, BatchNormConfig},
    tensor::Tensor,
};
use kd::{Error, Frozen, RemoteTeacher, Teacher};

use crate::{
    network::{PATIENCE, Training, batch, here, there},
    server::{Server, TOKEN},
};

const STEPS: usize = 6;

fn undisturbed() -> Training {
    (0..STEPS).fold(Training::new(), |training, _| training.step(&here()))
}

/// It is back before the next step, on the port it had: nobody notices, twice.
#[test]
fn back_before_it_is_missed() {
    let mut server = Server::start();
    let teacher = there(&server);
    let mut training = Training::new();
    for step in 0..STEPS {
        if step == 2 || step == 4 {
            server = Server::on(server.kill());
        }
        training = training.step(&teacher);
    }
    assert_eq!(training.bits(), undisturbed().bits());
}

/// What is uploaded is a copy, so that the next session has running statistics from here, and not from a server that is gone.
#[test]
fn running_statistics_are_kept_here() {
    let mut server = Server::start();
    let images = batch(0).0.inner();
    let norm = BatchNormConfig::new(47).init(&images.device());
    let teacher = Frozen::new(norm, |norm: &BatchNorm, images: Tensor<2>| norm.forward(images));
    let expected = teacher.teach(images.clone()).into_data();
    let there = RemoteTeacher::new(&server.url(), teacher.clone())
        .with_credential(TOKEN)
        .with_patience(PATIENCE);
    for _ in 0..2 {
        let said = there.teach(images.clone()).into_data();
        said.assert_approx_eq::<f32>(&expected, Default::default());
        server = Server::on(server.kill());
        let stayed = teacher.teach(images.clone()).into_data();
        assert_eq!(stayed, expected, "a clone of it is here");
    }
}

/// It is asked while it is gone, and waited for.
#[test]
fn back_while_it_is_waited_for() {
    let server = Server::start();
    let teacher = there(&server);
    let mut training = Training::new();
    for _ in 0..3 {
        training = training.step(&teacher);
    }
    let port = server.kill();
    let (training, _server) = thread::scope(|scope| {
        let steps = scope.spawn(|| (3..STEPS).fold(training, |training, _| training.step(&teacher)));
        let server = Server::on(port);
        (steps.join().unwrap(), server)
    });
    assert_eq!(training.bits(), undisturbed().bits());
}

/// It does not come back in time: an error that says who, where and what to do; what was learnt is kept, and when the
/// server is back after all, the same training goes on to the same end.
#[test]
fn not_back_in_time() {
    let server = Server::start();
    let url = server.url();
    let teacher = there(&server);
    let mut training = Training::new();
    for _ in 0..3 {
        training = training.step(&teacher);
    }
    let port = server.kill();

    let teacher = teacher.with_patience(Duration::from_secs(3));
    let error = teacher.try_teach(batch(3).0).unwrap_err();
    assert!(matches!(&error, Error::NoAnswer { server, .. } if *server == url));
    let words = error.to_string();
    for part in [
        &url,
        "could not be reached",
        "and 3s are over",
        "start its server again",
        "with_patience",
    ] {
        assert!(words.contains(part), "'{part}' is missing: {words}");
    }
    let panic = panic::catch_unwind(AssertUnwindSafe(|| teacher.teach(batch(3).0))).unwrap_err();
    let panicked = panic.downcast_ref::<String>().expect("words");
    assert!(
        panicked.contains(&url) && panicked.contains("and 3s are over"),
        "{panicked}"
    );

    let _server = Server::on(port);
    let teacher = teacher.with_patience(PATIENCE);
    for _ in 3..STEPS {
        training = training.step(&teacher);
    }
    assert_eq!(training.bits(), undisturbed().bits());
}
