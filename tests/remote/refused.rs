//! What waiting does not mend is said at once.

use std::{panic, panic::AssertUnwindSafe, time::Duration};

use burn::tensor::{Device, Int, Tensor};
use kd::{Frozen, RemoteTeacher, Teacher};

use crate::{
    network::{Network, PATIENCE, batch, here, there},
    server::{Server, TOKEN},
};

#[track_caller]
fn says(error: kd::Error, parts: &[&str]) {
    let words = error.to_string();
    for part in parts {
        assert!(words.contains(part), "'{part}' is missing: {words}");
    }
    assert!(!words.contains(TOKEN), "{words}");
}

#[test]
fn a_wrong_credential_or_device() {
    let server = Server::start();
    let teacher = RemoteTeacher::new(&server.url(), here()).with_credential("yesterday's word");
    let error = teacher.try_teach(batch(0).0).unwrap_err();
    says(
        error,
        &[&server.url(), "cannot be asked", "credential", "compare address"],
    );

    let error = there(&server).with_device_index(1).try_teach(batch(0).0).unwrap_err();
    says(error, &["the server hosts only 1 device", "device index"]);
}

#[test]
fn nobody_listens() {
    // A port that the system gives to nobody, so no other test's server is there.
    let teacher = RemoteTeacher::new("ws://127.0.0.1:1", here());
    let error = teacher
        .with_patience(Duration::from_secs(1))
        .try_teach(batch(0).0)
        .unwrap_err();
    says(error, &["could not be reached", "and 1s are over"]);
}

/// A mistake in the shapes is seen here, is passed on in Burn's words, and costs no session.
#[test]
fn a_mistake_of_the_teacher_is_its_own() {
    let server = Server::start();
    let teacher = there(&server);
    let wrong = Tensor::<2>::zeros([7, 46], &Device::flex());
    let panic = panic::catch_unwind(AssertUnwindSafe(|| teacher.teach(wrong))).unwrap_err();
    let words = panic.downcast_ref::<String>().expect("words");
    assert!(!words.contains("RemoteTeacher"), "{words}");
    assert!(teacher.try_teach(batch(0).0).is_ok());
}

/// A mistake that only the server can see ends the session there, every time: it is not asked for ever, long as the
/// patience may be.
#[test]
fn what_the_server_stumbles_over() {
    let server = Server::start();
    let run = |_: &Network, (rows, row): (Tensor<2>, Tensor<1, Int>)| rows.select(0, row);
    let teacher = Frozen::new(Network::new(8, &Device::flex()), run);
    let teacher = RemoteTeacher::new(&server.url(), teacher)
        .with_credential(TOKEN)
        .with_patience(PATIENCE);
    let row = |row: i32| (batch(0).0, Tensor::<1, Int>::from_ints([row], &Device::flex()));
    assert!(teacher.try_teach(row(6)).is_ok());
    let error = teacher.try_teach(row(1_000_000)).unwrap_err();
    says(
        error,
        &[&server.url(), "lost its session twice over the same input", "log"],
    );
    assert!(teacher.try_teach(row(6)).is_ok());
}
