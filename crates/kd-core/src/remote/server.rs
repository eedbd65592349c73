use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use burn::{
    remote::{ConnectError, Credential, RemoteHost},
    tensor::Device,
};

use crate::Error;

/// Between two attempts, where Burn itself has given up at once.
const PAUSE: Duration = Duration::from_millis(500);

/// Sessions of this process, to all servers.
static SESSIONS: AtomicU64 = AtomicU64::new(0);

/// Those that could not be opened, for the next: Burn keeps a thread for each until the process ends.
static NOT_OPENED: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// A server as sessions are opened with it.
#[derive(Clone, Debug)]
pub(super) struct Server {
    url: String,
    pub(super) credential: Credential,
    pub(super) device_index: usize,
}

impl Server {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            credential: Credential::default(),
            device_index: 0,
        }
    }

    /// Opens a session that nobody else has, and tries until `deadline`.
    pub(super) fn open(&self, deadline: Instant, stage: impl Fn(String)) -> Result<Device, Error> {
        stage("could not be reached".into());
        let not_opened = || NOT_OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        let known = not_opened().pop();
        let session = known.unwrap_or_else(|| SESSIONS.fetch_add(1, Ordering::Relaxed));
        let device = self.open_as(session, deadline, stage);
        if device.is_err() {
            not_opened().push(session);
        }
        device
    }

    /// Opens the session of this number.
    fn open_as(&self, session: u64, deadline: Instant, stage: impl Fn(String)) -> Result<Device, Error> {
        let host = RemoteHost::websocket(&own_address(&self.url, session)).with_credential(self.credential.clone());
        loop {
            let options = Device::remote_options(&host).device_index(self.device_index);
            match options.init() {
                Ok(device) => return Ok(device),
                Err(error @ (ConnectError::Unreachable { .. } | ConnectError::Handshake { .. })) => {
                    stage(format!("could not be reached ({error})"));
                    // Whoever asked has given up by then, and says so.
                    if Instant::now() >= deadline {
                        return Err(self.error(format!("could not be reached ({error})"), "start its server"));
                    }
                    thread::sleep(PAUSE);
                }
                Err(error) => {
                    let remedy = "compare address, credential and device index with what its server was started with";
                    return Err(self.error(format!("cannot be asked ({error})"), remedy));
                }
            }
        }
    }

    /// What is said when the patience is over.
    pub(super) fn gave_no_answer(&self, stage: &str, patience: Duration) -> Error {
        Error::NoAnswer {
            server: self.url.clone(),
            stage: stage.into(),
            patience,
        }
    }

    pub(super) fn error(&self, reason: String, remedy: &'static str) -> Error {
        Error::RemoteTeacher {
            server: self.url.clone(),
            reason,
            remedy,
        }
    }
}

/// The same address, but another one to Burn, which keeps one session for each and never replaces it. What stands
/// before the `@` of a WebSocket's URL is sent to no server.
fn own_address(url: &str, session: u64) -> String {
    let (scheme, place) = url.split_once("://").unwrap_or(("ws", url));
    let place = place.rsplit_once('@').map_or(place, |(_user, place)| place);
    format!("{scheme}://session-{session}@{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_has_an_address_of_its_own() {
        assert_eq!(own_address("ws://gpu:3000", 0), "ws://session-0@gpu:3000");
        assert_eq!(own_address("gpu:3000", 1), "ws://session-1@gpu:3000");
        assert_eq!(own_address("wss://me@[::1]:3000/", 2), "wss://session-2@[::1]:3000/");
    }
}
