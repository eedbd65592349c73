//! A server that holds the connection and says nothing: nothing of Burn's would ever end.

#![cfg(unix)]

use std::time::Duration;

use kd::Teacher;

use crate::{
    network::{PATIENCE, batch, here, there},
    server::Server,
};

#[test]
fn a_silent_server_is_given_up() {
    let server = Server::start();
    let teacher = there(&server);
    teacher.teach(batch(0).0);
    server.signal("STOP");

    let teacher = teacher.with_patience(Duration::from_secs(3));
    let words = teacher.try_teach(batch(1).0).unwrap_err().to_string();
    assert!(words.contains("did not answer, and 3s are over"), "{words}");
    // In a session that the server does not even accept.
    let words = teacher.try_teach(batch(1).0).unwrap_err().to_string();
    assert!(words.contains("could not be reached, and 3s are over"), "{words}");

    server.signal("CONT");
    let said = teacher.with_patience(PATIENCE).teach(batch(1).0);
    assert_eq!(said.into_data(), here().teach(batch(1).0).into_data());
}
